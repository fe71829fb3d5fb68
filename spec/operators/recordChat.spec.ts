import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import {
  NEVER,
  Subject,
  VirtualTimeScheduler,
  concat,
  concatWith,
  defer,
  finalize,
  from,
  map,
  of,
  take,
  tap,
  throwError,
  type Observable,
} from 'rxjs';
import { OllamaProtocolError, OllamaStreamError } from '../../lib/errors.js';
import { recordChat } from '../../lib/operators/recordChat.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk } from '../../lib/types/index.js';
import { describeOperatorContract } from '../support/contract.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';

const { answer, done } = chunk;

describeOperatorContract({
  name: 'recordChat',
  operator: (scheduler) => recordChat(() => undefined, { scheduler }),
  keepsType: true,
  throwing: (error, scheduler) =>
    recordChat(
      () => {
        throw error;
      },
      { scheduler },
    ),
});

const chunks = { a: answer('Hel'), b: answer('lo'), d: done() };
const broken = new OllamaStreamError('broken', { error: 'broken' });
const header = { format: 'rxjs-ollama-recording', version: 1, model: 'test' };

function createSink() {
  const lines: string[] = [];
  return {
    lines,
    write: (line: string) => lines.push(line),
    read: () => lines.map((line) => JSON.parse(line) as object),
  };
}

/** What is written when the lines after the first `sound` ones can't be. */
function failAfter(sound: number, source: Observable<ChatChunk>) {
  const error = new Error('disk full');
  const lines: string[] = [];
  const log: unknown[] = [];
  let tries = 0;
  const sink = (line: string): void => {
    if (++tries > sound) throw error;
    lines.push(line);
  };
  let pulled = 0;
  source
    .pipe(
      tap(() => pulled++),
      recordChat(sink),
    )
    .subscribe({
      next: (chunk) => log.push(chunk),
      error: (cause: unknown) => log.push(cause),
      complete: () => log.push('complete'),
    });
  return { error, lines, log, tries, pulled };
}

