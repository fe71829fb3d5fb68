import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LineDecoder } from '../../lib/wire/ndjson.js';
import { OllamaProtocolError } from '../../lib/errors.js';
import { cuttings } from '../../lib/testing/index.js';
import type { AssistantMessage } from '../../lib/types/index.js';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The bytes in pieces, cut at these places. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length];
  sorted.sort((a, b) => a - b);
  return sorted.slice(1).map((end, at) => bytes.subarray(sorted[at], end));
}

const cutEvery = (bytes: Uint8Array, size: number): Uint8Array[] =>
  cut(
    bytes,
    Array.from({ length: Math.floor(bytes.length / size) }, (_, n) => n * size),
  );

interface Decoded {
  readonly lines: string[];
  readonly error?: unknown;
}

/** All that a decoder makes of some reads: its lines, and what it threw. */
function decode(reads: readonly Uint8Array[], maxLineBytes = Infinity): Decoded {
  const decoder = new LineDecoder(maxLineBytes, () => undefined);
  const lines: string[] = [];
  try {
    for (const read of reads) decoder.push(read, (line) => lines.push(line) > 0);
    const rest = decoder.end();
    return { lines: rest ? [...lines, rest] : lines };
  } catch (error) {
    return { lines, error };
  }
}

const decodeText = (...reads: string[]) => decode(reads.map(encode)).lines;

const places = fc.array(fc.nat({ max: 1_000_000 }), { maxLength: 20 });

describe('the line decoder', () => {
  it('gives the lines of one read and of several', () => {
    expect(decodeText('a\nb\n')).toEqual(['a', 'b']);
    expect(decodeText('a\nb', 'c\n', 'd', '\ne\n')).toEqual(['a', 'bc', 'd', 'e']);
  });

  it('gives the same lines wherever their text is cut', () => {
    const lines = ['{"a":"é😀\\n"}', '[1]', '"x"'];
    const text = `\uFEFF${lines.join('\n\n')}`;
    const wrong = [...cuttings(text)].filter(
      (pieces) => decodeText(...pieces).join() !== lines.join(),
    );
    expect(wrong).toEqual([]);
  });

  it('puts together characters that are cut at any byte', () => {
    const text = 'é漢😀👩‍👩‍👧\n🇦🇹e\u0301\n';
    expect(decode(cutEvery(encode(text), 1)).lines).toEqual(['é漢😀👩‍👩‍👧', '🇦🇹e\u0301']);
  });

  it('keeps a line that begins with white space', () => {
    expect(decodeText(' \t{"a":1}\n {}')).toEqual([' \t{"a":1}', ' {}']);
  });

  it('leaves blank lines out, also those of white space', () => {
    expect(decodeText('\n\na\n\r\n \t\n', '\n', ' \r', '\nb\n \n')).toEqual(['a', 'b']);
  });

  it('leaves the carriage return to JSON.parse, for which it is white space', () => {
    expect(decodeText('{}\r\n{}\r\n').map((line) => JSON.parse(line) as unknown)).toEqual([{}, {}]);
  });

  it('drops a byte order mark, whole or cut', () => {
    const bytes = encode('\uFEFFa\nb\n');
    expect(decode([bytes]).lines).toEqual(['a', 'b']);
    expect(decode(cutEvery(bytes, 1)).lines).toEqual(['a', 'b']);
  });

  it('gives what stands after the last newline at the end', () => {
    expect(decodeText('a\nb')).toEqual(['a', 'b']);
    expect(decode([encode('a\né').subarray(0, 3)]).lines).toEqual(['a', '\uFFFD']);
    expect(decodeText()).toEqual([]);
  });

  it('hands on the lines as they end, and all of one read before it returns', () => {
    const decoder = new LineDecoder(Infinity, () => undefined);
    const lines: string[] = [];
    const push = (text: string) => {
      decoder.push(encode(text), (line) => lines.push(line) > 0);
    };
    push('a\nb\nc');
    expect(lines).toEqual(['a', 'b']);
    push('\n');
    expect(lines).toEqual(['a', 'b', 'c']);
  });

  it('stops between two lines of one read when no more are wanted', () => {
    const decoder = new LineDecoder(Infinity, () => undefined);
    const lines: string[] = [];
    decoder.push(encode('a\nb\nc\nd\n'), (line) => lines.push(line) < 2);
    expect(lines).toEqual(['a', 'b']);
  });

  it('gives the same values however NDJSON is cut', () => {
    const line = fc.oneof(
      fc.jsonValue({ noUnicodeString: false }).map((value) => JSON.stringify(value)),
      fc.string({ unit: 'binary' }).map((value) => JSON.stringify(value)),
      fc.constantFrom('', ' ', '\t'),
    );
    const newline = fc.constantFrom('\n', '\r\n', '\n\n');
    const ndjson = fc.record({
      lines: fc.array(line),
      newline,
      mark: fc.constantFrom('', '\uFEFF'),
      end: fc.constantFrom('', '\n'),
    });
    fc.assert(
      fc.property(ndjson, places, ({ lines, newline, mark, end }, cuts) => {
        const bytes = encode(mark + lines.join(newline) + end);
        const decoded = decode(cut(bytes, cuts)).lines.filter((text) => text.trim());
        const expected = lines.filter((text) => text.trim());
        expect(decoded.map((text) => JSON.parse(text) as unknown)).toEqual(
          expected.map((text) => JSON.parse(text) as unknown),
        );
      }),
    );
  });

  it('takes time in proportion to the length of a line, not to its square', () => {
    const text = JSON.stringify({ content: 'The sky is blue. 空は青い。'.repeat(280_000) });
    const bytes = encode(`${text}\n`);
    expect(bytes.length).toBeGreaterThan(8 * 1024 * 1024);
    const reads = cutEvery(bytes, 16 * 1024);
    const measure = (run: () => unknown) => {
      const start = performance.now();
      run();
      return performance.now() - start;
    };
    let best = Infinity;
    // The machine may be busy with something else: once is enough to show it.
    for (let n = 0; n < 5 && best >= 4; n++) {
      const whole = measure(() => JSON.parse(new TextDecoder().decode(bytes)) as unknown);
      const cut = measure(() => decode(reads).lines.map((line) => JSON.parse(line) as unknown));
      best = Math.min(best, cut / whole);
    }
    // A decoder that looks at all it has once a read is at 20 and more here.
    expect(best).toBeLessThan(4);
  });
});

