import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createCallJoiner } from '../../lib/wire/callPieces.js';
import { parseExactJson } from '../../lib/wire/exactJson.js';
import type { ChatChunk, ToolCall } from '../../lib/types/index.js';
import { delta, final } from '../support/chunks.js';
import { measureGrowth } from '../support/growth.js';

type Sent = Readonly<Record<string, unknown>>;

/** A call, or a piece of one, as it stands on the wire. */
const piece = (args: unknown, name?: string, fields: Sent = {}): Sent => {
  const { index, ...rest } = fields;
  return {
    ...rest,
    function: {
      ...(index !== undefined && { index }),
      ...(name !== undefined && { name }),
      ...(args !== undefined && { arguments: args }),
    },
  };
};

const chunkWith = (...calls: readonly Sent[]): ChatChunk =>
  delta({ tool_calls: calls as unknown as ToolCall[] });

const finalWith = (...calls: readonly Sent[]): ChatChunk =>
  final({ message: chunkWith(...calls).message });

/** The calls on each chunk after they were joined; `undefined` where a chunk has none. */
function join(...chunks: readonly ChatChunk[]) {
  const joinCalls = createCallJoiner();
  return chunks.map((chunk) => {
    // A chunk that is read from a line is changed in place.
    const { message } = joinCalls({ ...chunk, message: { ...chunk.message } });
    return message.tool_calls;
  });
}

const end = final({});

