import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Ollama } from 'ollama';
import {
  NEVER,
  Subject,
  concatAll,
  firstValueFrom,
  from,
  lastValueFrom,
  map,
  shareReplay,
  startWith,
  switchMap,
  take,
  takeUntil,
  tap,
  type Observable,
} from 'rxjs';
import {
  createConversation,
  fromOllamaChat,
  fromOllamaStream,
  runTools,
  shareChat,
  takeUntilAborted,
  timeoutChat,
  type ChatChunk,
} from '../../lib/index.js';
import { createGate, start } from '../sources/support.js';
import { expectTable } from '../support/matrix.js';
import { root } from './documents.js';

const request = { model: 'qwen3', messages: [{ role: 'user', content: 'Tell me a long story.' }] };
const streamed = { ...request, stream: true as const };

/** Begins a chat, calls `onValue` when something of it has arrived, and returns how it is left. */
type Start = (host: string, onValue: () => void, when: When) => () => void;

/** What the server does at that moment. */
type When = 'loading' | 'streaming';

type Outcome = 'stops' | 'stops when the headers come' | 'runs to its end' | '–';

interface Row {
  readonly way: string;
  readonly begin: Start;
  readonly loading: Outcome;
  readonly streaming: Outcome;
}

/** Nothing is left to do: the pipeline leaves at its first value. */
const byItself = (): void => undefined;

/** A pipeline over a chat, which is left by unsubscribing. */
const pipeline =
  (build: (chat$: Observable<ChatChunk>) => Observable<unknown>): Start =>
  (host, onValue) => {
    const subscription = build(fromOllamaChat(request, { host })).subscribe(onValue);
    return () => {
      subscription.unsubscribe();
    };
  };

const stops = { loading: 'stops', streaming: 'stops' } as const;
const runs = { loading: 'runs to its end', streaming: 'runs to its end' } as const;

