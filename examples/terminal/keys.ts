import { stdin } from 'node:process';
import { EMPTY, defer, filter, fromEvent, map, merge, share, using, type Observable } from 'rxjs';

const CTRL_C = '\x03';

/**
 * What is typed, key by key. As long as somebody listens, the terminal hands its keys over: what is
 * typed in the meantime then doesn't appear in the middle of the answer, and npm, which passes signals
 * on, doesn't make two of one Ctrl-C.
 */
export const key$: Observable<string> = using(
  () => {
    stdin.setRawMode(true).resume();
    return {
      unsubscribe: () => {
        stdin.setRawMode(false).pause();
      },
    };
  },
  () => fromEvent(stdin, 'data').pipe(map(String)),
).pipe(share());

/** Emits when the user wants something stopped. */
export const interrupt$: Observable<unknown> = merge(
  fromEvent(process, 'SIGINT'),
  defer(() => (stdin.isTTY ? key$.pipe(filter((keys) => keys.includes(CTRL_C))) : EMPTY)),
);