describe('a call in pieces', () => {
  it('is on the chunk that completes it, with what its first piece says', () => {
    const first = piece('{"ci', 'weather', { id: 'a', type: 'function', index: 2 });
    expect(
      join(chunkWith(first), chunkWith(piece('ty":"Ro')), chunkWith(piece('me"}')), end),
    ).toEqual([
      undefined,
      undefined,
      [piece({ city: 'Rome' }, 'weather', { id: 'a', type: 'function', index: 2 })],
      undefined,
    ]);
  });

  it.each([
    ['by id', [{ id: 'a' }, { id: 'b' }], [{ id: 'a' }, { id: 'b' }]],
    ['by index', [{ index: 0 }, { index: 1 }], [{ index: 0 }, { index: 1 }]],
    [
      'by id, whatever the index',
      [
        { id: 'a', index: 0 },
        { id: 'b', index: 0 },
      ],
      [
        { id: 'a', index: 0 },
        { id: 'b', index: 0 },
      ],
    ],
    [
      'by index, where only the first piece has the id',
      [
        { id: 'a', index: 0 },
        { id: 'b', index: 1 },
      ],
      [{ index: 0 }, { index: 1 }],
    ],
  ])(
    'is joined %s while another one arrives',
    (_, [one = {}, other = {}], [of = {}, ofOther = {}]) => {
      const chunks = [
        chunkWith(piece('', 'f', one), piece('{"b"', 'g', other)),
        chunkWith(piece('{"a":', undefined, of)),
        chunkWith(piece(':2}', undefined, ofOther)),
        chunkWith(piece('1}', undefined, of)),
      ];
      // The second call is complete first, and keeps its place.
      expect(join(...chunks, end)).toEqual([
        undefined,
        undefined,
        undefined,
        [piece({ a: 1 }, 'f', one), piece({ b: 2 }, 'g', other)],
        undefined,
      ]);
    },
  );

  it('is joined with what follows it directly, where nothing else says', () => {
    const chunks = [
      piece('{"a":', 'f', { index: 0 }),
      piece('1}'),
      piece('{"b":', 'g', { index: 0 }),
      piece('2}'),
    ];
    expect(join(...chunks.map((sent) => chunkWith(sent))).flat()).toEqual([
      undefined,
      piece({ a: 1 }, 'f', { index: 0 }),
      undefined,
      piece({ b: 2 }, 'g', { index: 0 }),
    ]);
  });

  it('is joined by an index that only its later pieces have', () => {
    const sent = [piece('{"a":', 'f'), piece('1}', undefined, { index: 0 })];
    expect(join(...sent.map((one) => chunkWith(one)))).toEqual([undefined, [piece({ a: 1 }, 'f')]]);
  });

  it('is joined within one chunk too', () => {
    const sent = [piece('{"a":', 'f'), piece('1'), piece('}'), piece({}, 'g')];
    expect(join(chunkWith(...sent))).toEqual([[piece({ a: 1 }, 'f'), piece({}, 'g')]]);
  });

  it('takes the name again with each piece that has its id, and an id that comes late', () => {
    const named = [piece('{"a":', 'f', { id: 'a' }), piece('1}', 'f', { id: 'a' })];
    expect(join(chunkWith(...named))).toEqual([[piece({ a: 1 }, 'f', { id: 'a' })]]);
    const late = [
      piece('{"a":', 'f'),
      piece('1', undefined, { id: 'a' }),
      piece('}', undefined, { id: 'a' }),
    ];
    expect(join(chunkWith(...late))).toEqual([[piece({ a: 1 }, 'f', { id: 'a' })]]);
  });

  it('has no id where none of its pieces has one', () => {
    const sent = [piece('{"a":', 'f'), piece('1}')];
    expect(join(chunkWith(...sent))).toStrictEqual([[piece({ a: 1 }, 'f')]]);
  });

  it('leaves chunks without calls as they are while it arrives', () => {
    const empty = delta({ content: 'Hi', tool_calls: [] });
    expect(join(chunkWith(piece('{', 'f')), empty)).toStrictEqual([undefined, []]);
  });

  it('takes arguments that come whole after its name', () => {
    expect(join(chunkWith(piece(undefined, 'f')), chunkWith(piece({ a: 1 })))).toEqual([
      undefined,
      [piece({ a: 1 }, 'f')],
    ]);
  });

  it.each(['', ' ', undefined, null])(
    'passes over a last piece that says nothing: %j',
    (nothing) => {
      const chunks = [
        chunkWith(piece('{"a":1}', 'f', { id: 'a', index: 0 })),
        chunkWith(piece(nothing, undefined, { index: 0 })),
        chunkWith(piece(nothing, undefined, { id: 'a' })),
        chunkWith(piece(nothing)),
      ];
      const whole = [piece({ a: 1 }, 'f', { id: 'a', index: 0 })];
      expect(join(...chunks, end)).toEqual([whole, undefined, undefined, undefined, undefined]);
    },
  );

  it('is never joined with a piece of another id or index', () => {
    const chunks = [
      chunkWith(piece('{"a":', 'f', { id: 'a', index: 0 })),
      chunkWith(piece('1}', undefined, { id: 'b', index: 3 })),
      chunkWith(piece('2}', undefined, { index: 1 })),
    ];
    expect(join(...chunks, end).at(-1)).toEqual([
      piece('{"a":', 'f', { id: 'a', index: 0 }),
      piece('1}', undefined, { id: 'b', index: 3 }),
      piece('2}', undefined, { index: 1 }),
    ]);
    const sent = [piece('{"a":', 'f', { id: 'a' }), piece('1}', undefined, { id: 'b' })];
    expect(join(chunkWith(...sent), end).at(-1)).toEqual(sent);
  });

  it.each([['a text'], [{ a: 2 }]])(
    'is not joined with arguments that come after it is complete: %j',
    (args) => {
      const [sent, rest] = [piece('{"a":1}', 'f', { index: 0 }), piece(args)];
      const whole = piece({ a: 1 }, 'f', { index: 0 });
      expect(join(chunkWith(sent), chunkWith(rest), end).flat()).toEqual(
        typeof args === 'string' ? [whole, undefined, rest] : [whole, rest, undefined],
      );
    },
  );

  it('keeps integers that a number would round', () => {
    expect(join(chunkWith(piece('{"id":12345678', 'f')), chunkWith(piece('90123456789}')))).toEqual(
      [undefined, [piece({ id: '1234567890123456789' }, 'f')]],
    );
  });

  it.each([
    ['cut', ['{"a":', '1']],
    ['prose', ['a is ', '1']],
    ['a list', ['[1', ']']],
  ])('is on the final chunk, as text, if that is %s', (_, [first, second]) => {
    const chunks = [
      chunkWith(piece(first, 'f')),
      chunkWith(piece(second)),
      chunkWith(piece({}, 'g')),
    ];
    const all = [piece(`${String(first)}${String(second)}`, 'f'), piece({}, 'g')];
    expect(join(...chunks, end)).toEqual([undefined, undefined, undefined, all]);
    expect(join(...chunks, finalWith(piece({}, 'h'))).at(-1)).toEqual([...all, piece({}, 'h')]);
  });

  it('is text where its braces close, and there is no JSON between them', () => {
    expect(join(chunkWith(piece('{a', 'f')), chunkWith(piece(': 1}')))).toEqual([
      undefined,
      [piece('{a: 1}', 'f')],
    ]);
  });
});

describe('a whole call', () => {
  it('is passed on as it came, on the chunk as it came', () => {
    const same = piece({ a: 1 }, 'f', { index: 0 });
    const given = [chunkWith(same, same), chunkWith(same), finalWith(same)];
    const joinCalls = createCallJoiner();
    for (const chunk of given) {
      const calls = chunk.message.tool_calls;
      expect(joinCalls(chunk)).toBe(chunk);
      expect(chunk.message.tool_calls).toBe(calls);
    }
  });

  it('is passed on as it came after a call in pieces, too', () => {
    const joinCalls = createCallJoiner();
    joinCalls(chunkWith(piece('{', 'f'), piece('}')));
    const chunk = chunkWith(piece({ a: 1 }, 'f'));
    const calls = chunk.message.tool_calls;
    expect(joinCalls(chunk).message.tool_calls).toBe(calls);
  });

  it('is never merged, also where its arguments are a text', () => {
    const same = piece('{"a":1}', 'f', { index: 0 });
    const read = piece({ a: 1 }, 'f', { index: 0 });
    expect(join(chunkWith(same, same), chunkWith(same), end)).toEqual([
      [read, read],
      [read],
      undefined,
    ]);
    const twice = piece('{"a":1}', 'f', { id: 'a' });
    expect(join(chunkWith(twice), chunkWith(twice)).flat()).toHaveLength(2);
  });

  it.each(['', ' ', undefined, null, 'null'])(
    'with the arguments %j is on the final chunk: more of it might have followed',
    (nothing) => {
      const chunks = [chunkWith(piece(nothing, 'f'), piece({}, 'g')), delta({ content: 'Hi' })];
      const all = [piece({}, 'f'), piece({}, 'g')];
      expect(join(...chunks, end)).toEqual([undefined, undefined, all]);
      expect(join(finalWith(piece(nothing, 'f')))).toEqual([[piece({}, 'f')]]);
    },
  );

  it.each([5, true, ['a']])('with the arguments %j is passed on as it came', (args) => {
    expect(join(chunkWith(piece(args, 'f')))).toEqual([[piece(args, 'f')]]);
  });

  it('without a name is passed on as it came, if it is not a piece of another', () => {
    expect(join(chunkWith(piece({ a: 1 })), end)).toEqual([[piece({ a: 1 })], undefined]);
    expect(join(chunkWith(piece(undefined)), end)).toEqual([undefined, [piece({})]]);
  });
});