describe('recordChat', () => {
  // prettier-ignore
  it('passes every chunk through unchanged, and writes its time', diagram('recordChat', (m) => {
    const source = m.cold('  --a-----b-(d|)', chunks);
    const expected = '       --a-----b-(d|)';
    const written = '        --(hx)--y-(zw)';
    const subs = '           ^---------!';
    const lines = new Subject<string>();
    const sink = (line: string): void => { lines.next(line); };
    m.expect(lines.pipe(map((line) => JSON.parse(line) as object))).toBeObservable(written, {
      h: header,
      x: { at: 20, chunk: chunks.a },
      y: { at: 80, chunk: chunks.b },
      z: { at: 100, chunk: chunks.d },
      w: { at: 100, end: 'complete' },
    });
    m.expect(source.pipe(recordChat(sink))).toBeObservable(expected, chunks);
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'recordChat(sink)', results: { result: expected, sink: written } };
  }));

  // prettier-ignore
  it('counts from the subscription, for each subscriber', marbles((m) => {
    const sink = createSink();
    const result = m.cold('  --a|', chunks).pipe(recordChat(sink));
    m.expect(result, '       ---^').toBeObservable('-----a|', chunks);
    m.expect(result, '       9ms ^').toBeObservable('9ms --a|', chunks);
    m.flush();
    const recording = [header, { at: 2, chunk: chunks.a }, { at: 3, end: 'complete' }];
    expect(sink.read()).toEqual([...recording, ...recording]);
  }));

  // prettier-ignore
  it('writes how it failed', marbles((m) => {
    const sink = createSink();
    const source = m.cold('  --a-#', chunks, broken);
    const expected = '       --a-#';
    m.expect(source.pipe(recordChat(sink))).toBeObservable(expected, chunks, broken);
    m.flush();
    expect(sink.read().at(-1)).toEqual({
      at: 4,
      end: 'error',
      error: {
        name: 'OllamaStreamError',
        code: 'stream',
        message: 'broken',
        detail: { error: 'broken' },
      },
    });
  }));

  // prettier-ignore
  it('writes that it was left, also before the first chunk', marbles((m) => {
    const [early, late] = [createSink(), createSink()];
    const source = m.cold('  --a---b-', chunks);
    m.expect(source.pipe(recordChat(early)), '^!').toBeObservable('--');
    m.expect(source.pipe(recordChat(late)), ' ^---!').toBeObservable('--a--', chunks);
    m.expect(source).toHaveSubscriptions(['   ^!', '^---!']);
    m.flush();
    expect(early.read()).toEqual([
      { format: header.format, version: 1 },
      { at: 1, end: 'left' },
    ]);
    expect(late.read()).toEqual([header, { at: 2, chunk: chunks.a }, { at: 4, end: 'left' }]);
  }));

  it('writes one ending, also when the consumer leaves in it or in a chunk', () => {
    const sink = createSink();
    const source = new Subject<ChatChunk>();
    const subscription = source.pipe(recordChat(sink)).subscribe({
      complete: () => {
        subscription.unsubscribe();
      },
    });
    source.complete();
    from([answer('a'), answer('b')])
      .pipe(recordChat(sink), take(1))
      .subscribe();
    expect(sink.read().filter((line) => 'end' in line)).toEqual([
      expect.objectContaining({ end: 'complete' }),
      expect.objectContaining({ end: 'left' }),
    ]);
  });

  it('writes a line before its chunk goes on', () => {
    const log: string[] = [];
    from([answer('a')])
      .pipe(recordChat((line) => log.push(line.slice(0, 6))))
      .subscribe({ next: () => log.push('next'), complete: () => log.push('complete') });
    expect(log).toEqual(['{"form', '{"at":', 'next', '{"at":', 'complete']);
  });

  it('writes to a stream, which may be ended in finalize', async () => {
    for (const source of [from([answer('Hi')]), concat(of(answer('Hi')), NEVER)]) {
      const file = new PassThrough();
      source
        .pipe(
          recordChat(file),
          finalize(() => file.end()),
        )
        .subscribe()
        .unsubscribe();
      const written = await text(file);
      expect(written).toMatch(/^\{"format".*\n\{"at":.*\n\{"at":\d+,"end":"(complete|left)"\}\n$/);
    }
  });

  it('writes the request, and what redact gives, but passes on the chunk itself', () => {
    const sink = createSink();
    const scheduler = new VirtualTimeScheduler();
    const given = Object.freeze(answer('my password'));
    const request = { model: 'qwen3' };
    let passed: unknown;
    of(given)
      .pipe(
        recordChat(sink, {
          request,
          redact: (chunk) => ({ ...chunk, message: { ...chunk.message, content: '…' } }),
          scheduler,
        }),
      )
      .subscribe((chunk) => (passed = chunk));
    expect(passed).toBe(given);
    expect(sink.read()).toEqual([
      { ...header, request },
      { at: 0, chunk: answer('…') },
      { at: 0, end: 'complete' },
    ]);
  });

  it('keeps a recording each, with a sink made in defer', () => {
    const sinks: ReturnType<typeof createSink>[] = [];
    const result = defer(() => {
      const sink = createSink();
      sinks.push(sink);
      return of(answer('Hi')).pipe(recordChat(sink));
    });
    result.subscribe();
    result.subscribe();
    expect(sinks.map(({ lines }) => lines.length)).toEqual([3, 3]);
  });
});

describe('a sink that returns promises, where no type refuses it', () => {
  const listen = (source: Observable<ChatChunk>, sink: (line: string) => Promise<unknown>) => {
    const log: unknown[] = [];
    const ended = new Promise<void>((resolve) => {
      const end = (what: unknown) => {
        log.push(what);
        resolve();
      };
      source.pipe(recordChat(sink as unknown as () => void)).subscribe({
        next: (chunk) => log.push(chunk),
        error: end,
        complete: () => {
          end('complete');
        },
      });
    });
    return { log, ended };
  };

  it('holds back no chunk, but completion', async () => {
    const settle: (() => void)[] = [];
    const sink = () => new Promise<void>((resolve) => settle.push(resolve));
    const { log, ended } = listen(of(chunks.a, chunks.d), sink);
    expect(log).toEqual([chunks.a, chunks.d]);
    for (const each of settle) each();
    await ended;
    expect(log.at(-1)).toBe('complete');
    expect(settle).toHaveLength(4);
  });

  it.each<[string, Observable<ChatChunk>]>([
    ['after the source completed', of(chunks.a)],
    ['while the source is silent', concat(of(chunks.a), NEVER)],
  ])('fails with the very error of a rejection, %s', async (_, source) => {
    const error = new Error('disk full');
    const { log, ended } = listen(source, () => Promise.reject(error));
    await ended;
    expect(log).toEqual([chunks.a, error]);
    expect(log[1]).toBe(error);
  });

  it('writes nothing after a rejection', async () => {
    const source = new Subject<ChatChunk>();
    const lines: string[] = [];
    const { ended } = listen(source, (line) => {
      lines.push(line);
      return Promise.reject(new Error('disk full'));
    });
    source.next(chunks.a);
    await ended;
    expect(source.observed).toBe(false);
    expect(lines).toHaveLength(2);
  });

  it('leaves no rejection unhandled when the subscriber has left, or the source has failed', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', note);
    const sink = () => Promise.reject(new Error('disk full'));
    const asSink = sink as unknown as () => void;
    NEVER.pipe(recordChat(asSink)).subscribe().unsubscribe();
    const { log, ended } = listen(
      throwError(() => broken),
      sink,
    );
    await ended;
    // Node tells of unhandled rejections before its next turn.
    await new Promise(setImmediate);
    process.off('unhandledRejection', note);
    expect(log).toEqual([broken]);
    expect(unhandled).toEqual([]);
  });
});

