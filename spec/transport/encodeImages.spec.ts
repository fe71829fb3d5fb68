import { Buffer } from 'node:buffer';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { isOllamaError } from '../../lib/errors.js';
import { createImageEncoder, toBase64 } from '../../lib/transport/encodeImages.js';

const SLICE = 192 * 1024;

const encode = (image: unknown) => createImageEncoder()(image);
const toText = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const fill = (length: number) => Uint8Array.from({ length }, (_, place) => (place * 7) % 256);

function share(bytes: Uint8Array): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(bytes.length);
  new Uint8Array(buffer).set(bytes);
  return buffer;
}

const globals = globalThis as { Buffer?: typeof Buffer };

function withoutBuffer<T>(work: () => T): T {
  const { Buffer: kept } = globals;
  delete globals.Buffer;
  try {
    return work();
  } finally {
    if (kept) globals.Buffer = kept;
  }
}

/** Each environment: Node, a browser that has the new method of arrays, and one that doesn't. */
const encoders: Readonly<Record<string, (bytes: Uint8Array) => string>> = {
  Buffer: toBase64,
  'Uint8Array.prototype.toBase64': (bytes) =>
    withoutBuffer(() =>
      toBase64(
        Object.assign(bytes.subarray(), {
          toBase64: () => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')),
        }),
      ),
    ),
  btoa: (bytes) => withoutBuffer(() => toBase64(bytes)),
};

describe.each(Object.entries(encoders))('bytes by %s', (_, toBase64By) => {
  it('are the same text, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(toBase64By(bytes)).toBe(toText(bytes));
      }),
    );
  });

  it('are the same text, also of more bytes than a call has arguments', () => {
    const bytes = fill(SLICE + 1);
    expect(toBase64By(bytes) === toText(bytes)).toBe(true);
  });
});

describe('an image', () => {
  it.each([0, 1, 2, 3, SLICE - 1, SLICE, SLICE + 1, 3 * SLICE + 2])(
    'is the text of all its bytes: %d',
    async (length) => {
      expect((await encode(fill(length))) === toText(fill(length))).toBe(true);
    },
  );

  const bytes = fill(10);
  const text = toText(bytes);

  it.each<[string, unknown]>([
    ['a Uint8Array', bytes],
    ['a Buffer', Buffer.from(bytes)],
    ['a part of a longer array', new Uint8Array([1, ...bytes, 1]).subarray(1, -1)],
    ['a DataView', new DataView(bytes.buffer)],
    ['an ArrayBuffer', bytes.buffer],
    ['a SharedArrayBuffer', share(bytes)],
    ['a Blob', new Blob([bytes])],
    ['a File', new File([bytes], 'cat.png')],
    ['base64', text],
    ['a data: URL', `data:image/png;base64,${text}`],
    ['a data: URL with a parameter', `data:image/png;name=a;base64,${text}`],
    ['a data: URL in capitals', `DATA:;BASE64,${text}`],
    ['a data: URL with escapes', `data:image/png;base64,${encodeURIComponent(text)}`],
  ])('may be %s', async (_, image) => {
    expect(await encode(image)).toBe(text);
  });

  it('may be an ArrayBuffer of another realm', async () => {
    expect(await encode(runInNewContext('Uint8Array.of(1, 2, 255).buffer'))).toBe('AQL/');
  });

  it.each([__filename, './cat.png', 'package.json', 'C:\\cat.png'])(
    'is never read from a file: %s',
    async (path) => {
      expect(await encode(path)).toBe(path);
    },
  );

  const cure = 'Pass its bytes (Uint8Array, ArrayBuffer or Blob) or base64.';
  it.each<[unknown, string]>([
    ['https://example.com/cat.png?key=secret', 'It is a https: URL, which Ollama does not read.'],
    ['HTTP://example.com', 'It is a http: URL, which Ollama does not read.'],
    ['file:///etc/passwd', 'It is a file: URL, which Ollama does not read.'],
    ['blob:https://app/1', 'It is a blob: URL, which Ollama does not read.'],
    ['data:image/svg+xml,%3Csvg%3E', 'It is a data: URL without ;base64.'],
    ['data:image/png;base64', 'It is a data: URL without ;base64.'],
    ['data:image/png;base64,%', 'It is a data: URL that is not encoded well.'],
    [[1, 2], 'It is a list.'],
    [{ 0: 1 }, 'It is an object.'],
    [null, 'It is null.'],
    [undefined, 'It is undefined.'],
    [5, 'It is a number.'],
  ])('is refused: %p', async (image, why) => {
    const error: unknown = await encode(image).catch((caught: unknown) => caught);
    expect(isOllamaError(error, 'validation')).toBe(true);
    expect(error).toMatchObject({
      message: `An image can't be sent. ${why} ${cure}`,
      issues: [{ message: why, path: ['images'] }],
    });
  });
});

describe('the event loop', () => {
  it.each<[string, readonly number[]]>([
    ['one large image', [16 * 1024 * 1024]],
    ['many images', Array.from({ length: 200 }, () => 64 * 1024)],
  ])('has a turn after each slice: %s', async (_, sizes) => {
    const images = sizes.map((size) => new Uint8Array(size));
    let turns = 0;
    let running = true;
    const count = () => {
      turns++;
      if (running) setImmediate(count);
    };
    count();
    await Promise.all(images.map(createImageEncoder()));
    running = false;
    const size = sizes.reduce((sum, each) => sum + each, 0);
    expect(turns).toBeGreaterThanOrEqual(Math.floor(size / SLICE) - 1);
  });

  it('does no more work for a request that was cancelled', async () => {
    const stopper = new AbortController();
    const encoded = createImageEncoder(stopper.signal)(new Uint8Array(10 * SLICE));
    stopper.abort();
    await expect(encoded).rejects.toMatchObject({ name: 'AbortError' });
  });
});
