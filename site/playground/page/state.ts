import type { Report } from '../report.js';
import type { Preset } from '../presets.js';
import type { Parsed, Script } from '../script.js';
import { toModel, type Model } from '../view/model.js';

/** What is opened: an example, a diagram of the documentation, or what a link has. */
export interface Opening {
  readonly script: Script;
  /** Code that came with a link waits until the user wants to run it. */
  readonly isTrusted: boolean;
  readonly notice: string;
  readonly example: Preset | undefined;
}

/** What the page says to the user. */
export interface Said {
  readonly words: string;
  /** A text that the user has to copy, since the page may not. */
  readonly toCopy?: string;
}

/** What is moved in the picture. */
export type Moved = Pick<Script, 'marbles' | 'stopAt'>;

/** All that the page shows. */
export interface State {
  readonly opening: Opening;
  /** What the fields have at the moment. */
  readonly script: Script;
  /** The last script that could be read. A new one is run. */
  readonly parsed: Parsed;
  readonly inputError: string;
  readonly isTrusted: boolean;
  readonly notice: string;
  /** What came of the last run; `undefined` before it, and if it failed. */
  readonly report: Report | undefined;
  readonly codeError: string;
  /** What the picture shows: it follows from `parsed`, `report` and the script. */
  readonly model: Model;
  /** The time that is looked at, in ms; `undefined` is the end. */
  readonly now: number | undefined;
  readonly isPlaying: boolean;
  readonly zoom: number;
  readonly said: Said;
  /** What was before each move of a chunk or of the unsubscribe, the latest one last. */
  readonly past: readonly Moved[];
}

/** All that happens on the page is a step from one state to the next. */
export type Change = (state: State) => State;

/** Nothing changes, but is drawn again. */
export const keep: Change = (state) => state;

const NOTHING: Script = { code: '', marbles: '', letters: '', frame: 10 };
export const SILENCE: Said = { words: '' };

/** Before anything is opened. */
export const INITIAL: State = {
  opening: { script: NOTHING, isTrusted: false, notice: '', example: undefined },
  script: NOTHING,
  parsed: { rows: [], inputs: {} },
  inputError: '',
  isTrusted: false,
  notice: '',
  report: undefined,
  codeError: '',
  model: toModel([], {}, undefined, undefined),
  now: undefined,
  isPlaying: false,
  zoom: 1,
  said: SILENCE,
  past: [],
};

/** The time that is looked at, in ms. */
export const timeOf = ({ now, model }: State): number => Math.min(now ?? Infinity, model.end);
