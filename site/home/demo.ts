// What the live demo of the landing page shows, as a pure function of its switches.
import { accumulateMessage, bufferForUi, splitThinking, type AssistantMessage } from 'rxjs-ollama';
import { play } from '../playground/engine/play.js';
import { createScript } from './script.js';

export interface Switches {
  readonly splitThinking: boolean;
  readonly bufferForUi: boolean;
}

/** A chunk of the model. */
export interface Raw {
  /** In ms. */
  readonly at: number;
  /** Which one it is of its read of the network, from 0 on. */
  readonly nth: number;
  readonly text: string;
  readonly isLast: boolean;
}

/** A message that the page renders. */
export interface Render {
  readonly at: number;
  readonly message: AssistantMessage;
  /** How many chunks have come since the last one. */
  readonly chunks: number;
}

const script = createScript();

/** The chunks, as the server sends them. */
export const raws: readonly Raw[] = script.events.map(({ at, nth, value }) => ({
  at,
  nth,
  text: value.message.content,
  isLast: value.done,
}));

/** When all is over, in ms. */
export const END = script.end.at;

/** The frame of a screen that shows 60 per second. */
const FRAME = 1000 / 60;

/** Runs the pipeline in virtual time: what the page of a user renders, and when. */
export function playDemo(switches: Switches): Render[] {
  const { results } = play({ chat$: [script] }, ({ chat$ }, track) =>
    track(chat$ as never, [
      ...(switches.splitThinking ? [['splitThinking()', splitThinking()] as never] : []),
      ...(switches.bufferForUi ? [['bufferForUi()', bufferForUi({ every: FRAME })] as never] : []),
      ['accumulateMessage()', accumulateMessage()] as never,
    ]),
  );
  let before = 0;
  return (results[0]?.events ?? []).flatMap((event) => {
    if (event.end !== undefined) return [];
    const until = raws.filter(({ at }) => at <= event.at).length;
    const render = {
      at: event.at,
      message: event.value as AssistantMessage,
      chunks: until - before,
    };
    before = until;
    return [render];
  });
}
