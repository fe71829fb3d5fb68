import { describe, expect, it } from '@jest/globals';
import {
  NEVER,
  Subject,
  VirtualTimeScheduler,
  defer,
  exhaustMap,
  first,
  firstValueFrom,
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
import { accumulateMessage } from '../../lib/operators/accumulateMessage.js';
import { bufferForUi } from '../../lib/operators/bufferForUi.js';
import { splitThinking } from '../../lib/operators/splitThinking.js';
import type { Scenario, Step } from '../../lib/testing/node/index.js';
import type { ChatChunk } from '../../lib/types.js';
import { expectTable } from '../support/matrix.js';
import { ask, forbidConsole, roundTrip, start } from './support.js';

forbidConsole();

/**
 * Subscribes to a chat in such a way that it is left when `now` emits, or on the n-th chunk. Those
 * that need a chunk to leave get one from `now` while the chat has none.
 */
type Way = (
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

const ways: Readonly<Record<string, Way>> = {
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
  '`retry`, both attempts': pipe((chat, now) =>
    chat.pipe(mergeWith(now.pipe(map(fail))), retry(1)),
  ),
  'an error thrown in `map`': pipe((chat, now) => chat.pipe(mergeWith(now), map(fail))),
};

const dresses = {
  'the chat alone': (chat: Observable<ChatChunk>): Observable<unknown> => chat,
  'with operators': (chat: Observable<ChatChunk>): Observable<unknown> =>
    chat.pipe(splitThinking(), bufferForUi(), accumulateMessage()),
};

/** The client is told of nothing before it leaves, or of more than it will ever take. */
const moments = ['headers pending', 'in mid-stream'] as const;

function* endless(): Generator<Step> {
  yield { thinking: 'Hm.' };
  for (;;) yield 'on and on ';
}

/** What happens in one cell: a chat is left, and the server tells what it saw of that. */
async function leave(
  way: Way,
  dress: (chat: Observable<ChatChunk>) => Observable<unknown>,
  moment: (typeof moments)[number],
) {
  const pending = moment === 'headers pending';
  const attempts = way === ways['`retry`, both attempts'] ? 2 : 1;
  const scenario: Scenario = pending
    ? [{ fault: 'hang' }]
    : { steps: { [Symbol.iterator]: endless } };
  const ollama = await start(scenario);
  const chats = () => ollama.requests.filter(({ path }) => path === '/api/chat');
  const linesWritten = () => chats().map((request) => request.linesWritten);
  const now = new Subject<void>();
  const left = new Subject<void>();
  const allLeft = firstValueFrom(left.pipe(skip(attempts - 1)));
  const log: string[] = [];

  const chat = ask(ollama).pipe(
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
    return dress(chat).pipe(
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

const cells = new Map<string, string>();

describe.each(Object.entries(ways))('a chat that is left by %s', (name, way) => {
  describe.each(Object.entries(dresses))('%s', (dressed, dress) => {
    it.each(moments)('is over at the server at once: %s', async (moment) => {
      const seen = await leave(way, dress, moment);
      expect(seen.outcomes).toEqual(Array(seen.attempts).fill('aborted'));
      expect(seen.later).toEqual(seen.atClose);
      expect(seen.atClose.every((lines) => (lines === 0) === (moment === 'headers pending'))).toBe(
        true,
      );
      expect(seen.after).not.toContain('chunk');
      expect(seen.after).not.toContain('next');
      const closed = seen.attempts === 1 ? 'closed' : `${String(seen.attempts)} closed`;
      cells.set(
        [name, dressed, moment].join(),
        `${closed}, ${seen.atClose.some(Boolean) ? 'lines stop' : 'no line'}`,
      );
    });
  });
});

describe('a chat that is left in the frame of subscribing', () => {
  it.each(Object.entries(dresses))('is no request at all: %s', async (dressed, dress) => {
    const ollama = await start();
    dress(ask(ollama)).subscribe().unsubscribe();
    await roundTrip(ollama);
    const chats = ollama.requests.filter(({ path }) => path === '/api/chat');
    expect(chats).toEqual([]);
    cells.set(`frame,${dressed},headers pending`, 'no request');
    cells.set(`frame,${dressed},in mid-stream`, '–');
  });
});

describe('what was seen', () => {
  it('is in the table of docs/reliability.md', () => {
    const columns = Object.keys(dresses).flatMap((dressed) =>
      moments.map((moment) => `${dressed}, ${moment}`),
    );
    const toRow = (name: string, key = name) => [
      name,
      ...columns.map((column) => cells.get(`${key},${column.replace(', ', ',')}`) ?? 'not seen'),
    ];
    const rows = Object.keys(ways).map((name) => toRow(name));
    expectTable(
      'cancellation',
      ['left by', ...columns],
      [...rows, toRow('`unsubscribe()` in the frame of subscribing', 'frame')],
    );
  });
});
