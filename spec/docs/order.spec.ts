import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import {
  Subject,
  defer,
  distinctUntilChanged,
  map,
  pipe,
  switchMap,
  takeUntil,
  type MonoTypeOperatorFunction,
  type Observable,
} from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { z } from 'zod';
import {
  OllamaConnectionError,
  accumulateMessage,
  answerText,
  bufferForUi,
  collectToolCalls,
  parseJson,
  recordChat,
  retryChat,
  shareChat,
  splitThinking,
  tapThroughput,
  timeoutChat,
  type ChatChunk,
  type ToolCall,
} from '../../lib/index.js';
import { chunk, marbleChat } from '../../lib/testing/index.js';
import { expectBlock } from '../support/matrix.js';
import { root } from './documents.js';

type Chunks = Observable<ChatChunk>;
type Keep = MonoTypeOperatorFunction<ChatChunk>;

/** Virtual time, and what is seen in it. */
interface Lab {
  draw(marbles: string, values?: Readonly<Record<string, ChatChunk>>): Chunks;
  /** Subscribes, and notes each notification with its time. */
  watch(source: Observable<unknown>, name?: string): void;
  note(what: string): void;
  at(ms: number, action: () => void): void;
}

/** Runs a row, and returns its log. */
function observe(run: (lab: Lab) => void): string {
  const log: string[] = [];
  const scheduler = new TestScheduler(() => undefined);
  scheduler.run(({ cold }) => {
    const note = (what: string) => {
      log.push(`${what} @${String(scheduler.now())}`);
    };
    run({
      draw: (marbles, values) => cold(...marbleChat(marbles, values, broken)),
      watch(source, name = '') {
        source.subscribe({
          next: (value) => {
            note(name + (typeof value === 'string' ? `“${value}”` : JSON.stringify(value)));
          },
          error: (error: unknown) => {
            note(name + (error as Error).name);
          },
          complete: () => {
            note(`${name}complete`);
          },
        });
      },
      note,
      at: (ms, action) => scheduler.schedule(action, ms),
    });
  });
  return log.join(', ');
}

const broken = new OllamaConnectionError('the connection broke');
const text = answerText();
const contents = pipe(
  accumulateMessage(),
  map(({ content }) => content),
  distinctUntilChanged(),
);

/** Two orders of a pair of operators, and what to conclude from what they emit. */
interface Row {
  readonly pair: string;
  readonly one: (lab: Lab) => void;
  readonly other: (lab: Lab) => void;
  readonly so: string;
}

type Compose = (first: Keep, then: Keep) => Keep;

/** A row of two operators that keep the type of chunks: `pipe` takes them in both orders. */
function pair(
  first: string,
  then: string,
  so: string,
  run: (lab: Lab, compose: Compose) => void,
): Row {
  return {
    pair: `\`${first}\`, then \`${then}\``,
    one: (lab) => {
      run(lab, (a, b) => pipe(a, b));
    },
    other: (lab) => {
      run(lab, (a, b) => pipe(b, a));
    },
    so,
  };
}

/** A source whose n-th subscription gets the n-th answer. */
function attempts(lab: Lab, ...answers: readonly [Chunks, Chunks]): Chunks {
  let attempt = 0;
  return defer(() => {
    lab.note(`request ${String(attempt + 1)}`);
    return answers[attempt++] ?? answers[1];
  });
}

/** What emits at that time. */
function stopAt(lab: Lab, ms: number): Observable<void> {
  const stop$ = new Subject<void>();
  lab.at(ms, () => {
    stop$.next();
  });
  return stop$;
}

/** Ends the chat after 4 ms. */
function stop<T>(lab: Lab): MonoTypeOperatorFunction<T> {
  return takeUntil(stopAt(lab, 4));
}

/** Two questions, the second one after the user pressed Stop. */
function questions(lab: Lab): Observable<void> {
  const question$ = new Subject<void>();
  for (const ms of [0, 6]) {
    lab.at(ms, () => {
      question$.next();
    });
  }
  return question$;
}

