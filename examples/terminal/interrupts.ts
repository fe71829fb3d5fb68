import { stdin } from 'node:process';
import { EMPTY, defer, filter, fromEvent, merge, using, type Observable } from 'rxjs';

const CTRL_C = 3;

/**
 * Ctrl-C as a key. As long as somebody listens, the terminal hands its keys over: what is typed in the
 * meantime then doesn't appear in the middle of the answer, and npm, which passes signals on, doesn't
 * make two of one.
 */
const key$: Observable<unknown> = using(
  () => {
    stdin.setRawMode(true).resume();
    return {
      unsubscribe: () => {
        stdin.setRawMode(false).pause();
      },
    };
  },
  () =>
    (fromEvent(stdin, 'data') as Observable<Buffer>).pipe(filter((keys) => keys.includes(CTRL_C))),
);

/** Emits when the user wants something stopped. */
export const interrupt$: Observable<unknown> = merge(
  fromEvent(process, 'SIGINT'),
  defer(() => (stdin.isTTY ? key$ : EMPTY)),
);