it('fails with a typed error on a chunk that JSON can not express', () => {
  const odd = { ...chunks.a, size: 5n };
  const log: unknown[] = [];
  of(odd)
    .pipe(recordChat(() => undefined))
    .subscribe({ next: (each) => log.push(each), error: (error: unknown) => log.push(error) });
  expect(log).toEqual([expect.any(OllamaProtocolError)]);
});

describe('what the sink throws', () => {
  it.each([
    ['at the header', 0, []],
    ['at the first chunk', 1, []],
    ['at the second chunk', 2, [answer('a')]],
  ])('%s is the error, and nothing is written after it', (_, sound, passed) => {
    const { error, lines, log, tries, pulled } = failAfter(sound, from([answer('a'), answer('b')]));
    expect(log).toEqual([...passed, error]);
    expect(log.at(-1)).toBe(error);
    expect(lines).toHaveLength(sound);
    expect(tries).toBe(sound + 1);
    expect(pulled).toBe(passed.length + 1);
  });

  it('at the end takes the place of the end', () => {
    const completed = failAfter(2, from([answer('a')]));
    expect(completed.log).toEqual([answer('a'), completed.error]);
    const failed = failAfter(2, from([answer('a')]).pipe(concatWith(throwError(() => broken))));
    expect(failed.log.at(-1)).toBe(failed.error);
  });

  it('when the consumer has left is thrown by unsubscribe, after the source was let go', () => {
    let released = 0;
    const error = new Error('disk full');
    const subscription = NEVER.pipe(
      finalize(() => released++),
      recordChat(() => {
        throw error;
      }),
    ).subscribe();
    let thrown: unknown;
    try {
      subscription.unsubscribe();
    } catch (cause) {
      thrown = cause;
    }
    expect(thrown).toMatchObject({ name: 'UnsubscriptionError', errors: [error] });
    expect(released).toBe(1);
  });

  it('and what redact throws, is the very object', () => {
    const error = new Error('from redact');
    const sink = createSink();
    let failure: unknown;
    of(answer('a'))
      .pipe(
        recordChat(sink, {
          redact: () => {
            throw error;
          },
        }),
      )
      .subscribe({ error: (cause: unknown) => (failure = cause) });
    expect(failure).toBe(error);
    expect(sink.lines).toEqual([]);
  });
});
