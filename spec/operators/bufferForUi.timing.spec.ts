import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { Subject, VirtualTimeScheduler, asyncScheduler, concat, of } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { Segmentation } from '../../lib/core/ui/segmenter.js';
import { bufferForUi, type BufferForUiOptions } from '../../lib/operators/bufferForUi.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk, ChunkMarks } from '../../lib/types/index.js';
import { marbles } from '../support/marbles.js';
import { runTimed, type Timed } from '../support/timed.js';

const { answer, done, thinking, toolCall } = chunk;

type Chunk = ChatChunk & ChunkMarks;
type Chunks = Readonly<Record<string, Chunk>>;

const merge = (text: string, merged: number): Chunk => ({ ...answer(text), merged });
const rest = (text: string): Chunk => merge(text, 0);

describe('bufferForUi, when it is called,', () => {
  it.each<[string, number]>([
    ['every', NaN],
    ['every', -1],
    ['maxHold', NaN],
    ['maxHold', -1],
    ['pace.maxLag', NaN],
    ['pace.maxLag', -1],
  ])('refuses %s: %d', (name, value) => {
    const options = name === 'pace.maxLag' ? { pace: { maxLag: value } } : { [name]: value };
    expect(() => bufferForUi(options)).toThrow(
      new RangeError(
        `${name} is ${String(value)}. Set it to a number of ms from 0 to Infinity, or omit it.`,
      ),
    );
  });

  it('refuses an `every` that is text', () => {
    const options = { every: '16' } as unknown as BufferForUiOptions;
    expect(() => bufferForUi(options)).toThrow(RangeError);
  });

  it.each<BufferForUiOptions>([
    { every: 0, maxHold: 0, pace: { maxLag: 0 } },
    { every: Infinity, maxHold: Infinity, pace: { maxLag: Infinity } },
    { every: 2 ** 40, maxHold: 2 ** 40, pace: { maxLag: 2 ** 40 } },
    {
      every: undefined,
      by: undefined,
      maxHold: undefined,
      pace: undefined,
      locale: undefined,
      scheduler: undefined,
    },
  ])('takes %p', (options) => {
    expect(bufferForUi(options)).toEqual(expect.any(Function));
  });
});

