import { Observable, defer, finalize, from, tap, type ObservableInput } from 'rxjs';
import type { ChatChunk, ChatRequest, OllamaClient } from '../types/index.js';

/** The answers of a scripted client: the same for each request, or a function of the request and its number. */
export type ClientScript =
  | ObservableInput<ChatChunk>
  | ((request: ChatRequest, index: number) => ObservableInput<ChatChunk>);

/** A client without a server, which keeps its requests. */
export interface ScriptedClient extends OllamaClient {
  /** Keeps the request and answers from the script, once per subscription. */
  chat(request: ChatRequest): Observable<ChatChunk>;
  /** The requests, in order. */
  readonly requests: readonly ChatRequest[];
  /** How many answers were unsubscribed from before their end. */
  readonly aborts: number;
}

/**
 * Makes a client for `options.client` that answers from a script, such as a marble Observable or an array.
 *
 * _It's like an `Ollama` client, but without promises, so that its time can be virtual._
 *
 * ```ts
 * import { TestScheduler } from 'rxjs/testing';
 * import { answerText, fromOllamaChat } from 'rxjs-ollama';
 * import { chunk, scriptedClient } from 'rxjs-ollama/testing';
 *
 * declare const scheduler: TestScheduler;
 * scheduler.run(({ cold, expectObservable }) => {
 *   const client = scriptedClient(cold('-a-b|', { a: chunk.answer('Hel'), b: chunk.answer('lo') }));
 *   const text$ = fromOllamaChat({ model: 'any' }, { client }).pipe(answerText());
 *   expectObservable(text$).toBe('      -x-y|', { x: 'Hel', y: 'lo' });
 * });
 * ```
 *
 * @param script the answer to every request, or a function of the request and its number
 */
export function scriptedClient(script: ClientScript): ScriptedClient {
  const requests: ChatRequest[] = [];
  let aborts = 0;
  return {
    requests,
    get aborts() {
      return aborts;
    },
    chat: (request) =>
      defer(() => {
        const index = requests.push(request) - 1;
        let ended = false;
        const end = (): void => {
          ended = true;
        };
        return from(typeof script === 'function' ? script(request, index) : script).pipe(
          tap({ error: end, complete: end }),
          finalize(() => {
            if (!ended) aborts++;
          }),
        );
      }),
  };
}
