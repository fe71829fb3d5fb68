import {
  NEVER,
  Subject,
  VirtualTimeScheduler,
  defer,
  exhaustMap,
  first,
  firstValueFrom,
  identity,
  last,
  map,
  mergeWith,
  of,
  race,
  retry,
  skip,
  startWith,
  switchMap,
  take,
  takeUntil,
  tap,
  timeout,
  type Observable,
  type Observer,
} from 'rxjs';
import type { Scenario, Step } from '../../lib/testing/node/index.js';
import { roundTrip, start } from './support.js';

/**
 * Subscribes to a chat in such a way that it is left when `now` emits, or on the n-th chunk. Those
 * that need a chunk to leave get one from `now` while the chat has none.
 */
export type Way = (
  chat: Observable<unknown>,
  now: Observable<unknown>,
  observer: Observer<unknown>,
  n: number,
) => void;

const pipe =
  (use: (chat: Observable<unknown>, now: Observable<unknown>, n: number) => Observable<unknown>) =>
  (...[chat, now, observer, n]: Parameters<Way>): void => {
    use(chat, now, n).subscribe(observer);
  };

const fail = (): never => {
  throw new Error('a consumer that throws');
};

class Component {
  private readonly destroyed$ = new Subject<void>();

  show(chat: Observable<unknown>): Observable<unknown> {
    return chat.pipe(takeUntil(this.destroyed$));
  }

  destroy(): void {
    this.destroyed$.next();
    this.destroyed$.complete();
  }
}

const TWICE = '`retry`, both attempts';

/** Every way to leave. */
export const ways: Readonly<Record<string, Way>> = {
  '`unsubscribe()`': (chat, now, observer) => {
    const subscription = chat.subscribe(observer);
    now.subscribe(() => {
      subscription.unsubscribe();
    });
  },
  '`unsubscribe()` inside the first `next`': (chat, now, observer) => {
    const subscription = chat.pipe(mergeWith(now), tap(observer)).subscribe(() => {
      subscription.unsubscribe();
    });
  },
  '`take(n)`': pipe((chat, now, n) => chat.pipe(mergeWith(now), take(n))),
  '`first()`': pipe((chat, now) => chat.pipe(mergeWith(now), first())),
  '`takeUntil(stop$)`': pipe((chat, now) => chat.pipe(takeUntil(now))),
  '`takeUntil(destroyed$)` of a component': pipe((chat, now) => {
    const component = new Component();
    now.subscribe(() => {
      component.destroy();
    });
    return component.show(chat);
  }),
  '`switchMap` to something else': pipe((chat, now) =>
    now.pipe(
      map(() => NEVER),
      startWith(chat),
      switchMap((inner) => inner),
    ),
  ),
  '`exhaustMap`, torn down': (chat, now, observer) => {
    const subscription = of(chat)
      .pipe(exhaustMap((inner) => inner))
      .subscribe(observer);
    now.subscribe(() => {
      subscription.unsubscribe();
    });
  },
  '`race`, lost': pipe((chat, now) => race(chat.pipe(last()), now)),
  '`timeout`': pipe((chat, now) => {
    const scheduler = new VirtualTimeScheduler();
    now.subscribe(() => {
      scheduler.flush();
    });
    return chat.pipe(timeout({ each: 1000, scheduler }));
  }),
  [TWICE]: pipe((chat, now) => chat.pipe(mergeWith(now.pipe(map(fail))), retry(1))),
  'an error thrown in `map`': pipe((chat, now) => chat.pipe(mergeWith(now), map(fail))),
};

/** The client is told of nothing before it leaves, or of more than it will ever take. */
export const moments = ['headers pending', 'in mid-stream'] as const;

/** What is left: something asked of a server, and how that answers without an end. */
export interface Asked {
  readonly path: string;
  readonly ask: (host: string) => Observable<unknown>;
  readonly steps: () => Iterator<Step>;
  readonly dress?: (answer: Observable<unknown>) => Observable<unknown>;
}

/** What happens when an answer is left, as the server tells it. */
export async function leave(
  way: Way,
  moment: (typeof moments)[number],
  { path: asked, ask, steps, dress = identity }: Asked,
) {
  const pending = moment === 'headers pending';
  const attempts = way === ways[TWICE] ? 2 : 1;
  const scenario: Scenario = pending
    ? [{ fault: 'hang' }]
    : { steps: { [Symbol.iterator]: steps } };
  const ollama = await start(scenario);
  const chats = () => ollama.requests.filter(({ path }) => path === asked);
  const linesWritten = () => chats().map((request) => request.linesWritten);
  const now = new Subject<void>();
  const left = new Subject<void>();
  const allLeft = firstValueFrom(left.pipe(skip(attempts - 1)));
  const log: string[] = [];

  const answer = ask(ollama.url).pipe(
    tap({
      next: () => log.push('chunk'),
      finalize() {
        log.push('left');
        left.next();
      },
    }),
  );
  const onThird = defer(() => {
    let passed = 0;
    return dress(answer).pipe(
      tap(() => {
        if (++passed === 3) now.next();
      }),
    );
  });
  way(
    onThird,
    now,
    {
      // What `now` emits is nothing of the chat's.
      next: (value) => value !== undefined && log.push('next'),
      error: () => log.push('error'),
      complete: () => log.push('complete'),
    },
    pending ? 1 : 3,
  );
  for (let n = 1; n <= attempts; n++) {
    await ollama.received(n);
    if (pending) now.next();
  }
  await allLeft;
  const outcomes = await Promise.all(chats().map(({ closed }) => closed));
  const atClose = linesWritten();
  await roundTrip(ollama);
  return {
    attempts,
    outcomes,
    atClose,
    later: linesWritten(),
    after: log.slice(log.lastIndexOf('left') + 1),
  };
}
