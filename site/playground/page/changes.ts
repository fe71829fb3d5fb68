// What can happen on the page. Each change is a pure function: it has nothing but the state that it begins with.
import { MAX_EVENTS, MAX_FRAMES } from '../engine/limits.js';
import type { Reply } from '../messages.js';
import { parseScript, type Script } from '../script.js';
import { toModel } from '../view/model.js';
import { messageOf } from './messageOf.js';
import { INITIAL, timeOf, type Change, type Opening, type Said, type State } from './state.js';

const withModel = (state: State): State => ({
  ...state,
  model: toModel(state.parsed.rows, state.parsed.inputs, state.report, state.script.stopAt),
});

/** Reads the script. One that can't be read leaves the picture as it is. */
export const read: Change = (state) => {
  try {
    return withModel({ ...state, parsed: parseScript(state.script), inputError: '' });
  } catch (error) {
    return { ...state, inputError: messageOf(error) };
  }
};

/** Shows something else, and forgets what was shown. */
export const open =
  (opening: Opening): Change =>
  () => {
    const { script, isTrusted, notice } = opening;
    return read({ ...INITIAL, opening, script, isTrusted, notice });
  };

/** Takes what is typed, and reads it when the user pauses. What was typed is not undone with what was moved. */
export const type =
  (fields: Partial<Script>): Change =>
  (state) => ({ ...state, script: { ...state.script, ...fields }, past: [] });

export const edit =
  (fields: Partial<Script>): Change =>
  (state) =>
    read({ ...state, script: { ...state.script, ...fields } });

const MAX_PAST = 100;

/** A change that can be undone, if it moves something. */
export const undoable =
  (change: Change): Change =>
  (state) => {
    const { marbles, stopAt } = state.script;
    const next = change(state);
    return next.script.marbles === marbles && next.script.stopAt === stopAt
      ? next
      : { ...next, past: [...state.past, { marbles, stopAt }].slice(-MAX_PAST) };
  };

/** One of several changes that are undone together: all since a state. */
export const undoableSince =
  (begun: State) =>
  (change: Change): Change =>
  (state) =>
    (state.past === begun.past ? undoable(change) : change)(state);

export const undo: Change = (state) => {
  const before = state.past.at(-1);
  return before ? edit(before)({ ...state, past: state.past.slice(0, -1) }) : state;
};

/** The user wants to run the code, wherever it came from. */
export const run: Change = (state) => read({ ...state, isTrusted: true, notice: '' });

/** Moves the unsubscribe, or takes it away. */
export const stopAt = (at: number | undefined): Change =>
  edit({ stopAt: at === undefined ? undefined : Math.min(MAX_FRAMES, Math.max(0, at)) });

export const toggleStop: Change = undoable((state) =>
  stopAt(state.script.stopAt === undefined ? Math.round(timeOf(state)) : undefined)(state),
);

const CUT = `This is the beginning: a run has a minute, and ${MAX_EVENTS.toLocaleString('en-US')} events, at most.`;

/** Takes the answer of the worker. One that is about what was shown before comes too late. */
export const answer =
  (asked: Opening, reply: Reply): Change =>
  (state) => {
    if (state.opening !== asked) return state;
    const report = reply.kind === 'run' ? reply.report : undefined;
    const codeError = reply.kind === 'error' ? reply.message : report?.isCut ? CUT : '';
    return withModel({ ...state, report, codeError });
  };

/** Looks at a time. */
export const seek =
  (at: number): Change =>
  (state) => ({
    ...state,
    isPlaying: false,
    now: at >= Math.ceil(state.model.end) ? undefined : at,
  });

export const togglePlay: Change = (state) => ({ ...state, isPlaying: !state.isPlaying });

/** While it plays. At its end it stops. */
export const playTo =
  (at: number, end: number): Change =>
  (state) =>
    at < end ? { ...state, now: at } : { ...state, now: undefined, isPlaying: false };

const MAX_ZOOM = 64;

export const zoomBy =
  (factor: number): Change =>
  (state) => ({ ...state, zoom: Math.min(MAX_ZOOM, Math.max(1, state.zoom * factor)) });

/** Shows other chunks from their beginning to their end. */
export const load =
  (fields: Partial<Script>, words: string): Change =>
  (state) =>
    edit(fields)({ ...state, zoom: 1, now: undefined, said: { words } });

export const say =
  (said: Said): Change =>
  (state) => ({ ...state, said });

/** Says what was wrong with a link. */
export const refuseLink =
  (notice: string): Change =>
  (state) => ({ ...state, notice });

/** Says what was wrong with the chunks. */
export const refuseInput =
  (inputError: string): Change =>
  (state) => ({ ...state, inputError });