const names = map((calls: readonly ToolCall[]) => calls.map((call) => call.function.name).join());

const rows: Row[] = [
  pair(
    "retryChat({ when: 'restart' })",
    'bufferForUi()',
    'Retry first: what a failed attempt left in the buffer is dropped, and no screen shows it.',
    (lab, compose) => {
      const hello = { w: chunk.answer('Hello') };
      const chat$ = attempts(lab, lab.draw('-a#'), lab.draw('-w(d|)', hello));
      const retry: Keep = retryChat({ count: 1, delay: 0, when: 'restart' });
      lab.watch(chat$.pipe(compose(retry, bufferForUi({ every: 10 })), contents));
    },
  ),
  pair(
    'timeoutChat({ firstChunk: 10 })',
    'retryChat()',
    'Timeout first: the limit is that of one attempt. After `retryChat` it is that of all attempts and waits.',
    (lab, compose) => {
      const chat$ = attempts(lab, lab.draw('-'), lab.draw('-a(d|)'));
      const retry: Keep = retryChat({ count: 1, delay: 0, shouldRetry: () => true });
      lab.watch(chat$.pipe(compose(timeoutChat({ firstChunk: 10 }), retry), text));
    },
  ),
  pair(
    'timeoutChat({ idle: 15 })',
    'bufferForUi({ every: 40 })',
    'Timeout first: it measures the server. After the buffer, it measures the buffer.',
    (lab, compose) => {
      const chat$ = lab.draw('a 9ms b 9ms c 9ms a 9ms b 9ms c 9ms (d|)');
      lab.watch(chat$.pipe(compose(timeoutChat({ idle: 15 }), bufferForUi({ every: 40 })), text));
    },
  ),
  pair(
    'tapThroughput()',
    'bufferForUi()',
    'Both count the same tokens. Before the buffer, the times are those of the server.',
    (lab, compose) => {
      const tap: Keep = tapThroughput(({ tokens, firstChunkMs }) => {
        lab.note(`${String(tokens)} tokens (first: ${String(firstChunkMs)} ms)`);
      });
      lab
        .draw('-abc----|')
        .pipe(compose(tap, bufferForUi({ every: 5 })))
        .subscribe();
    },
  ),
  pair(
    'splitThinking()',
    'tapThroughput()',
    'Split first, or thinking in tags counts as an answer. A field for thinking is recognized in both orders.',
    (lab, compose) => {
      let first: number | undefined;
      const tap: Keep = tapThroughput(({ firstAnswerMs }) => {
        first = firstAnswerMs;
      });
      lab
        .draw('-o-p-q-r-a-(d|)')
        .pipe(compose(splitThinking(), tap))
        .subscribe({
          complete: () => {
            lab.note(`firstAnswerMs: ${String(first)}`);
          },
        });
    },
  ),
  pair(
    'recordChat(sink)',
    'bufferForUi()',
    'Record first: the recording is the stream of the server, with its times.',
    (lab, compose) => {
      const record: Keep = recordChat((line) => {
        const { chunk: recorded } = JSON.parse(line) as { readonly chunk?: ChatChunk };
        if (recorded) lab.note(`recorded “${recorded.message.content}”`);
      });
      lab
        .draw('-abc----|')
        .pipe(compose(record, bufferForUi({ every: 5 })))
        .subscribe();
    },
  ),
  pair(
    'shareChat()',
    'bufferForUi()',
    'Share first: each screen has a buffer of its own. Buffer first: one buffer, and a late subscriber waits for nothing.',
    (lab, compose) => {
      const chat$ = lab.draw('-a-b----------c-------|');
      const shared$ = chat$.pipe(compose(shareChat(), bufferForUi({ every: 5 })), text);
      // With `shareChat` before it, the buffer is made for each subscriber.
      lab.watch(shared$, 'A: ');
      lab.at(8, () => {
        lab.watch(shared$, 'B: ');
      });
    },
  ),
  pair(
    'takeUntil(stop$)',
    'bufferForUi()',
    'Stop first: the buffer completes, and emits what it holds. After the buffer, that text is dropped.',
    (lab, compose) => {
      const chat$ = lab.draw('-a-b-----');
      lab.watch(chat$.pipe(compose(stop(lab), bufferForUi({ every: 10 })), text));
    },
  ),
  {
    pair: '`takeUntil(stop$)`, then `collectToolCalls()`',
    one: (lab) => {
      lab.watch(lab.draw('-x----|').pipe(stop(lab), collectToolCalls(), names));
    },
    other: (lab) => {
      lab.watch(lab.draw('-x----|').pipe(collectToolCalls(), stop(lab), names));
    },
    so: 'Stop first: you get the calls so far. This holds for whatever emits at completion.',
  },
  {
    pair: '`takeUntil(stop$)`, then `parseJson(schema)`',
    one: (lab) => {
      const json = parseJson(z.object({}));
      lab.watch(lab.draw('-a----|').pipe(stop(lab), json));
    },
    other: (lab) => {
      const json = parseJson(z.object({}));
      lab.watch(lab.draw('-a----|').pipe(json, stop(lab)));
    },
    so: 'Stop last, unless half of the JSON is an error to you.',
  },
  {
    pair: '`takeUntil(stop$)` inside of `switchMap`, not after it',
    one: (lab) => {
      const stop$ = stopAt(lab, 4);
      const ask = () => lab.draw('-a-b---|').pipe(text, takeUntil(stop$));
      lab.watch(questions(lab).pipe(switchMap(ask)));
    },
    other: (lab) => {
      const ask = () => lab.draw('-a-b---|').pipe(text);
      lab.watch(questions(lab).pipe(switchMap(ask), takeUntil(stopAt(lab, 4))));
    },
    so: 'Inside, Stop ends one answer. After it, Stop ends the page: the next question gets none.',
  },
];

