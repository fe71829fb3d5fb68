import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createJsonParser, JsonError, parseStrictly } from '../../../lib/core/json/parser.js';
import { measureGrowth } from '../../support/growth.js';

const spaces = fc.constantFrom('', '', '', ' ', '\n', '\t\r\n  ');

const characters = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 3 }).map((text) => JSON.stringify(text).slice(1, -1)),
  fc.constantFrom('\\n', '\\/', '\\"', '\\\\', '\\u0041', '{', ']', ',', 'é'),
  fc.constantFrom('😀', '\\ud83d\\uDE00', '\\ud83d', '\\ude00', '\ud83d', '\ude00'),
);

const strings = fc.array(characters, { maxLength: 6 }).map((text) => `"${text.join('')}"`);

const scalars = fc.oneof(
  fc.constantFrom(
    'true',
    'false',
    'null',
    '0',
    '-0',
    '1e400',
    '-1.50E+3',
    '1e-7',
    '98765432109876543210',
    '-9007199254740993',
    '9007199254740991',
    '9007199254740993.0',
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => JSON.stringify(number)),
);

const keys = fc.oneof(strings, fc.constantFrom('"a"', '"1"', '"__proto__"', '"toString"', '""'));

/** Any JSON text: with any spacing, any way to write a character, keys twice, `__proto__`. */
const texts = fc.letrec<{ value: string; array: string; object: string }>((tie) => {
  const spaced = (...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
    fc.tuple(spaces, ...parts, spaces).map((all) => all.join(''));
  const member = spaced(keys, fc.constant(':'), tie('value'));
  return {
    value: spaced(fc.oneof({ maxDepth: 5 }, scalars, strings, tie('array'), tie('object'))),
    array: spaced(fc.array(tie('value'), { maxLength: 5 }).map((items) => `[${items.join(',')}]`)),
    object: spaced(fc.array(member, { maxLength: 5 }).map((items) => `{${items.join(',')}}`)),
  };
});

/** A text and a way to cut it, at any UTF-16 unit. */
const cut = (text: fc.Arbitrary<string>): fc.Arbitrary<string[]> =>
  fc.tuple(text, fc.infiniteStream(fc.integer({ min: 1, max: 9 }))).map(([whole, lengths]) => {
    const pieces: string[] = [];
    for (let rest = whole; rest;) {
      const [length] = [...lengths.take(1)];
      pieces.push(rest.slice(0, length));
      rest = rest.slice(length);
    }
    return pieces;
  });

/** What `JSON.parse` makes of a text, with the integers as strings of which a number changes digits. */
function parseExactly(text: string): unknown {
  const token = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/gs;
  return JSON.parse(
    text.replace(token, (found) =>
      /^-?\d{16,}$/.test(found) && String(Number(found)) !== found ? `"${found}"` : found,
    ),
  );
}

/** What of a text's beginning is to be shown, found in the simplest way: by completing the text. */
function complete(prefix: string): unknown {
  const tokens = prefix.matchAll(/"(?:[^"\\]|\\.)*(?:"|\\?$)|[[\]{}:,]|[^\s"[\]{}:,]+/gs);
  const closers: string[] = [];
  let complete = '';
  let previous = '';
  for (const { 0: token, index } of tokens) {
    const end = index + token.length;
    const isKey = closers[0] === '}' && (previous === '{' || previous === ',');
    previous = token;
    if (token === '{' || token === '[') closers.unshift(token === '{' ? '}' : ']');
    else if (token === '}' || token === ']') closers.shift();
    else if (token === ':' || token === ',' || isKey) continue;
    else if (token.startsWith('"') && !isString(token)) {
      const whole = /^(?:[^\\]|\\[^u]|\\u.{4})*/s.exec(token)?.[0] ?? '';
      const shown = whole.replace(/(?:[\ud800-\udbff]|\\ud[89ab]..)$/i, '');
      return parseExactly(`${prefix.slice(0, index)}${shown}"${closers.join('')}`);
    } else if (end === prefix.length && !token.startsWith('"')) continue;
    complete = prefix.slice(0, end) + closers.join('');
  }
  return complete && /^\s*["[{]/.test(complete) ? parseExactly(complete) : undefined;
}

function isString(token: string): boolean {
  return /^"(?:[^"\\]|\\.)*"$/s.test(token);
}