// prettier-ignore
describe('bufferForUi({ every: 0 })', () => {
  const chunks: Chunks = { a: answer('Hel'), b: answer('lo'), t: thinking('Hm'), T: toolCall('f'), d: done() };

  it('emits each chunk synchronously, as it is', marbles((m) => {
    const source = m.cold<Chunk>('  -a-(tab)-T-(d|)', chunks);
    const expected = '              -a-(tab)-T-(d|)';
    m.expect(source.pipe(bufferForUi({ every: 0 }))).toBeObservable(expected, chunks);
  }));

  it('sets no timer', () => {
    const scheduler = new VirtualTimeScheduler();
    const source = new Subject<Chunk>();
    const taken: Chunk[] = [];
    source.pipe(bufferForUi({ every: 0, scheduler })).subscribe((each) => taken.push(each));
    Object.values(chunks).forEach((each) => { source.next(each); });
    taken.forEach((each, i) => { expect(each).toBe(Object.values(chunks)[i]); });
    expect(taken).toHaveLength(5);
    expect(scheduler.actions).toHaveLength(0);
  });

  it('emits what is whole, and holds the rest no longer than it may', marbles((m) => {
    const texts = { a: answer('one tw'), b: answer('o three'), c: answer('\n') };
    const source = m.cold<Chunk>('  -a--b 20ms     c 20ms |', texts);
    const expected = '              -X--Y 9ms Z 10ms c 20ms |';
    const options: BufferForUiOptions = { every: 0, by: 'word', maxHold: 10, locale: 'en' };
    m.expect(source.pipe(bufferForUi(options))).toBeObservable(expected, {
      X: answer('one '), Y: { ...answer('two '), merged: 1 }, Z: rest('three'), c: texts.c,
    });
  }));

  it('sets one timer while a segment is held, and none otherwise', () => {
    const scheduler = new VirtualTimeScheduler();
    const source = new Subject<Chunk>();
    source.pipe(bufferForUi({ every: 0, by: 'word', scheduler })).subscribe();
    const pending = () => scheduler.actions.filter(({ closed }) => !closed).length;
    const counts = ['one', ' ', 'two', 'th', '\n'].map((text) => {
      source.next(answer(text));
      return pending();
    });
    expect(counts).toEqual([1, 0, 1, 1, 0]);
  });

  it('sets no timer for a segment that is held without a limit', () => {
    const scheduler = new VirtualTimeScheduler();
    const source = new Subject<Chunk>();
    source.pipe(bufferForUi({ every: 0, by: 'word', maxHold: Infinity, scheduler })).subscribe();
    source.next(answer('one'));
    expect(scheduler.actions).toHaveLength(0);
  });

  it('emits with a pace the first text at once, and the rest in steps of one ms', marbles((m) => {
    const source = m.cold<Chunk>('  -(ab)|   ', { a: answer('Hel'), b: answer('lo') });
    const expected = '              -HEL-(O|)';
    const options: BufferForUiOptions = { every: 0, pace: { maxLag: 4 } };
    m.expect(source.pipe(bufferForUi(options))).toBeObservable(expected, {
      H: answer('H'), E: merge('el', 1), L: rest('l'), O: rest('o'),
    });
  }));

  it('emits with a pace once in a ms, though a chunk comes when a timer has just run', marbles((m) => {
    const source = concat(of(answer('Hel')), m.cold<Chunk>('--(b|)', { b: answer('\n') }));
    const expected = '                                      --A(b|)';
    const options: BufferForUiOptions = { every: 0, by: 'word', pace: { maxLag: 2 } };
    m.expect(source.pipe(bufferForUi(options))).toBeObservable(expected, {
      A: answer('Hel'), b: answer('\n'),
    });
  }));

  it('loses nothing that the consumer feeds it while it emits', () => {
    for (const options of [{}, { by: 'grapheme' }, { pace: { maxLag: 0 } }] as const) {
      const scheduler = new VirtualTimeScheduler();
      const source = new Subject<Chunk>();
      let text = '';
      let end = '';
      source.pipe(bufferForUi({ every: 0, scheduler, ...options })).subscribe({
        next({ message: { content } }) {
          text += content;
          if (content === '一') {
            source.next(answer('二\ud83d'));
            source.next(toolCall('f'));
            source.complete();
          }
        },
        complete: () => (end = text),
      });
      source.next(answer('一'));
      scheduler.flush();
      expect([text, end]).toEqual(['一二\ud83d', '一二\ud83d']);
      expect(scheduler.actions.filter(({ closed }) => !closed)).toEqual([]);
    }
  });
});

