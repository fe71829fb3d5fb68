import type { Script } from './script.js';

/** Characters of a hash at most, and of what it unpacks to. */
const MAX_HASH = 60_000;
const MAX_SCRIPT = 300_000;

const pack = (
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  by: TransformStream<BufferSource, Uint8Array<ArrayBuffer>>,
) => stream.pipeThrough(by);

const toStream = (bytes: Uint8Array<ArrayBuffer>) => new Blob([bytes]).stream();

/** Reads a stream, and no more of it than `limit` bytes. */
async function readAll(stream: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.length;
    if (size > limit) {
      await reader.cancel();
      throw new RangeError('This link is too long.');
    }
    parts.push(next.value);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/**
 * A hash that has all of a script.
 *
 * @throws RangeError if it would be too long for a link
 */
export async function toHash({ code, marbles, letters, frame, stopAt }: Script): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify([code, marbles, letters, frame, stopAt]));
  const packed = await readAll(
    pack(toStream(bytes), new CompressionStream('deflate-raw')),
    MAX_SCRIPT,
  );
  let binary = '';
  for (const byte of packed) binary += String.fromCharCode(byte);
  const hash = `#s=${btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`;
  if (hash.length > MAX_HASH) throw new RangeError('This is too long for a link.');
  return hash;
}

async function unpack(packed: string): Promise<unknown> {
  const binary = atob(packed.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (byte) => byte.charCodeAt(0));
  const all = await readAll(
    pack(toStream(bytes), new DecompressionStream('deflate-raw')),
    MAX_SCRIPT,
  );
  return JSON.parse(new TextDecoder().decode(all));
}

/**
 * The script in a hash; `undefined` if there is none.
 *
 * @throws TypeError if it is broken, RangeError if it is too long
 */
export async function fromHash(hash: string): Promise<Script | undefined> {
  const [, packed] = /^#s=(.*)$/.exec(hash) ?? [];
  if (packed === undefined) return undefined;
  if (hash.length > MAX_HASH) throw new RangeError('This link is too long.');
  try {
    return readScript(await unpack(packed));
  } catch (error) {
    if (error instanceof RangeError) throw error;
    throw new TypeError('This link is broken.', { cause: error });
  }
}

/** A script of unknown origin: texts, and numbers in their limits. */
function readScript(value: unknown): Script {
  const [code, marbles, letters, frame, stopAt] = Array.isArray(value) ? (value as unknown[]) : [];
  if (typeof code !== 'string' || typeof marbles !== 'string' || typeof letters !== 'string') {
    throw new TypeError('It has no script.');
  }
  return {
    ...{ code, marbles, letters },
    frame: isTime(frame) && frame >= 1 ? frame : 10,
    stopAt: isTime(stopAt) ? stopAt : undefined,
  };
}

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value <= 60_000;
