import { tap, type Observable } from 'rxjs';
import { OllamaConnectionError } from '../errors.js';
import { fromReply, type Reply } from './fromReply.js';

/** What a client of the user's own answered, as an Observable: with its own errors, unchanged. */
export function fromClient<C>(reply: unknown, method: string): Observable<C> {
  let answer: Observable<C>;
  try {
    answer = fromReply(reply as Reply<C>);
  } catch {
    throw refuse(method, 'returned', reply);
  }
  return answer.pipe(
    tap((value) => {
      if (value === undefined || value === null) throw refuse(method, 'gave', value);
    }),
  );
}

function refuse(method: string, verb: string, value: unknown): OllamaConnectionError {
  const what = value === null ? 'null' : value === undefined ? 'undefined' : `a ${typeof value}`;
  return new OllamaConnectionError(
    `${method}() of the client ${verb} ${what}. Return an Observable, an async iterable, or a promise of one.`,
  );
}
