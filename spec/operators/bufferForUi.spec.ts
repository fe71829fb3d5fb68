import { describe, expect, it } from '@jest/globals';
import { Subject, VirtualTimeScheduler, from, take } from 'rxjs';
import { bufferForUi, type BufferForUiOptions } from '../../lib/operators/bufferForUi.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk, ChunkMarks } from '../../lib/types/index.js';
import { delta, final } from '../support/chunks.js';
import { describeOperatorContract } from '../support/contract.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';

const { answer, done, thinking, toolCall } = chunk;

type Chunk = ChatChunk & ChunkMarks;
type Chunks = Readonly<Record<string, Chunk>>;

/** What a run of chunks becomes. */
const merge = <C extends Chunk>(chunk: C, merged: number): C => ({ ...chunk, merged });

const optionSets: readonly BufferForUiOptions[] = [
  {},
  { every: 50 },
  { by: 'grapheme' },
  { by: 'word', every: 5 },
  { by: 'line', maxHold: 40 },
  { by: 'line', maxHold: Infinity },
  { by: 'word', every: 0 },
  { pace: { maxLag: 40 }, every: 0 },
  { pace: { maxLag: Infinity } },
  { pace: { maxLag: 40 } },
  { pace: { maxLag: 300 }, by: 'word', every: 20 },
];
for (const options of optionSets) {
  describeOperatorContract({
    name: `bufferForUi(${JSON.stringify(options)})`,
    operator: (scheduler) => bufferForUi({ ...options, scheduler }),
    keepsType: true,
    emitsLater: true,
  });
}

describeOperatorContract({
  name: 'bufferForUi({ every: 0 })',
  operator: (scheduler) => bufferForUi({ every: 0, scheduler }),
  keepsType: true,
});

describeOperatorContract({
  name: "bufferForUi with a segmenter of one's own",
  operator: (scheduler) =>
    bufferForUi({ by: new Intl.Segmenter('en', { granularity: 'word' }), scheduler }),
  keepsType: true,
  emitsLater: true,
  throwing(error, scheduler) {
    const segmenter = new Intl.Segmenter();
    segmenter.segment = () => {
      throw error;
    };
    // Without a pace, the end of a synchronous source leaves nothing to cut.
    return bufferForUi({ by: segmenter, pace: { maxLag: 40 }, scheduler });
  },
});

const call = (name: string) => ({ function: { name, arguments: {} } });

const chunks: Chunks = {
  a: answer('a'),
  b: answer('b'),
  c: answer('c'),
  d: answer('d'),
  e: answer('e'),
  t: thinking('t'),
  u: thinking('u'),
  T: toolCall('f'),
  U: toolCall('g'),
  f: done(),
  R: { ...answer('r'), reclassify: true },
  S: { ...answer('s'), reset: true },
};