/** What a parser shows after each piece. */
function follow(pieces: Iterable<string>, parser = createJsonParser()): unknown[] {
  return Array.from(pieces, (piece) => {
    parser.push(piece);
    return parser.value;
  });
}

/** The UTF-16 units of a text, each by itself. */
const units = (text: string): string[] => text.split('');

function parse(text: string): unknown {
  const parser = createJsonParser();
  follow(units(text), parser);
  parser.end();
  return parser.value;
}

function failure(text: string): unknown {
  try {
    parse(text);
  } catch (error) {
    return error;
  }
  return undefined;
}

/** Whether `later` is `earlier` with members added, and one string of those there were made longer. */
function grew(earlier: unknown, later: unknown): boolean {
  if (earlier === undefined || isDeepStrictEqual(earlier, later)) return true;
  if (typeof earlier === 'string') return typeof later === 'string' && later.startsWith(earlier);
  if (!isContainer(earlier) || !isContainer(later)) return false;
  if (Array.isArray(earlier) !== Array.isArray(later)) return false;
  const changed = Object.keys(earlier).filter(
    (key) => !isDeepStrictEqual(earlier[key], later[key]),
  );
  return (
    Object.keys(earlier).every((key) => Object.hasOwn(later, key)) &&
    changed.length <= 1 &&
    changed.every((key) => grew(earlier[key], later[key]))
  );
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** How many members stand in what may be open of a value: all that its parser had to copy. */
function countOpen(value: unknown): number {
  let count = 0;
  for (let node = value; isContainer(node);) {
    const members: unknown[] = Array.isArray(node) ? node : Object.values(node);
    count += members.length;
    node = members.at(-1);
  }
  return count;
}

/** What a copy of what is open in a value costs. */
function costOf(value: unknown): number {
  let cost = 64;
  for (let node = value; isContainer(node);) {
    const members: unknown[] = Array.isArray(node) ? node : Object.values(node);
    cost += 64 + members.length * (Array.isArray(node) ? 1 : 64);
    node = members.at(-1);
  }
  return cost;
}

/** As many numbers of five digits. */
const count = (length: number): string[] =>
  Array.from({ length }, (_, index) => String(10_000 + index));

/** An array of small objects. */
const rowsOf = (length: number): string =>
  `[${count(length / 32)
    .map((id) => `{"id":${id},"name":"ten letter"}`)
    .join()}]`;

/** Records of about 155 characters, as a model fills a table. */
const recordsOf = (length: number): string => {
  const records = Array.from({ length: length / 155 }, (_, id) => ({
    id,
    name: `Person ${String(id)}`,
    active: id % 3 === 0,
    score: id * 1.25,
    tags: ['first', 'second "quoted"'],
    address: { street: `${String(id)} Long Street`, city: 'Zürich', note: 'line\nbreak' },
  }));
  return JSON.stringify({ records });
};

/** An object with many keys. */
const keysOf = (length: number): string =>
  `{${count(length / 10)
    .map((key) => `"${key}":1`)
    .join()}}`;

const inEights = (text: string): string[] => text.match(/.{1,8}/gs) ?? [];

describe('createJsonParser', () => {
  it('makes of any text, cut anywhere, what JSON.parse makes of it', () => {
    fc.assert(
      fc.property(cut(texts.value), (pieces) => {
        const parser = createJsonParser();
        follow(pieces, parser);
        parser.end();
        const expected = parseExactly(pieces.join(''));
        expect(parser.done).toBe(true);
        expect(parser.value).toStrictEqual(expected);
        expect(JSON.stringify(parser.value)).toBe(JSON.stringify(expected));
      }),
      { numRuns: 1000 },
    );
  });

  it('shows of every beginning of any text, cut anywhere, all that is certain', () => {
    fc.assert(
      fc.property(cut(texts.value), (pieces) => {
        let prefix = '';
        const expected = pieces.map((piece) => complete((prefix += piece)));
        expect(follow(pieces)).toStrictEqual(expected);
        expect(follow(units(prefix))).toStrictEqual(
          units(prefix).map((_, index) => complete(prefix.slice(0, index + 1))),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('only ever adds to what it has shown', () => {
    fc.assert(
      fc.property(cut(fc.json({ maxDepth: 5 })), (pieces) => {
        const shown = follow(pieces);
        const wrong = shown.filter((value, index) => !grew(value, shown[index + 1] ?? value));
        expect(wrong).toEqual([]);
      }),
    );
  });

  it('never touches what was read', () => {
    fc.assert(
      fc.property(cut(texts.value), (pieces) => {
        const parser = createJsonParser();
        const texts: (string | undefined)[] = [];
        const values = pieces.map((piece) => {
          const [value] = follow([piece], parser);
          texts.push(JSON.stringify(value));
          return value;
        });
        expect(values.map((value) => JSON.stringify(value))).toEqual(texts);
      }),
    );
  });

  it.each([
    ['{', {}],
    ['{"ke', {}],
    ['{"key"', {}],
    ['{"key":', {}],
    ['{"key": "', { key: '' }],
    ['{"key": "so f', { key: 'so f' }],
    ['["a\\', ['a']],
    ['["a\\u00', ['a']],
    ['["a\\u00e9', ['aé']],
    ['["a\ud83d', ['a']],
    ['["a\ud83d\ude00', ['a😀']],
    ['["a\\ud83d', ['a']],
    ['["a\\ud83d\\ude0', ['a']],
    ['["a\\ud83d\\ude00', ['a😀']],
    ['["a\\ud83d"', ['a\ud83d']],
    ['["a\\ud83d.', ['a\ud83d.']],
    ['[12', []],
    ['[12 ', [12]],
    ['[12,', [12]],
    ['[1, 2]', [1, 2]],
    ['[tru', []],
    ['[true', []],
    ['[true]', [true]],
    ['{"a":{"b":[null,{"c":"d', { a: { b: [null, { c: 'd' }] } }],
    ['{"a":1,"a":', { a: 1 }],
    ['{"a":1,"a":[', { a: [] }],
    ['"so f', 'so f'],
    ['tru', undefined],
    ['12 ', undefined],
    ['  ', undefined],
  ])('shows %j as %j', (text, value) => {
    expect(follow(units(text)).at(-1)).toStrictEqual(value);
    expect(follow([text])).toStrictEqual([value]);
  });

  it('is another object when it has grown, and the same when it has not', () => {
    fc.assert(
      fc.property(cut(fc.json({ maxDepth: 5 })), (pieces) => {
        const shown = follow(pieces);
        const changes = shown.filter((value, i) => i > 0 && value !== shown[i - 1]);
        const growths = shown.filter(
          (value, i) => i > 0 && !isDeepStrictEqual(value, shown[i - 1]),
        );
        expect(changes).toEqual(growths);
      }),
    );
  });

  it('takes any characters in a string as they are, control characters too', () => {
    const character = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 3 }),
      fc.integer({ min: 0, max: 31 }).map((code) => String.fromCharCode(code)),
    );
    const raw = fc.array(character).map((all) => all.join(''));
    const text = raw.map((string) => `{"${string.replace(/["\\]/g, '\\$&')}":["\n"]}`);
    fc.assert(
      fc.property(cut(text), (pieces) => {
        const parser = createJsonParser();
        follow(pieces, parser);
        const [key = ''] = Object.keys(parser.value as object);
        expect(`{"${key.replace(/["\\]/g, '\\$&')}":["\n"]}`).toBe(pieces.join(''));
        expect(parser.value).toEqual({ [key]: ['\n'] });
      }),
    );
  });

  it.each([
    ['9007199254740991', 9007199254740991],
    ['-9007199254740991', -9007199254740991],
    // The number has these very digits.
    ['9007199254740992', 9007199254740992],
    ['100000000000000000000', 100000000000000000000],
    ['9007199254740993', '9007199254740993'],
    ['-2512292042121000001', '-2512292042121000001'],
    // The number would be written 1152921504606847000.
    ['1152921504606846976', '1152921504606846976'],
    ['9'.repeat(400), '9'.repeat(400)],
    ['9007199254740993.0', 9007199254740992],
    ['9007199254740993e0', 9007199254740992],
    ['1e400', Infinity],
    ['-0', -0],
  ])('reads the number %s as %s', (text, value) => {
    expect(parse(text)).toBe(value);
    expect(parse(` ${text}\n`)).toBe(value);
    expect(parse(`{"id":${text}}`)).toStrictEqual({ id: value });
    expect(parse(`[${text} ]`)).toStrictEqual([value]);
  });

  it('keeps a closed member as one object, and makes new ones of all that is open', () => {
    const text = '{"a":{"x":1},"b":[{"c":2},{"d":[]';
    const shown = follow(units(`${text}}]}`)) as { a: object; b: object[] }[];
    const after = (beginning: string) => shown[beginning.length - 1];
    expect(after('{"a":{"x":1},"b":[')?.a).toBe(shown.at(-1)?.a);
    expect(after('{"a":{"x":1},"b":[{"c":2},{')?.b[0]).toBe(shown.at(-1)?.b[0]);
    expect(after(text)?.b).not.toBe(after('{"a":{"x":1},"b":[{"c":2},{')?.b);
    expect(after(text)?.b[1]).not.toBe(after('{"a":{"x":1},"b":[{"c":2},{')?.b[1]);
  });

  it('has no limit to depth', () => {
    const depth = 100_000;
    const opening = `${'[{"a":'.repeat(depth)}"b`;
    const [open, closed] = follow([opening, `"${'}]'.repeat(depth)}`]);
    for (const value of [open, closed]) {
      let node = value;
      for (let level = 0; level < depth; level++) node = (node as [{ a: unknown }])[0].a;
      expect(node).toBe('b');
    }
  });

  it('is done when the value is closed, whatever follows', () => {
    const parser = createJsonParser();
    parser.push('[1, {"a": "}]"}');
    expect(parser.done).toBe(false);
    parser.push(']]\n```\nI hope {that} helps, "friend');
    expect(parser.done).toBe(true);
    parser.push('[2]');
    parser.end();
    expect(parser.value).toStrictEqual([1, { a: '}]' }]);
  });

  it('takes a number, true, false or null for the value when the text ends', () => {
    const parser = createJsonParser();
    parser.push(' 12');
    expect([parser.done, parser.due, parser.value]).toEqual([false, false, undefined]);
    parser.end();
    expect([parser.done, parser.due, parser.value]).toEqual([true, true, 12]);
  });
});

describe('text around the JSON', () => {
  it.each([
    ['Here you are:\n{"a": 1}', { a: 1 }],
    ['Sure! {"a": 1} Anything else?', { a: 1 }],
    ['{"a": 1}\n{"b": 2}', { a: 1 }],
    ['The words: ["a"]', ['a']],
    ['The rows: [[1]]', [[1]]],
    ['The rows: [ {"a": 1}]', [{ a: 1 }]],
    ['The numbers: [1, 2]', [1, 2]],
    ['The flags: [true,false]', [true, false]],
    ['```json\n{"a": 1}\n```', { a: 1 }],
    ['```\n[1]\n```\n', [1]],
    ['Here you are:\n\n```json\n[1]\n```\nDone.', [1]],
    ['  ```JSON\r\n  []\n```', []],
    ['```json {"a": 1} ```', { a: 1 }],
    ['```json\n"a"\n```', 'a'],
    ['```json\n-12\n```\n', -12],
    ['Yes:\n```\ntrue\n```', true],
    ['````\n[1]\n````', [1]],
    ['\ufeff{"a": 1}', { a: 1 }],
    ['\ufeff"a"', 'a'],
    ['"a" it is', 'a'],
    ['Here is [1] the JSON: {"a": 1}', { a: 1 }],
    ['A } and a ] too many: {"a": 1}', { a: 1 }],
    ['[1]: {"a": 1}', [1]],
    ['See [this] and [that one]: {"a": 1}', { a: 1 }],
    ['See [true stories]: {"a": 1}', { a: 1 }],
    ['Todo [ ] [x] {} []: {"a": 1}', { a: 1 }],
    ['Fill {name} and {{ name }} and {"name": "x"}', { name: 'x' }],
    ['I say {a: {"b": 1}}, you say {"c": 1}', { c: 1 }],
    ['Beware [of {"a": 1}] this, {"b": 1}', { b: 1 }],
    ['A bracket [ alone\n```json\n{"a": 1}\n```', { a: 1 }],
    ['`[1]` and ``[1]`` are\n["code"]', ['code']],
    ['```sh\nls\n```\nsays [1] and\n```json\n[2]\n```', [2]],
    ['He said "no": {"a": "yes"}', { a: 'yes' }],
    ['Fill {name}:\n```\n"x"\n```', 'x'],
    ['`a` or `b`:\n[1] {"a": 1}', { a: 1 }],
    ['So {a: {b: 1}, c: {"d": 1}} is {"e": 1}', { e: 1 }],
    ['Here it is:\n[]', []],
    ['It is {}.', {}],
    ['It is [] or {}', []],
    ['It is {} as in [1', {}],
    ['Use {} or\n```\n12\n```', 12],
    ['Use {} or\n```\nnull\n```', null],
    ['Use {}, that is {"a": 1}', { a: 1 }],
    ['Here it is:\n[{}]', [{}]],
    ['Here it is:\n[[]]', [[]]],
  ])('is skipped: %j', (text, value) => {
    expect(parse(text)).toStrictEqual(value);
    expect(follow(units(text)).filter((shown) => !grew(shown, value))).toEqual([]);
  });

  it.each([
    '',
    ' \n',
    'I am sorry, I can not do that.',
    'It is 42.',
    '42 or 43',
    '42 [1',
    '4{2',
    '42 { 1',
    'It is [1]',
    'It is { }.',
    'Todo: [ ] milk',
    'Fill {{}}',
    '```json\n```',
    'null and void',
    'nul',
    '01',
    'I say {a: {"b": 1}}',
  ])('is no JSON: %j', (text) => {
    const message = 'There is no JSON in the text';
    expect(failure(text)).toMatchObject({ message, offset: text.length });
  });

  it('is never shown', () => {
    const shown = follow(units('See [1] {x} [ ] [true story] {{}}'));
    expect(new Set(shown)).toEqual(new Set([undefined]));
  });
});

describe('text that is no good JSON', () => {
  it.each([
    ['{a: 1}', 'a', 1],
    ["{'a': 1}", "'", 1],
    ['{"a" 1}', '1', 5],
    ['{"a": }', '}', 6],
    ['{"a": 1,}', '}', 8],
    ['{"a": 1 "b": 2}', '"', 8],
    ['{"a": 1]', ']', 7],
    ['{"a": 1; "b": 2}', '1;', 6],
    ['{,}', ',', 1],
    ['{"a"}', '}', 4],
    ['{"a": "b": "c"}', ':', 9],
    ['{1: 2}', '1', 1],
    ['[1,]', ']', 3],
    ['[,1]', ',', 1],
    ['[1 2]', '2', 3],
    ['[1}', '}', 2],
    ['["a" "b"]', '"', 5],
    ['["a": 1]', ':', 4],
    ['[:]', ':', 1],
    ['[01]', '01', 1],
    ['[+1]', '+1', 1],
    ['[.5]', '.5', 1],
    ['[1.]', '1.', 1],
    ['[1e]', '1e', 1],
    ['[- 1]', '-', 1],
    ['[0x1]', '0x1', 1],
    ['[NaN]', 'NaN', 1],
    ['[None]', 'None', 1],
    ['[True]', 'True', 1],
    ['[undefined,', 'undefined', 1],
    ['[nullnull]', 'nullnull', 1],
    ['[1, // one', '//', 4],
    ['[1,\u00a02]', '\u00a02', 3],
    ["['a']", "'a'", 1],
    ['["a\\x41"]', '\\x', 3],
    ['["a\\\n"]', '\\\n', 3],
    ['["a\\u00g0"]', '\\u00g0', 3],
    ['Well: {"a": 1, b}', 'b', 15],
  ])('is an error where it goes wrong: %j', (text, what, offset) => {
    const error = failure(text);
    expect(error).toBeInstanceOf(JsonError);
    expect(error).toMatchObject({ message: `Unexpected ${JSON.stringify(what)}`, offset });
    expect(text.slice(offset)).toContain(what);
    expect(() => {
      createJsonParser().push(text);
    }).toThrow(JsonError);
  });

  it.each([
    '{',
    '[1',
    '{"a',
    '{"a":',
    '{"a": "b\\',
    '["a"',
    '[[1]',
    '"a',
    'Here: {"a": 1',
    'It is [{}',
    'It is [1, no',
  ])('is an error if it ends too soon: %j', (text) => {
    const message = 'The text ends before its JSON does';
    expect(failure(text)).toMatchObject({ message, offset: text.length });
  });

  it('has a place where an array of elements is there twice', () => {
    const parser = createJsonParser({ path: ['a'], onElement: () => undefined });
    parser.push('{"a":[1],');
    expect(() => {
      parser.push('"a":[2]}');
    }).toThrow(expect.objectContaining({ message: expect.any(String), offset: 13 }));
  });

  it('leaves what came before it', () => {
    const parser = createJsonParser();
    expect(() => {
      parser.push('{"a": [1, 2, "three", four]}');
    }).toThrow(JsonError);
    expect(parser.value).toStrictEqual({ a: [1, 2, 'three'] });
    expect(parser.done).toBe(false);
  });

  it('is refused by the parser if JSON.parse refuses it', () => {
    const damaged = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom(...units('{}[]",:\\ 0-e.atn')))
      .map(([text, where, character]) => {
        const at = 1 + (where % text.length);
        return `${text.slice(0, at)}${character}${text.slice(at + 1)}`;
      })
      .filter((text) => /^\s*[[{]/.test(text));
    fc.assert(
      fc.property(damaged, (text) => {
        const parser = createJsonParser();
        let end = 0;
        let error: unknown;
        try {
          while (end < text.length && !parser.done) parser.push(text.charAt(end++));
          parser.end();
        } catch (thrown) {
          error = thrown;
        }
        // What follows the value is none of the parser's business.
        const value = text.slice(0, end);
        if (error === undefined) expect(parser.value).toStrictEqual(parseExactly(value));
        else expect(() => JSON.parse(text) as unknown).toThrow();
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a value that is due', () => {
  /** What reading it costs, and how far it lags behind, if it is read only then. */
  function readWhenDue(pieces: readonly string[]) {
    const counts = { read: 0, copied: 0, lag: 0 };
    const parser = createJsonParser();
    let lag = 0;
    for (const piece of pieces) {
      parser.push(piece);
      lag += piece.length;
      counts.lag = Math.max(counts.lag, lag);
      if (!parser.due) continue;
      counts.read++;
      counts.copied += countOpen(parser.value);
      lag = 0;
    }
    return counts;
  }

  function readAlways(pieces: readonly string[]) {
    const counts = { read: 0, copied: 0 };
    const parser = createJsonParser();
    let last: unknown;
    for (const piece of pieces) {
      parser.push(piece);
      if (parser.value === last) continue;
      last = parser.value;
      counts.read++;
      counts.copied += countOpen(last);
    }
    return counts;
  }

  it('has begun, and has grown', () => {
    const parser = createJsonParser();
    const due = ['See ', '{', '"a', '":', '"b', '', 'c', '"', '}', ' '].map((piece) => {
      parser.push(piece);
      return [parser.due, parser.value, parser.due];
    });
    expect(due).toEqual([
      [false, undefined, false],
      [false, undefined, false],
      [true, {}, false],
      [false, {}, false],
      [true, { a: 'b' }, false],
      [false, { a: 'b' }, false],
      [true, { a: 'bc' }, false],
      ...Array.from({ length: 3 }, () => [false, { a: 'bc' }, false]),
    ]);
  });

  it('is plain data, with fields like any other', () => {
    const parser = createJsonParser();
    parser.push('{"a":{"b":[1]},"c":"d"}');
    const expected: object = { a: { b: [1] }, c: 'd' };
    const read = parser.value as object;
    expect(Object.getOwnPropertyDescriptors(read)).toEqual(
      Object.getOwnPropertyDescriptors(expected),
    );
  });

  it.each(['[citation, needed]', '{x, y}', '[1 of 2, or so]'])('is not in %s', (prose) => {
    const parser = createJsonParser();
    parser.push(`As in ${prose}: {"a":1}`);
    expect(parser.value).toEqual({ a: 1 });
  });

  it('is due however many brackets of prose are before it', () => {
    const parser = createJsonParser();
    parser.push(`Some ${'{x}'.repeat(300_000)}: {"a": 1`);
    expect(parser.due).toBe(true);
  });

  it('is due whenever it has grown, for 50,000 characters in small rows', () => {
    const pieces = inEights(rowsOf(50_000));
    expect(readWhenDue(pieces).read).toBe(readAlways(pieces).read);
  });

  it('is never more than a hundredth of the text behind, in small rows', () => {
    const text = rowsOf(500_000);
    expect(readWhenDue(inEights(text)).lag).toBeLessThan(text.length / 100);
  });

  it('is due at each delta of 8 characters that adds to 142 kB of records', () => {
    const pieces = inEights(recordsOf(142_000));
    expect(readWhenDue(pieces).read).toBe(readAlways(pieces).read);
  });

  it.each<[string, string]>([
    ['items', `[${'1,'.repeat(100_000)}1]`],
    ['strings', `["${'a","'.repeat(100_000)}"]`],
    ['keys', keysOf(100_000)],
    ['depth', '['.repeat(20_000)],
  ])('is bounded by one rule: %s', (_, text) => {
    const parser = createJsonParser();
    const counts = { copies: 0, characters: 0, skipped: 0 };
    let lag = 0;
    for (const piece of inEights(text)) {
      parser.push(piece);
      counts.characters += piece.length;
      lag += piece.length;
      // The complete value is not copied.
      if (parser.done) break;
      if (!parser.due) {
        counts.skipped++;
        continue;
      }
      const cost = costOf(parser.value);
      counts.copies += cost;
      // Once per c / 16 characters; those of a number or a key that is open don't count.
      expect(lag).toBeLessThanOrEqual(cost / 16 + 32);
      lag = 0;
    }
    expect(counts.copies).toBeLessThanOrEqual(24_000_000 + 16 * counts.characters);
    expect(counts.skipped).toBeGreaterThan(0);
  });

  it.each<[string, (length: number) => string]>([
    ['rows', rowsOf],
    ['one string', (length) => `{"text":"${'some words '.repeat(length / 11)}"}`],
    ['escapes', (length) => `["${'\\ud83d\\ude00\\n'.repeat(length / 14)}"]`],
    ['one number', (length) => `[${'1'.repeat(length)}]`],
    ['numbers', (length) => `[${'1,'.repeat(length / 2)}1]`],
    ['keys', (length) => keysOf(length / 4)],
    ['prose', (length) => `${'some words '.repeat(length / 11)}{"a":1}`],
    ['brackets in prose', (length) => `Some ${'[x '.repeat(length / 3)}\n\`\`\`\n{"a":1}`],
    ['depth', (length) => `${'['.repeat(length / 8)}${']'.repeat(length / 8)}`],
  ])('takes time that is linear in the length of the text: %s', (_, textOf) => {
    const read = (length: number): void => {
      const parser = createJsonParser();
      let last: unknown;
      for (const piece of inEights(textOf(length))) {
        parser.push(piece);
        if (parser.due) last = parser.value;
      }
      parser.end();
      expect(last).toBeDefined();
    };
    expect(measureGrowth(read, 20_000)).toBeLessThan(8);
  });
});

describe('the elements of an array', () => {
  function collect(pieces: Iterable<string>, ...path: (string | number)[]): unknown[] {
    const elements: unknown[] = [];
    const parser = createJsonParser({ path, onElement: (element) => elements.push(element) });
    follow(pieces, parser);
    return elements;
  }

  it('are all that JSON.parse finds in it, in their order', () => {
    const array = fc.array(fc.jsonValue({ maxDepth: 3 }));
    const spacing = fc.constantFrom('', '  ');
    const list = fc
      .tuple(array, spacing)
      .map(([values, space]) => JSON.stringify(values, undefined, space));
    fc.assert(
      fc.property(cut(list), (pieces) => {
        const expected: unknown = JSON.parse(pieces.join(''));
        expect(collect(pieces)).toStrictEqual(expected);
        const inObject = ['{"n":[0],"items": ', ...pieces, ', "items2": [1]}'];
        expect(collect(inObject, 'items')).toStrictEqual(expected);
      }),
    );
  });

  it.each([
    ['[{"a":[1', 0],
    ['[{"a":[1]}', 1],
    ['[{"a":[1]}, "b', 1],
    ['[{"a":[1]}, "b"', 2],
    ['[{"a":[1]}, "b", 12', 2],
    ['[{"a":[1]}, "b", 12,', 3],
    ['[{"a":[1]}, "b", 12 ', 3],
    ['[{"a":[1]}, "b", 12]', 3],
  ])('come as soon as they are finished: %s', (text, count) => {
    const expected = [{ a: [1] }, 'b', 12].slice(0, count);
    expect(collect(units(text))).toEqual(expected);
  });

  it.each([
    ['{"items":[1,2],"other":[3]}', ['items'], [1, 2]],
    ['{"other":[3],"items":[1,2]}', ['items'], [1, 2]],
    ['{"a":{"items":[3]},"items":[1,[2]]}', ['items'], [1, [2]]],
    ['{"a":{"items":[1]},"items":[2]}', ['a', 'items'], [1]],
    ['{"a":[{"b":[1]},{"b":[2,3]}]}', ['a', 1, 'b'], [2, 3]],
    ['[[1],[2]]', [0], [1]],
    ['{"":[1]}', [''], [1]],
    ['{"__proto__":[1]}', ['__proto__'], [1]],
    ['{"items":{"0":1}}', ['items'], []],
    ['{"items":"[1]"}', ['items'], []],
    ['[1,2]', ['items'], []],
    ['{"items":[1]}', [], []],
    ['"[1]"', [], []],
  ])('are found by path: in %s at %j', (text, path, elements) => {
    expect(collect(units(text), ...path)).toEqual(elements);
  });

  it.each([
    ['{"items":[1,2],"items":[3]}', ['items'], [1, 2]],
    ['{"items":[1,2],"items":[]}', ['items'], [1, 2]],
    ['{"a":{"items":[1]},"a":{"items":[2]}}', ['a', 'items'], [1]],
  ])('fail at a second array, which would replace them: %s', (text, path, elements) => {
    const seen: unknown[] = [];
    const parser = createJsonParser({ path, onElement: (element) => seen.push(element) });
    expect(() => follow(units(text), parser)).toThrow(
      expect.objectContaining({
        message: 'There is a second array at the path',
        offset: text.lastIndexOf('['),
      }),
    );
    expect(seen).toEqual(elements);
  });

  it.each([
    ['{"items":5,"items":[1]}', ['items'], [1]],
    ['{"items":[],"items":[1]}', ['items'], [1]],
    ['{"other":[1],"other":[2],"items":[3]}', ['items'], [3]],
    ['{"a":[{"b":[1]},{"b":[2]}],"b":[3]}', ['a', 0, 'b'], [1]],
  ])('are those of JSON.parse where a key occurs twice: %s', (text, path, elements) => {
    expect(collect(units(text), ...path)).toEqual(elements);
    let found: unknown = JSON.parse(text);
    for (const key of path) found = (found as Record<string | number, unknown>)[key];
    expect(found).toEqual(elements);
  });

  it('are not taken from prose', () => {
    const text = 'See [1] and [true story], then\n```json\n[2, "three"]\n```\n[4]';
    expect(collect(units(text))).toEqual([2, 'three']);
  });

  it('have come before an error', () => {
    const elements: unknown[] = [];
    const parser = createJsonParser({ path: [], onElement: (element) => elements.push(element) });
    expect(() => {
      parser.push('[1, {"a": 2}, oops]');
    }).toThrow(JsonError);
    expect(elements).toEqual([1, { a: 2 }]);
  });

  it('are not kept', () => {
    const parser = createJsonParser({ path: ['items'], onElement: () => undefined });
    parser.push('{"n":1,"items":[1,2,{"a":3},');
    expect(parser.value).toEqual({ n: 1, items: [] });
    parser.push('{"a":4');
    expect(parser.value).toEqual({ n: 1, items: [{}] });
    parser.push('}],"other":[5]}');
    expect(parser.value).toEqual({ n: 1, items: [], other: [5] });
    expect(parser.done).toBe(true);
  });
});

describe('parseStrictly', () => {
  it('takes JSON and nothing else, with the integers that a number can not hold as strings', () => {
    expect(parseStrictly(' {"a":[1,"é"],"id":9007199254740993} ')).toEqual({
      a: [1, 'é'],
      id: '9007199254740993',
    });
    expect(parseStrictly('null')).toBe(null);
  });

  it.each(['', 'Here: {"a":1}', '{"a":1} there', '```\n[]\n```', '["a\nb"]', '{'])(
    'refuses %j as JSON.parse does',
    (text) => {
      expect(() => parseStrictly(text)).toThrow(SyntaxError);
    },
  );
});