describe('a line that is too long', () => {
  const four = '漢é.'; // Of six bytes.

  it.each([
    ['in one read', (bytes: Uint8Array) => [bytes]],
    ['in several', (bytes: Uint8Array) => cutEvery(bytes, 4)],
    ['byte by byte', (bytes: Uint8Array) => cutEvery(bytes, 1)],
  ])('is one of more bytes than allowed, not of more characters: %s', (_, split) => {
    expect(decode(split(encode(`${four}\n${four}\n`)), 6)).toEqual({ lines: [four, four] });
    expect(decode(split(encode(four)), 6)).toEqual({ lines: [four] });
    expect(decode(split(encode(`${four}\n${four}.\n`)), 6)).toEqual({
      lines: [four],
      error: expect.any(OllamaProtocolError),
    });
    expect(decode(split(encode(`${four}.`)), 6).error).toBeInstanceOf(OllamaProtocolError);
  });

  it('is found as soon as its bytes are there, whatever is to come', () => {
    const decoder = new LineDecoder(6, () => undefined);
    const onLine = () => true;
    decoder.push(encode('123456'), onLine);
    expect(() => {
      decoder.push(encode('7'), onLine);
    }).toThrow(OllamaProtocolError);
  });

  it('is shown whole where it is short', () => {
    expect(decode([encode('1\n1234567\n8')], 6).error).toMatchObject({ line: '1234567' });
  });

  it('is found behind the end of another, in a read of its own', () => {
    const decoder = new LineDecoder(6, () => undefined);
    const lines: string[] = [];
    decoder.push(encode('123456'), (line) => lines.push(line) > 0);
    expect(() => {
      decoder.push(encode('\n1234567'), (line) => lines.push(line) > 0);
    }).toThrow(OllamaProtocolError);
    expect(lines).toEqual(['123456']);
  });

  it('comes after the lines before it, also those of the same read, however it is cut', () => {
    const lines = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(lines, places, fc.integer({ min: 1, max: 30 }), (given, cuts, max) => {
        const sound = given.map((text) => JSON.stringify(text));
        const overlong = sound.findIndex((text) => encode(text).length > max);
        const decoded = decode(cut(encode(`${sound.join('\n')}\n`), cuts), max);
        expect(decoded.lines).toEqual(overlong < 0 ? sound : sound.slice(0, overlong));
        expect('error' in decoded).toBe(overlong >= 0);
      }),
    );
  });

  it('is no error if the consumer has left before it', () => {
    const decoder = new LineDecoder(4, () => undefined);
    const lines: string[] = [];
    decoder.push(encode('a\nb\ntoo long\n'), (line) => lines.push(line) < 1);
    expect(lines).toEqual(['a']);
  });

  it('is shown by its beginning, with the limit, the way out and the message so far', () => {
    const partial: AssistantMessage = { role: 'assistant', content: 'a' };
    const decoder = new LineDecoder(5000, () => partial);
    decoder.push(encode('a\n{"content":"'), () => true);
    let error: unknown;
    try {
      decoder.push(encode('x'.repeat(6000)), () => true);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({
      code: 'protocol',
      message:
        'A line of the response is longer than 5000 bytes. ' +
        'If that is meant to be, raise maxLineBytes.',
      line: `{"content":"${'x'.repeat(988)}…`,
    });
    expect((error as OllamaProtocolError).partial).toBe(partial);
  });
});
