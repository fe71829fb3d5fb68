import { tap, type Observable } from 'rxjs';
import { OllamaConnectionError } from '../errors.js';
import { fromReply, type Open, type Reply } from './fromReply.js';

/**
 * What someone else's code answered, as an Observable of objects. Its own errors pass unchanged.
 *
 * @param subject names the answer, up to a verb, for the error of one that can't be read
 * @throws OllamaConnectionError for an answer that can't be read
 */
export function fromClient<C>(reply: unknown, subject: string, open?: Open<C>): Observable<C> {
  const refuse = (value: unknown): OllamaConnectionError =>
    new OllamaConnectionError(
      `${subject} ${describe(value)}. Make it an Observable, an async iterable, a web stream, or a promise of one.`,
    );
  // `from` would emit the characters of a string.
  if (typeof reply === 'string') throw refuse(reply);
  let answer: Observable<C>;
  try {
    answer = fromReply(reply as Reply<C>, open);
  } catch {
    throw refuse(reply);
  }
  return answer.pipe(
    tap((value) => {
      if (typeof value !== 'object' || value === null) throw refuse(value);
    }),
  );
}

const describe = (value: unknown): string =>
  value === null ? 'null' : value === undefined ? 'undefined' : `a value of type ${typeof value}`;
