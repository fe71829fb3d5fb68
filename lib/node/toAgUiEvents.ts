import { identity, pipe, type OperatorFunction } from 'rxjs';
import type { Streamed } from '../tools/events.js';
import type { AgUiEvent } from './agUiEvent.js';
import { toAgUiParts, type AgUiOptions } from './agUiParts.js';
import { checkAgUiOptions } from './checkAgUiOptions.js';
import { publicEvents } from './publicEvents.js';
import { createPublicErrors } from './publicErrors.js';
import type { PublicErrorOptions } from './toText.js';

/** The ids of a run, and what its events say of errors. */
export interface ToAgUiEventsOptions extends AgUiOptions, PublicErrorOptions {}

/**
 * Emits the events of AG-UI as objects, for its own encoder or another way to send them.
 *
 * _It's like `agUi`, but emits objects instead of text._
 *
 * ```none
 *  source:  ---a-------(d|)      a: 'Hel'  d: done
 *           toAgUiEvents({ threadId, runId })
 *  result:  ---(stba)--(eof|)    s: RUN_STARTED  t: STEP_STARTED  b: TEXT_MESSAGE_START
 *                                a: TEXT_MESSAGE_CONTENT: 'Hel'  e: TEXT_MESSAGE_END
 *                                o: STEP_FINISHED  f: RUN_FINISHED
 * ```
 *
 * - **Completes:** after `RUN_FINISHED` or `RUN_ERROR`.
 * - **Errors:** none. An error of the source becomes `RUN_ERROR`.
 * - **Unsubscribes:** from the source, synchronously.
 * - **Memory:** the messages of a run.
 * - **Scheduler:** none.
 *
 * ```ts
 * import { fromOllamaChat } from 'rxjs-ollama';
 * import { toAgUiEvents } from 'rxjs-ollama/node';
 *
 * fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] })
 *   .pipe(toAgUiEvents({ threadId: 't', runId: 'r' }))
 *   .subscribe((event) => console.log(event.type));
 * ```
 *
 * @param options the ids that the client sent, and what is said of errors
 * @throws TypeError for an id that is not a string
 * @see {@link agUi}
 */
export function toAgUiEvents(options: ToAgUiEventsOptions): OperatorFunction<Streamed, AgUiEvent> {
  checkAgUiOptions(options);
  const errors = createPublicErrors(options.toPublicError);
  return pipe(
    publicEvents<Streamed>(errors),
    toAgUiParts(options, { toPublicError: errors.ofSource }, identity),
  );
}