const rows: Row[] = [
  { way: '`unsubscribe()`', begin: pipeline((chat$) => chat$), ...stops },
  {
    way: '`takeUntil(stop$)`, when `stop$` emits',
    begin: (host, onValue) => {
      const stop$ = new Subject<void>();
      fromOllamaChat(request, { host }).pipe(takeUntil(stop$)).subscribe(onValue);
      return () => {
        stop$.next();
      };
    },
    ...stops,
  },
  {
    way: '`switchMap`, when the next question comes',
    begin: (host, onValue) => {
      const question$ = new Subject<string>();
      const ask = () => fromOllamaChat(request, { host });
      question$
        .pipe(
          startWith('first'),
          switchMap((question) => (question === 'first' ? ask() : NEVER)),
        )
        .subscribe(onValue);
      return () => {
        question$.next('second');
      };
    },
    ...stops,
  },
  {
    way: '`takeUntilAborted`, when its signal aborts',
    begin: (host, onValue) => {
      const controller = new AbortController();
      fromOllamaChat(request, { host })
        .pipe(takeUntilAborted(controller.signal))
        .subscribe(onValue);
      return () => {
        controller.abort();
      };
    },
    ...stops,
  },
  {
    way: '`take(n)`, `firstValueFrom(chat$)`',
    begin: (host, onValue) => {
      void firstValueFrom(fromOllamaChat(request, { host }).pipe(take(1))).then(onValue);
      return byItself;
    },
    loading: '–',
    streaming: 'stops',
  },
  {
    way: 'an error in a callback of yours, such as that of `map`',
    begin: (host, onValue) => {
      fromOllamaChat(request, { host })
        .pipe(
          map(() => {
            throw new Error('mine');
          }),
        )
        .subscribe({ error: onValue });
      return byItself;
    },
    loading: '–',
    streaming: 'stops',
  },
  {
    way: '`timeoutChat`, when a limit passes',
    begin: (host, onValue, when) => {
      fromOllamaChat(request, { host })
        .pipe(tap(onValue), timeoutChat(when === 'loading' ? { firstChunk: 50 } : { idle: 50 }))
        .subscribe({ error: () => undefined });
      return byItself;
    },
    ...stops,
  },
  {
    way: '`shareChat()`, when the last subscriber unsubscribes',
    begin: (host, onValue) => {
      const shared$ = fromOllamaChat(request, { host }).pipe(shareChat());
      const subscriptions = [shared$.subscribe(onValue), shared$.subscribe()];
      return () => {
        for (const subscription of subscriptions) subscription.unsubscribe();
      };
    },
    ...stops,
  },
  {
    way: '`runTools`, unsubscribed',
    begin: (host, onValue) => {
      const subscription = runTools(request, { tools: [], host }).subscribe(onValue);
      return () => {
        subscription.unsubscribe();
      };
    },
    ...stops,
  },
  {
    way: '`stop()` of a conversation',
    begin: (host, onValue) => {
      const conversation = createConversation({ model: 'qwen3', host, every: 0 });
      conversation.state$.subscribe(({ status }) => {
        if (status === 'answering') onValue();
      });
      conversation.send('Tell me a long story.');
      return () => {
        conversation.stop();
      };
    },
    ...stops,
  },
  {
    way: '`fromOllamaStream` over the official client, unsubscribed',
    begin: (host, onValue) => {
      const client = new Ollama({ host });
      const subscription = fromOllamaStream(() => client.chat(streamed)).subscribe(onValue);
      return () => {
        subscription.unsubscribe();
      };
    },
    loading: 'stops when the headers come',
    streaming: 'stops',
  },
  {
    way: 'the official client’s `abort()`',
    begin: (host, onValue) => {
      const client = new Ollama({ host });
      from(client.chat(streamed))
        .pipe(concatAll())
        .subscribe({ next: onValue, error: () => undefined });
      return () => {
        client.abort();
      };
    },
    loading: 'runs to its end',
    streaming: 'stops',
  },
  {
    way: '`from(client.chat(…))` with `concatAll()`, unsubscribed',
    begin: (host, onValue) => {
      const client = new Ollama({ host });
      const subscription = from(client.chat(streamed)).pipe(concatAll()).subscribe(onValue);
      return () => {
        subscription.unsubscribe();
      };
    },
    ...runs,
  },
  {
    way: '`from(await client.chat(…))`, unsubscribed',
    begin: (host, onValue) => {
      let leave = byItself;
      void new Ollama({ host }).chat(streamed).then((stream) => {
        const subscription = from(stream).subscribe(onValue);
        leave = () => {
          subscription.unsubscribe();
        };
      });
      return () => {
        leave();
      };
    },
    loading: '–',
    streaming: 'runs to its end',
  },
  {
    way: '`break` in a `for await` over the official client’s stream',
    begin: (host, onValue) => {
      void (async () => {
        for await (const chunk of await new Ollama({ host }).chat(streamed)) {
          onValue();
          if (chunk.message.content) break;
        }
      })();
      return byItself;
    },
    loading: '–',
    streaming: 'runs to its end',
  },
  {
    way: '`shareReplay(1)`, when the last subscriber unsubscribes',
    begin: pipeline((chat$) => chat$.pipe(shareReplay({ bufferSize: 1, refCount: false }))),
    ...runs,
  },
  {
    way: '`shareChat()`, when one of two subscribers unsubscribes',
    begin: (host, onValue) => {
      const shared$ = fromOllamaChat(request, { host }).pipe(shareChat());
      shared$.subscribe();
      const subscription = shared$.subscribe(onValue);
      return () => {
        subscription.unsubscribe();
      };
    },
    ...runs,
  },
  {
    way: 'a promise of `lastValueFrom(chat$)` that is not waited for',
    begin: (host, onValue) => {
      void lastValueFrom(fromOllamaChat(request, { host }).pipe(tap(onValue)));
      return byItself;
    },
    ...runs,
  },
];

/** What the server sees of a chat that is left, before its first chunk or after it. */
async function observe(begin: Start, when: When, expected: Outcome) {
  const [headers, rest, value] = [createGate(), createGate(), createGate()];
  const ollama = await start([
    { content: 'Once', delay: headers.gate },
    { content: ' upon a time.', delay: rest.gate },
    { done: true },
  ]);
  const leave = begin(ollama.url, value.open, when);
  const received = await ollama.received();
  if (when === 'streaming') {
    headers.open();
    await value.gate;
  }
  leave();
  // The server waits at a gate for ever, unless the client closes the connection.
  if (expected !== 'stops') headers.open();
  if (expected === 'runs to its end') rest.open();
  return received.closed;
}

describe('what stops the model', () => {
  const seen = new Map<string, Record<string, string>>();

  it.each(
    rows.flatMap((row) =>
      (['loading', 'streaming'] as const).map((when) => [row.way, when, row] as const),
    ),
  )('%s, while it is %s', async (way, when, row) => {
    const expected = row[when];
    const cells = seen.get(way) ?? {};
    seen.set(way, cells);
    if (expected === '–') {
      cells[when] = '–';
      return;
    }
    const closed = await observe(row.begin, when, expected);
    expect(closed).toBe(expected === 'runs to its end' ? 'completed' : 'aborted');
    cells[when] =
      closed === 'completed'
        ? '**runs on**'
        : expected.replace('stops when the headers come', 'stops late');
  });

  afterAll(() => {
    expectTable(
      'stops',
      ['stopped by', 'loading', 'mid-stream'],
      [...seen].map(([way, { loading = '', streaming = '' }]) => [way, loading, streaming]),
      path.join(root, 'docs/concepts/cancellation.md'),
    );
  });
});
