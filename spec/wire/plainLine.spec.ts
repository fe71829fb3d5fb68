import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toChatChunk } from '../../lib/wire/chatChunk.js';
import type { Line } from '../../lib/wire/line.js';
import { parsePlainLine } from '../../lib/wire/plainLine.js';

const DATE = '2026-01-01T00:00:00Z';
const envelope = { model: 'qwen3:4b', created_at: DATE };

/** A line as Ollama writes it: `JSON.stringify` keeps the order of fields. */
const line = (message: object, rest: object = {}): string =>
  JSON.stringify({ ...envelope, message: { role: 'assistant', ...message }, done: false, ...rest });

/** Characters that JSON writes as they are, and those that it can't. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('a', ' ', '"', '\\', '\n', '\0', '\u2028', '\x7f', '{', '}') }),
);

describe('parsePlainLine', () => {
  it.each([
    line({ content: ' sky' }),
    line({ content: '' }),
    line({ content: '', thinking: 'Hm' }),
    line({ content: 'Hi', thinking: 'Hm' }),
    line({ content: '', thinking: '' }),
    line({ content: 'a\nb "c" \\ \t\b\f\r\0' }),
    line({ content: '', thinking: '\\' }),
    line({ content: '\ud83d', thinking: '\\n\\' }),
    line({ content: '天 👩‍👩‍👧 é \u2028 \x7f' }),
  ])('reads %s', (plain) => {
    expect(JSON.stringify(parsePlainLine(plain))).toBe(plain);
    expect(parsePlainLine(plain)).toStrictEqual(JSON.parse(plain));
  });

  it.each(['\\/', '\\u003C', '\\u0026\\u003e', '\\uD83D\\uDE00', 'a\\u000a', '\\\\u0041'])(
    'reads the escape %s, which JavaScript would not write',
    (escaped) => {
      const plain = line({ content: '#', thinking: '#' }).replaceAll('#', escaped);
      expect(parsePlainLine(plain)).toStrictEqual(JSON.parse(plain));
    },
  );

  it.each([
    line({ content: '', tool_calls: [] }),
    line({ thinking: 'Hm', content: '' }),
    line({}),
    line({ content: 'Hi' }, { done: true }),
    line({ content: 'Hi' }, { logprobs: [] }),
    line({ content: 'Hi', role: 'user' }),
    line({ content: 'Hi' }).replace('"content":', '"content": '),
    line({ content: 'Hi' }).replace(DATE, 'a\\u0041'),
    line({ content: 'Hi' }).replace('qwen3:4b', '\\\\'),
    line({ content: 'Hi' }).replace('Hi', '\t'),
    line({ content: 'Hi' }).replace('Hi', '\0'),
    ...['\\a', '\\u12', '\\u12x4', '\\u{41}', '\\', '\\\n', 'a\\x41'].map((escape) =>
      line({ content: 'Hi' }).replace('Hi', escape),
    ),
    line({ content: 'Hi' }).replace('Hi', '\x1f'),
    line({ content: 'Hi' }).replace('qwen3:4b', '\t'),
    line({ content: 'Hi' }).replace(DATE, '\t'),
    line({ content: 'Hi', thinking: 'Hm' }).replace('Hm', '\t'),
    `${line({ content: 'Hi' })} `,
    ` ${line({ content: 'Hi' })}`,
    '{"error":"out of memory"}',
    '',
  ])('leaves %j to JSON.parse', (other) => {
    expect(parsePlainLine(other)).toBeUndefined();
  });

  it('leaves long lines to JSON.parse, which would only be read twice', () => {
    const frame = line({ content: '' }).length;
    expect(parsePlainLine(line({ content: 'a'.repeat(1000 - frame) }))).toBeDefined();
    expect(parsePlainLine(line({ content: 'a'.repeat(1001 - frame) }))).toBeUndefined();
  });

  it('refuses a line in linear time, whatever is in it', () => {
    const start = line({ content: '' }).split('"}')[0] ?? '';
    for (const unit of ['a', '\\n', '\\\\', '\\u0041', '\\"', 'a\\n']) {
      const hostile = start + unit.repeat(Math.floor((1000 - start.length) / unit.length));
      for (let n = 0; n < 1000; n++) expect(parsePlainLine(hostile)).toBeUndefined();
    }
  });

  it('never says anything but what JSON.parse says', () => {
    fc.assert(
      fc.property(text, fc.option(text), (content, thinking) => {
        const plain = line({ content, ...(thinking !== null && { thinking }) });
        const parsed = parsePlainLine(plain);
        if (parsed) expect(parsed).toStrictEqual(JSON.parse(plain));
        else expect(plain.length).toBeGreaterThan(1000);
      }),
    );
  });

  it('gives only what the checks of a line leave as it is', () => {
    fc.assert(
      fc.property(text, fc.option(text), (content, thinking) => {
        const plain = line({ content, ...(thinking !== null && { thinking }) });
        const parsed = parsePlainLine(plain);
        fc.pre(parsed !== undefined);
        expect(toChatChunk(parsed as object as Line)).toBe(parsed);
        expect(parsed).toStrictEqual(toChatChunk(JSON.parse(plain) as Line));
      }),
    );
  });

  it('takes nothing for a line that JSON.parse refuses', () => {
    const plain = line({ content: 'Hi\nthere', thinking: '"Hm"' });
    const damage = fc.record({
      at: fc.nat(plain.length),
      length: fc.nat(3),
      put: fc.string({ unit: 'binary', maxLength: 2 }),
    });
    fc.assert(
      fc.property(damage, ({ at, length, put }) => {
        const damaged = plain.slice(0, at) + put + plain.slice(at + length);
        const parsed = parsePlainLine(damaged);
        if (parsed) expect(parsed).toEqual(JSON.parse(damaged));
      }),
      { numRuns: 1000 },
    );
  });
});