// prettier-ignore
describe('bufferForUi', () => {
  it('emits at most once per 30 ms, and merges what came in between', diagram('bufferForUi', (m) => {
    const story: Chunks = {
      a: answer('Hel'), b: answer('lo'), c: answer(' to'), d: answer(' you'), e: answer('!'), f: done(),
    };
    const source = m.cold<Chunk>('  -abc------d----(ef|)', story);
    const expected = '              ----X--------d-(ef|)';
    const subs = '                  ^--------------!';
    const results: Chunks = { ...story, X: merge(answer('Hello to'), 3) };
    m.expect(source.pipe(bufferForUi({ every: 30 }))).toBeObservable(expected, results);
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'bufferForUi({ every: 30 })', results: { result: expected } };
  }));

  it('emits a frame after the first chunk all that came by then, and is idle until the next', marbles((m) => {
    const source = m.cold<Chunk>('  -a-b 20ms    c 5ms d 30ms |', chunks);
    const expected = '              17ms      X 22ms Y   20ms |';
    const results: Chunks = { X: merge(answer('ab'), 2), Y: merge(answer('cd'), 2) };
    m.expect(source.pipe(bufferForUi())).toBeObservable(expected, results);
  }));

  it('emits frame by frame while chunks keep coming', marbles((m) => {
    const source = m.cold<Chunk>('  -abcdeabcdea---|', chunks);
    const expected = '              ----X---Y---Z--|';
    const [X, Y, Z] = [merge(answer('abcd'), 4), merge(answer('eabc'), 4), merge(answer('dea'), 3)];
    m.expect(source.pipe(bufferForUi({ every: 3 }))).toBeObservable(expected, { X, Y, Z });
  }));

  it('emits what is left when the source completes, at once', marbles((m) => {
    const source = m.cold<Chunk>('  -a-b-|   ', chunks);
    const expected = '              -----(X|)';
    const subs = '                  ^----!   ';
    m.expect(source.pipe(bufferForUi())).toBeObservable(expected, { X: merge(answer('ab'), 2) });
    m.expect(source).toHaveSubscriptions(subs);
  }));

  it('emits what it holds before the error of the source', diagram('bufferForUi-error', (m) => {
    const source = m.cold<Chunk>('  -a-b-#   ', chunks);
    const expected = '              -----(X#)';
    const subs = '                  ^----!   ';
    m.expect(source.pipe(bufferForUi({ every: 50 }))).toBeObservable(expected, { X: merge(answer('ab'), 2) });
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'bufferForUi({ every: 50 })', results: { result: expected } };
  }));

  it('drops what it holds when the consumer unsubscribes', diagram('bufferForUi-unsubscribe', (m) => {
    const source = m.cold<Chunk>('  -ab--c--', chunks);
    const unsub = '                 ---!    ';
    const expected = '              --------';
    const subs = '                  ^--!    ';
    m.expect(source.pipe(bufferForUi({ every: 30 })), unsub).toBeObservable(expected);
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'bufferForUi({ every: 30 })', results: { result: expected } };
  }));

  it('emits one chunk per phase, in order', diagram('bufferForUi-phases', (m) => {
    const source = m.cold<Chunk>('  -tuabTU 80ms    |', chunks);
    const expected = '              90ms (XYZ) 10ms |';
    const results: Chunks = {
      X: merge(thinking('tu'), 2),
      Y: merge(answer('ab'), 2),
      Z: merge(delta({ tool_calls: [call('f'), call('g')] }), 2),
    };
    m.expect(source.pipe(bufferForUi({ every: 80 }))).toBeObservable(expected, results);
    m.expect(source).toHaveSubscriptions('^ 140ms !');
    return { inputs: { source }, call: 'bufferForUi({ every: 80 })', results: { result: expected } };
  }));

  it.each<[string, BufferForUiOptions]>([
    ['', {}],
    [', by word', { by: 'word' }],
  ])('lets neither a call nor the end overtake text%s', marbles((m, _: string, options: BufferForUiOptions) => {
    const source = m.cold<Chunk>('  -abTcdf  20ms  |', chunks);
    const expected = '              11ms (XTYf) 10ms |';
    const results: Chunks = { ...chunks, X: merge(answer('ab'), 2), Y: merge(answer('cd'), 2) };
    m.expect(source.pipe(bufferForUi({ every: 10, ...options }))).toBeObservable(expected, results);
  }));

  it('begins a new chunk where the text so far turns out to be thinking', marbles((m) => {
    const source = m.cold<Chunk>('  -abRc 20ms   |', chunks);
    const expected = '              11ms (XY) 10ms |';
    const results: Chunks = { X: merge(answer('ab'), 2), Y: { ...merge(answer('rc'), 2), reclassify: true } };
    m.expect(source.pipe(bufferForUi({ every: 10 }))).toBeObservable(expected, results);
  }));

  it('drops what is left of an attempt when the message starts over', marbles((m) => {
    const source = m.cold<Chunk>('  -tabSc 20ms  |', chunks);
    const expected = '              11ms X 14ms  |';
    const results: Chunks = { X: { ...merge(answer('sc'), 2), reset: true } };
    m.expect(source.pipe(bufferForUi({ every: 10 }))).toBeObservable(expected, results);
  }));

  it('emits a chunk that stayed alone, and the final one, as they are', () => {
    const given = [answer('a'), final({ done_reason: 'stop', eval_count: 3 })];
    const taken: Chunk[] = [];
    from(given).pipe(bufferForUi()).subscribe((chunk) => taken.push(chunk));
    expect(taken).toHaveLength(2);
    taken.forEach((chunk, i) => { expect(chunk).toBe(given[i]); });
  });

  it('keeps the type of its chunks', () => {
    const source = from([{ ...answer('a'), mine: 1 }]);
    const taken: number[] = [];
    source.pipe(bufferForUi()).subscribe(({ mine }) => taken.push(mine));
    expect(taken).toEqual([1]);
  });
});

describe('bufferForUi, fed by its own consumer', () => {
  const given = [thinking('a'), answer('b'), toolCall('f')];

  /** Runs `react` inside of the first `next`, and gives everything that came. */
  function feed(options: BufferForUiOptions, react: (source: Subject<ChatChunk>) => void) {
    const scheduler = new VirtualTimeScheduler();
    const source = new Subject<ChatChunk>();
    const log: (Chunk | string)[] = [];
    source.pipe(bufferForUi({ ...options, scheduler })).subscribe({
      next(chunk) {
        log.push(chunk);
        if (log.length === 1) react(source);
      },
      complete: () => log.push('complete'),
    });
    for (const chunk of given) source.next(chunk);
    scheduler.flush();
    return log;
  }

  describe.each<BufferForUiOptions>([{}, { pace: { maxLag: 0 } }, { pace: { maxLag: 100 } }])(
    'with %j',
    (options) => {
      it('emits what it was fed after what it was about to emit', () => {
        const log = feed(options, (source) => {
          source.next(answer('c'));
        });
        expect(log).toEqual([...given, answer('c')]);
      });

      it('emits all that came before it completes', () => {
        const log = feed(options, (source) => {
          source.complete();
        });
        expect(log).toEqual([...given, 'complete']);
      });

      it('emits all that it was fed before it completes', () => {
        const log = feed(options, (source) => {
          source.next(answer('c'));
          source.complete();
        });
        expect(log).toEqual([...given, answer('c'), 'complete']);
      });
    },
  );

  it('leaves no timer when the consumer leaves while it emits', () => {
    const scheduler = new VirtualTimeScheduler();
    const source = new Subject<ChatChunk>();
    source.pipe(bufferForUi({ pace: { maxLag: 100 }, scheduler }), take(1)).subscribe();
    for (const chunk of given) source.next(chunk);
    scheduler.flush();
    expect(scheduler.now()).toBe(16);
  });
});
