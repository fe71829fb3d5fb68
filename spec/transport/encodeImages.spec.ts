import { Buffer } from 'node:buffer';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { isOllamaError } from '../../lib/errors.js';
import { createImageEncoder, toBase64 } from '../../lib/transport/encodeImages.js';

const SLICES = { Node: 6 * 1024 * 1024, 'a browser': 384 * 1024 };
const SLICE = SLICES['a browser'];

const encode = (image: unknown) => createImageEncoder()(image);
const toText = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const fill = (length: number) => new Uint8Array(length).map((_, place) => place * 7);

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
  it.each(['Node', 'a browser'] as const)('is the text of all its bytes, in %s', async (where) => {
    const slice = SLICES[where];
    for (const length of [0, 1, 2, 3, slice - 1, slice, slice + 1, 2 * slice + 2]) {
      const bytes = fill(length);
      const encoder = where === 'Node' ? createImageEncoder() : withoutBuffer(createImageEncoder);
      expect((await encoder(bytes)) === toText(bytes)).toBe(true);
    }
  });

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
    ['a data: URL with spaces', `data:image/png; base64 ,${text}`],
    ['a data: URL with escapes', `data:image/png;base64,${encodeURIComponent(text)}`],
  ])('may be %s', async (_, image) => {
    expect(await encode(image)).toBe(text);
  });

  it('may be an ArrayBuffer of another realm', async () => {
    expect(await encode(runInNewContext('Uint8Array.of(1, 2, 255).buffer'))).toBe('AQL/');
  });

  it.each([__filename, './cat.png', 'package.json', 'C:\\cat.png', './data:cat.png'])(
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
    ['data:text/plain,a;base64,AQID', 'It is a data: URL without ;base64.'],
    ['data:image/png;base64,%', 'It is a data: URL that is not encoded well.'],
    [[1, 2], 'It is a list.'],
    [{ 0: 1 }, 'It is an object.'],
    [{ [Symbol.toStringTag]: '[object ArrayBuffer' }, 'It is an object.'],
    [{ [Symbol.toStringTag]: 'ArrayBuffer] of mine' }, 'It is an object.'],
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

it('bytes of one slice wait for no turn of the event loop', async () => {
  for (const length of [10, SLICES.Node]) {
    let hasTurned = false;
    setImmediate(() => (hasTurned = true));
    await encode(fill(length));
    expect(hasTurned).toBe(false);
  }
});

describe('the event loop', () => {
  const environments = Object.entries(SLICES).flatMap(([where, slice]) => [
    [where, 'one large image', slice, [4 * slice]] as const,
    [where, 'many images', slice, Array.from({ length: 32 }, () => slice / 8)] as const,
  ]);

  it.each(environments)(
    'has a turn after each slice: in %s, %s',
    async (where, _, slice, sizes) => {
      const images = sizes.map((size) => new Uint8Array(size));
      let turns = 0;
      let running = true;
      const count = () => {
        turns++;
        if (running) setImmediate(count);
      };
      count();
      const encodeAll = () => Promise.all(images.map(createImageEncoder()));
      const encoded = where === 'Node' ? encodeAll() : withoutBuffer(encodeAll);
      await encoded;
      running = false;
      const size = sizes.reduce((sum, each) => sum + each, 0);
      expect(turns).toBeGreaterThanOrEqual(size / slice - 1);
    },
  );

  it('does no more work for a request that was cancelled', async () => {
    const stopper = new AbortController();
    const encoded = createImageEncoder(stopper.signal)(new Uint8Array(2 * SLICES.Node));
    stopper.abort();
    await expect(encoded).rejects.toMatchObject({ name: 'AbortError' });
  });
});