/** Pairs that give the same in both orders. */
const same: Row[] = [
  pair('splitThinking()', 'bufferForUi()', '', (lab, compose) => {
    const chat$ = lab.draw('(opqra)---(d|)');
    const split: Keep = splitThinking();
    const texts = map(({ message }: ChatChunk) => `${message.thinking ?? ''}|${message.content}`);
    lab.watch(chat$.pipe(compose(split, bufferForUi({ every: 5 })), texts));
  }),
  pair('splitThinking()', 'shareChat()', '', (lab, compose) => {
    const split: Keep = splitThinking();
    const shared$ = lab.draw('-o-p-q-r-a-(d|)').pipe(compose(split, shareChat()), contents);
    lab.watch(shared$, 'A: ');
    lab.at(6, () => {
      lab.watch(shared$, 'B: ');
    });
  }),
  pair('recordChat(sink)', 'timeoutChat({ idle: 5 })', '', (lab, compose) => {
    const record: Keep = recordChat(() => undefined);
    lab.watch(lab.draw('-a-b---------').pipe(compose(record, timeoutChat({ idle: 5 })), text));
  }),
];

describe('the order of two operators', () => {
  const seen: string[] = [];

  it.each(rows.map((row) => [row.pair, row] as const))('%s changes what comes', (_, row) => {
    const [one, other] = [observe(row.one), observe(row.other)];
    expect(one).not.toBe(other);
    expect(one).not.toBe('');
    // A list, since a table of such long cells can't be read on a phone.
    seen.push(
      `### ${row.pair}\n\n${row.so}\n\n- In this order: ${one}\n- The other way round: ${other}`,
    );
  });

  it.each(same.map((row) => [row.pair, row] as const))('%s does not change it', (_, row) => {
    expect(observe(row.one)).toBe(observe(row.other));
    expect(observe(row.one)).not.toBe('');
  });

  afterAll(() => {
    expectBlock('order', seen.join('\n\n'), path.join(root, 'docs/concepts/order.md'));
  });
});