describe('any calls', () => {
  interface Given {
    readonly args: Readonly<Record<string, unknown>>;
    readonly form: 'object' | 'text' | 'pieces';
    readonly cuts: readonly number[];
  }
  const calls: fc.Arbitrary<Given[]> = fc.array(
    fc.record({
      // Large integers would be strings in a text, and numbers in an object.
      args: fc
        .dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true })
        .map((args) => parseExactJson(JSON.stringify(args)) as Given['args']),
      form: fc.constantFrom('object', 'text', 'pieces'),
      cuts: fc.array(fc.nat(200), { maxLength: 8 }),
    }),
  );

  const cut = (text: string, cuts: readonly number[]): string[] => {
    const places = [...new Set(cuts.map((at) => at % text.length))].filter(Boolean);
    const sorted = [0, ...places.sort((a, b) => a - b), text.length];
    return sorted.slice(1).map((at, i) => text.slice(sorted[i], at));
  };

  /** The pieces of each call, keyed in one of the ways that servers use. */
  const split = ({ args, form, cuts }: Given, at: number, key: string): Sent[] => {
    const text = JSON.stringify(args);
    const own = {
      ...(key === 'id' && { id: `c${String(at)}` }),
      ...(key === 'index' && { index: at }),
    };
    if (form !== 'pieces') return [piece(form === 'text' ? text : args, 'f', own)];
    return cut(text, cuts).map((part, i) => piece(part, i ? undefined : 'f', own));
  };

  it('arrive once, whole and in order, however they are cut and put into chunks', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1 });
    fc.assert(
      fc.property(calls, fc.constantFrom('id', 'index', 'none'), sizes, (given, key, counts) => {
        const pieces = given.flatMap((call, at) => split(call, at, key));
        const chunks: ChatChunk[] = [];
        for (let at = 0, n = 0; at < pieces.length; n++) {
          const count = counts[n % counts.length] ?? 1;
          chunks.push(chunkWith(...pieces.slice(at, at + count)));
          at += count;
        }
        const joined = join(...chunks, end).flatMap((list) => list ?? []);
        expect(joined.map((call) => call.function.arguments)).toEqual(
          given.map(({ args }) => args),
        );
      }),
    );
  });

  it('arrive in order where the pieces of all of them are mixed', () => {
    fc.assert(
      fc.property(
        calls,
        fc.constantFrom('id', 'index'),
        fc.infiniteStream(fc.nat()),
        (given, key, at) => {
          const queues = given.map((call, place) => split(call, place, key));
          const begun = queues.flatMap((queue) => queue.splice(0, 1));
          const mixed: Sent[] = [];
          for (let open; (open = queues.filter((queue) => queue.length)).length > 0;) {
            mixed.push(...(open[Number(at.next().value) % open.length]?.splice(0, 1) ?? []));
          }
          const joined = join(...[...begun, ...mixed].map((sent) => chunkWith(sent)), end);
          expect(
            joined.flatMap((list) => list ?? []).map((call) => call.function.arguments),
          ).toEqual(given.map(({ args }) => args));
        },
      ),
    );
  });

  it.each([
    [
      'pieces of one call',
      (n: number) => [piece('{"a":"', 'f'), ...Array<Sent>(n).fill(piece('x'))],
    ],
    ['calls behind one that is not complete', (n: number) => Array<Sent>(n).fill(piece('', 'f'))],
    [
      'calls that are completed one by one',
      (n: number) => [
        ...Array.from({ length: n }, (_, index) => piece('{', 'f', { index })),
        ...Array.from({ length: n }, (_, index) => piece('}', undefined, { index })),
      ],
    ],
  ])('cost linear time: %s', (_, sent) => {
    const work = (size: number) => join(...sent(size).map((one) => chunkWith(one)), end);
    expect(measureGrowth(work, 1500)).toBeLessThan(10);
  });
});
