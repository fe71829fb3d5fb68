import type { Change, Screen } from './screens.js';

/** What is on a screen. */
export interface Shown {
  readonly thinking: string;
  readonly content: string;
  readonly other: string;
  readonly calls: readonly string[];
}

const apply = (text: string, [kept, added]: Change): string => text.slice(0, kept) + added;

/** What the screens show at a time; `undefined` before the first one. */
export function showAt(screens: readonly Screen[], at: number): Shown | undefined {
  let shown: Shown | undefined;
  for (const screen of screens) {
    if (screen.at > at) break;
    const { thinking = '', content = '', other = '' } = shown ?? {};
    shown = {
      thinking: apply(thinking, screen.thinking),
      content: apply(content, screen.content),
      other: apply(other, screen.other),
      calls: screen.calls,
    };
  }
  return shown;
}