// prettier-ignore
describe('bufferForUi without limits', () => {
  const DAYS = 30 * 24 * 60 * 60 * 1000;

  it('holds an unfinished segment for ever with a maxHold of Infinity', marbles((m) => {
    const source = m.cold<Chunk>(`  -a ${String(DAYS)}ms b 20ms |`, { a: answer('one'), b: answer(' ') });
    const expected = `              -- ${String(DAYS)}ms 16ms X 4ms |`;
    const options: BufferForUiOptions = { by: 'word', maxHold: Infinity };
    m.expect(source.pipe(bufferForUi(options))).toBeObservable(expected, { X: merge('one ', 2) });
  }));

  it.each<[string, BufferForUiOptions]>([
    ['every', { every: DAYS }],
    ['maxHold', { by: 'word', every: 0, maxHold: DAYS }],
  ])('waits for a time that is beyond one timer: %s', marbles((m, _: string, options: BufferForUiOptions) => {
    const source = m.cold<Chunk>(`  -a ${String(DAYS + 99)}ms |`, { a: answer('one') });
    const expected = `              - ${String(DAYS)}ms a 99ms |`;
    m.expect(source.pipe(bufferForUi(options))).toBeObservable(expected, { a: answer('one') });
  }));

  it.each<BufferForUiOptions>([{ every: Infinity }, { every: Infinity, pace: { maxLag: 10 } }])(
    'emits at the end only: %p',
    marbles((m, options: BufferForUiOptions) => {
      const source = m.cold<Chunk>('  -a-b---|   ', { a: answer('a'), b: answer('b') });
      const expected = '              -------(X|)';
      m.expect(source.pipe(bufferForUi(options))).toBeObservable(expected, { X: merge('ab', 2) });
    }),
  );

  it('emits one segment at a time with a maxLag of Infinity, also after the end', marbles((m) => {
    const source = m.cold<Chunk>('  -(af)-|   ', { a: answer('Héy!'), f: done() });
    const expected = '              ---H-E-Y-(Z|)';
    const options: BufferForUiOptions = { every: 2, pace: { maxLag: Infinity } };
    const texts = { H: answer('H'), E: rest('é'), Y: rest('y'), Z: rest('!') };
    m.expect(source.pipe(bufferForUi({ ...options }))).toBeObservable(expected.replace('(Z|)', '(Zf|)'), { ...texts, f: done() });
  }));

  it('sets no timer for text that only more text can release', () => {
    const options: BufferForUiOptions = { by: 'word', maxHold: Infinity, pace: { maxLag: Infinity } };
    const scheduler = new VirtualTimeScheduler();
    const source = new Subject<Chunk>();
    source.pipe(bufferForUi({ ...options, scheduler })).subscribe();
    source.next(answer('antidisestablish'));
    scheduler.flush();
    expect(scheduler.now()).toBe(16);
  });
});

