import { EMPTY, defer, fromEvent, takeUntil, type MonoTypeOperatorFunction } from 'rxjs';

/**
 * Completes when an `AbortSignal` aborts, and unsubscribes from the source: a chat is stopped.
 *
 * _It's like `takeUntil`, but with an `AbortSignal` instead of an Observable._
 *
 * ```none
 *  source:  --a--b--(d|)    a: 'Hel'  b: 'lo'  d: done
 *           ^-----!
 *  signal:  ------x         x: 'abort'
 *           takeUntilAborted(signal)
 *  result:  --a--b|
 * ```
 *
 * Use it where a framework has a signal for the end of a request or of a job. A signal that has
 * aborted already subscribes to nothing: no request is made.
 *
 * - **Completes:** with the source; when the signal aborts; synchronously if it has aborted already.
 * - **Errors:** those of the source, unchanged. The `reason` of the signal is not an error here.
 * - **Unsubscribes:** from the source and from the signal, synchronously. No listener remains.
 * - **Memory:** nothing is kept.
 * - **Scheduler:** none.
 *
 * ```ts
 * import { answerText, fromOllamaChat, takeUntilAborted } from 'rxjs-ollama';
 *
 * // A handler of a server whose requests are those of the web, such as Hono or Next.js.
 * export const handle = (request: Request): void => {
 *   fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] })
 *     .pipe(takeUntilAborted(request.signal), answerText())
 *     .subscribe((text) => console.log(text));
 * };
 * ```
 *
 * @param signal is read at each subscription
 * @see {@link timeoutChat}
 */
export function takeUntilAborted<T>(signal: AbortSignal): MonoTypeOperatorFunction<T> {
  return (source) =>
    defer(() => (signal.aborted ? EMPTY : source.pipe(takeUntil(fromEvent(signal, 'abort')))));
}
