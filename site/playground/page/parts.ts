import type { Script } from '../script.js';

/** A text that is edited. */
export interface Editor {
  getText(): string;
  setText(text: string): void;
  focus(): void;
  destroy(): void;
}

export type CreateEditor = (
  parent: HTMLElement,
  text: string,
  cursor: number,
  onChange: () => void,
) => Editor;

/** What the page can't do alone. */
export interface Parts {
  /** The code of the worker. */
  readonly loadWorker: () => Promise<string>;
  /** Puts an editor in the place of the text of the code. */
  readonly loadEditor: () => Promise<{ readonly createEditor: CreateEditor }>;
  /** The script of a diagram of the documentation; `undefined` if there is none. */
  readonly loadDiagram: (name: string) => Promise<Script | undefined>;
}