describe('bufferForUi and halves of characters', () => {
  const [high, low] = ['\ud83d', '\ude00'];

  // prettier-ignore
  it('holds half of a character for the next chunk, with no timer', marbles((m) => {
    const source = m.cold<Chunk>('  -a 40ms b 40ms |', { a: answer(`Hi ${high}`), b: answer(`${low}!`) });
    const expected = '              17ms X 24ms 16ms Y 24ms |';
    m.expect(source.pipe(bufferForUi())).toBeObservable(expected, {
      X: answer('Hi '), Y: merge(`${high}${low}!`, 1),
    });
    const scheduler = new VirtualTimeScheduler();
    const chunks = new Subject<Chunk>();
    chunks.pipe(bufferForUi({ scheduler })).subscribe();
    chunks.next(answer(`Hi ${high}`));
    scheduler.flush();
    expect(scheduler.now()).toBe(16);
  }));

  it.each<[string, Chunk[]]>([
    ['calls', [toolCall('f')]],
    ['thinking', [thinking('.')]],
    ['the final chunk', [done()]],
    ['the end', []],
  ])('emits it before %s', (_, after) => {
    for (const how of ['complete', 'error'] as const) {
      for (const options of [{}, { every: 0 }, { by: 'word' }, { pace: { maxLag: 50 } }] as const) {
        const given = [answer(high), ...after].map((each, i) => ({ at: 600 * i, chunk: each }));
        const output = runTimed(given, (scheduler) => bufferForUi({ ...options, scheduler }), {
          how,
          after: 600,
        });
        expect(output.map((each) => each.chunk)).toEqual([answer(high), ...after]);
      }
    }
  });

  const options = fc.record<BufferForUiOptions>(
    {
      every: fc.constantFrom(0, 1, 30, 'frame' as const),
      by: fc.constantFrom<Segmentation>(
        'grapheme',
        'word',
        'sentence',
        'line',
        /./,
        /\ud83d|[a-z]/,
      ),
      maxHold: fc.constantFrom(0, 20, Infinity),
      pace: fc.record({ maxLag: fc.constantFrom(0, 20, 200, Infinity) }),
    },
    { requiredKeys: [] },
  );

  it('emits no half of a character that the text doesn’t have, wherever it is cut', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', ' ', '.', '\n', '😀', '👩‍👧', '𝒳', '🇩🇪'),
      minLength: 1,
      maxLength: 30,
    });
    const cuts = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.nat({ max: 40 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(text, cuts, options, (whole, pieces, opts) => {
        const input: Timed[] = [];
        for (let from = 0, at = 0, i = 0; from < whole.length; i++) {
          const [length, pause] = pieces[i % pieces.length] ?? [1, 0];
          input.push({ at: (at += pause), chunk: answer(whole.slice(from, from + length)) });
          from += length;
        }
        const output = runTimed(input, (scheduler) => bufferForUi({ ...opts, scheduler }));
        const texts = output.map((each) => each.chunk.message.content);
        expect(texts.join('')).toBe(whole);
        const isWhole = (part: string) => !/\p{Surrogate}/u.test(part);
        expect(texts.filter((part) => !isWhole(part))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('bufferForUi, by the clock of the system,', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const run = (options: BufferForUiOptions) => {
    const source = new Subject<Chunk>();
    const state = { text: '', end: '' };
    source.pipe(bufferForUi(options)).subscribe({
      next: ({ message }) => (state.text += message.content),
      complete: () => (state.end = state.text),
    });
    return { source, state };
  };

  it('emits with faked timers when they advance', () => {
    const { source, state } = run({});
    source.next(answer('a'));
    source.next(answer('b'));
    jest.advanceTimersByTime(15);
    expect(state.text).toBe('');
    jest.advanceTimersByTime(1);
    expect(state.text).toBe('ab');
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each<BufferForUiOptions>([
    { pace: { maxLag: 200 } },
    { pace: { maxLag: 200 }, every: 0 },
    { by: 'word', maxHold: 200 },
    { by: 'word', maxHold: 200, every: 0 },
  ])('keeps its limits when the clock is set back: %p', (options) => {
    const { source, state } = run(options);
    source.next(answer('antidisestablishmentarianism'));
    jest.advanceTimersByTime(40);
    jest.setSystemTime(asyncScheduler.now() - 3_600_000);
    // The wait during which the clock is set back counts for nothing, and no other.
    jest.advanceTimersByTime(options.every === 0 && options.by ? 360 : 210);
    expect(state.text).toBe('antidisestablishmentarianism');
    source.complete();
    expect(state.end).toBe(state.text);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('bufferForUi in TestScheduler.run', () => {
  const createScheduler = () =>
    new TestScheduler((actual, expected) => {
      expect(actual).toEqual(expected);
    });
  const chunks: Chunks = { a: answer('a'), b: answer('b'), X: merge('ab', 2) };

  it('emits once per frame of `animate`, though Node has none', () => {
    expect.assertions(1);
    createScheduler().run(({ animate, cold, expectObservable }) => {
      animate('                   ---x---x------x---x---x');
      const source = cold<Chunk>('ab----b--ab-ab-----a---|', chunks);
      const expected = '          ---X---b------Y-------a|';
      expectObservable(source.pipe(bufferForUi())).toBe(expected, {
        ...chunks,
        Y: merge('abab', 4),
      });
    });
  });

  it('falls back to 16 ms without `animate`', () => {
    expect.assertions(1);
    createScheduler().run(({ cold, expectObservable }) => {
      const source = cold<Chunk>('ab 30ms |', chunks);
      expectObservable(source.pipe(bufferForUi())).toBe('16ms X 15ms |', chunks);
    });
  });

  it('asks for frames in each subscription', () => {
    expect.assertions(2);
    const operator = bufferForUi<Chunk>();
    createScheduler().run(({ cold, expectObservable }) => {
      expectObservable(cold<Chunk>('ab 30ms |', chunks).pipe(operator)).toBe(
        '16ms X 15ms |',
        chunks,
      );
    });
    createScheduler().run(({ animate, cold, expectObservable }) => {
      animate('---x');
      expectObservable(cold<Chunk>('ab 30ms |', chunks).pipe(operator)).toBe('---X 28ms |', chunks);
    });
  });
});
