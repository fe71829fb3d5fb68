import { describe, expect, it } from '@jest/globals';
import { EMPTY, NEVER, VirtualTimeScheduler, concat, from, of, throwError } from 'rxjs';
import { openAi, sse, toNdjson, toSse, type SseFrame } from '../../lib/node/index.js';
import { toText } from '../../lib/node/toText.js';
import { chunk } from '../../lib/testing/index.js';
import type { Streamed } from '../../lib/tools/events.js';
import { readEventId } from '../../lib/wire/chatEvents.js';
import { listen } from '../sources/support.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';
import { runAll } from '../tools/support.js';
import { twoTools } from './runs.js';
import { readEvents } from './support.js';

const a = chunk.answer('Hel');
const d = chunk.done();
const frame = (seq: number, event: string, data: object): string =>
  `id: 1-${String(seq)}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
const texts = {
  o: ': open\n\n',
  h: ': hb\n\n',
  a: frame(1, 'chunk', a),
  d: frame(2, 'chunk', d),
  e: frame(3, 'done', { type: 'done' }),
  f: frame(2, 'failed', {
    type: 'failed',
    code: 'stream',
    message: 'The answer could not be completed.',
  }),
};

describe('toSse', () => {
  // prettier-ignore
  it('emits each value as an event, and the end too', diagram('toSse', (m) => {
    const source = m.cold('  ---a--(d|)', { a, d });
    const subs = '           ^-----!';
    const expected = '       o--a--(de|)';
    m.expect(source.pipe(toSse())).toBeObservable(expected, texts);
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'toSse()', results: { result: expected } };
  }));

  // prettier-ignore
  it('emits an error as an event', marbles((m) => {
    const source = m.cold('  ---a--#', { a }, chunk.error('out of memory'));
    const expected = '       o--a--(f|)';
    m.expect(source.pipe(toSse())).toBeObservable(expected, texts);
  }));

  // prettier-ignore
  it('emits a sign of life after each time of silence, and no earlier', marbles((m) => {
    const source = m.cold('  ---a-----------d---|', { a, d });
    const expected = '       o--a----h----h-d---(e|)';
    m.expect(source.pipe(toSse({ heartbeat: 5 }))).toBeObservable(expected, texts);
  }));

  it.each([toSse, toNdjson])(
    'refuses an option that can not be used, as it is called',
    (create) => {
      expect(() => create({ heartbeat: -1 })).toThrow(/^heartbeat is -1\./);
      expect(() => sse({ retry: -1 })).toThrow(/^retry is -1\./);
      expect(() => create({ scheduler: {} as never })).toThrow(/^scheduler is not a scheduler/);
    },
  );

  it.each([
    ['stopped', []],
    ['chunk', ['event: done\ndata: {"type":"done"}\n\n']],
  ] as const)(
    'has the events of a followed run as they are, of which the last one is %s',
    async (event, rest) => {
      const frames: SseFrame[] = [
        { id: '2-7', event: 'chunk', data: '{"a":1}' },
        { id: '2-8', event, data: '{"b":2}' },
      ];
      const { values } = await listen(from(frames).pipe(toSse()));
      expect(values).toEqual([
        ': open\n\n',
        'id: 2-7\nevent: chunk\ndata: {"a":1}\n\n',
        `id: 2-8\nevent: ${event}\ndata: {"b":2}\n\n`,
        ...rest,
      ]);
      if (event === 'stopped') {
        const broken$ = concat(
          from(frames),
          throwError(() => new Error('lost')),
        );
        expect((await listen(broken$.pipe(toSse()))).values).toEqual(values);
      }
      const { values: lines } = await listen(from(frames).pipe(toNdjson()));
      expect(lines.slice(0, 3)).toEqual(['\n', '{"a":1}\n', '{"b":2}\n']);
      expect(lines).toHaveLength(3 + rest.length);
    },
  );

  it('has an id for an end without a value before it, and none for an end that is only here', async () => {
    const { values } = await listen(EMPTY.pipe(toSse()));
    expect(values.at(-1)).toBe('id: 1-1\nevent: done\ndata: {"type":"done"}\n\n');
    const closing: SseFrame = { event: 'closing', data: '{"type":"closing"}' };
    const { values: left } = await listen(of(closing).pipe(toSse()));
    expect(left.slice(1)).toEqual(['event: closing\ndata: {"type":"closing"}\n\n']);
  });

  it('says what is wrong with a source of texts', async () => {
    const seen: unknown[] = [];
    const toPublicError = (error: unknown) => {
      seen.push(error);
      return { code: 'internal', message: 'No.' };
    };
    await listen(of('Hel' as unknown as Streamed).pipe(toSse({ toPublicError })));
    expect(seen).toEqual([
      new TypeError(
        'The source emitted a value of type string, and neither a chunk nor an event of a run. ' +
          'Leave out answerText(), map() and others that emit no chunks, or pass a format of your own.',
      ),
    ]);
  });

  it('has one timer, also before a format has begun to write', () => {
    const scheduler = new VirtualTimeScheduler();
    NEVER.pipe(toText(openAi(), { heartbeat: 1000, scheduler })).subscribe();
    scheduler.maxFrames = 10_000;
    scheduler.flush();
    expect(scheduler.actions.map(({ delay }) => delay)).toEqual([11_000]);
  });

  // prettier-ignore
  it.each([0, Infinity])('emits no sign of life with the heartbeat %d', marbles((m, heartbeat: number) => {
    const source = m.cold('  ---a 60m (d|)', { a, d });
    const expected = '       o--a 60m (de|)';
    m.expect(source.pipe(toSse({ heartbeat }))).toBeObservable(expected, texts);
  }));

  // prettier-ignore
  it('emits a sign of life every 15 seconds by default', marbles((m) => {
    const source = m.cold('  -');
    const expected = '       o 14999ms h 14999ms h';
    m.expect(source.pipe(toSse()), '^ 31s !').toBeObservable(expected, texts);
  }));

  it('says how long an EventSource waits', () => {
    const openings = [0, 5000, 2 ** 40, Infinity].map((retry) => {
      const [opening] = runAll(from([d]).pipe(toSse({ retry })) as never) as unknown[];
      return opening;
    });
    expect(openings).toEqual([
      'retry: 0\n: open\n\n',
      'retry: 5000\n: open\n\n',
      'retry: 2147483647\n: open\n\n',
      'retry: 2147483647\n: open\n\n',
    ]);
  });

  it('names the events of a run, with ids that have no hole', () => {
    const events = runAll(twoTools());
    let text = '';
    from(events)
      .pipe(toSse())
      .subscribe((each) => (text += each));
    const read = readEvents(text);
    expect(read.map(({ event }) => event)).toEqual([...events.map(({ type }) => type), 'done']);
    expect(read.map(({ id }) => readEventId(id ?? ''))).toEqual(
      read.map((_, at) => ({ attempt: 1, seq: at + 1 })),
    );
  });

  it('never breaks a line, whatever the text is', () => {
    const nasty = 'a\nb\r\nc\rd\u2028e\u2029f\u0085\n\nevent: done\ndata: x';
    let text = '';
    from([chunk.answer(nasty), d])
      .pipe(toSse())
      .subscribe((each) => (text += each));
    const [first] = readEvents(text);
    expect(JSON.parse(first?.['data'] ?? '')).toEqual(chunk.answer(nasty));
    expect(readEvents(text)).toHaveLength(3);
  });
});

describe('sse', () => {
  it('has a heartbeat, and sends its headers at once', () => {
    expect(sse()).toMatchObject({ commit: 'now', heartbeat: ': hb\n\n' });
  });

  it.each([-1, 1.5, NaN])('refuses to wait %d ms', (retry) => {
    expect(() => sse({ retry })).toThrow(RangeError);
    expect(() => toSse({ retry })).toThrow(RangeError);
  });
});
