import { describe, expect, it } from '@jest/globals';
import { follow, readAll, start, stop } from './client.js';
import { textOf } from './openReader.js';
import { makePieces } from './question.js';
import { useChaos } from './setup.js';

const chaos = useChaos();

describe('a log that keeps less than was said', () => {
  it('answers a reader that missed something by a gap, and serves one that did not', async () => {
    const [one, two] = await chaos.gateways({ maxChunks: 10 });
    const n = (await chaos.model.count()) + 1;
    const pieces = makePieces(400, 'trim ');
    const { id, reader } = await start(one, { pieces });
    const chat = await chaos.model.chat(n);
    // What it reads is in the log: a gateway whose Redis is slower than its model would leave out the rest.
    const other = follow(two, id);
    for (let read = 5; read <= pieces.length; read += 5) {
      await chat.release(5);
      await Promise.all([reader.until(read), other.until(read)]);
    }
    await chat.release();
    await Promise.all([reader.ended, other.ended]);
    for (const { frames } of [reader, other]) expect(textOf(frames)).toBe(pieces.join(''));
    for (const gateway of [one, two]) {
      for (const page of [{}, { after: '1-5' }]) {
        const { frames } = await readAll(gateway, id, page);
        expect(frames.map(({ event }) => event)).toEqual(['gap']);
        const { first } = JSON.parse(frames[0]?.data ?? '') as { first: string };
        const kept = await readAll(gateway, id, { after: before(first) });
        expect(kept.frames).toEqual(reader.frames.slice(-kept.frames.length));
        expect(kept.frames[0]?.id).toBe(first);
        expect(kept.frames.length).toBeGreaterThanOrEqual(10);
      }
    }
  });
});

function before(id: string): string {
  const [attempt = '', seq] = id.split('-');
  return `${attempt}-${String(Number(seq) - 1)}`;
}

describe('a long history', () => {
  it('is replayed whole to a reader that pauses: it is read at its own pace', async () => {
    const [one, two] = await chaos.gateways();
    const n = (await chaos.model.count()) + 1;
    // 4 MB: several times what may wait for a plain response.
    const longer = 400;
    const pieces = makePieces(2);
    const text = pieces.map((piece) => piece.repeat(longer ** 2)).join('');
    const { id, reader } = await start(one, { pieces, longer });
    await (await chaos.model.chat(n)).release();
    await reader.ended;
    const slow = follow(two, id);
    const response = await slow.response;
    response.pause();
    // For as long as another reader takes for all of it.
    const quick = await readAll(two, id);
    response.resume();
    await slow.ended;
    const read = [reader, quick, slow].map(({ frames }) => frames);
    expect(read.map((frames) => [frames.length, frames.at(-1)?.event])).toEqual(
      Array(3).fill([longer * pieces.length + 2, 'done']),
    );
    for (const frames of read) expect(textOf(frames) === text).toBe(true);
  });
});

describe('what a hostile client sends', () => {
  const ids = [
    ...['1', '-', '1-', '-1', '1-1-1', '+1-1', '0x1-1', '1e3-1', '١-١', '$', '>', '*'],
    ...['99999999999-1', '1-18446744073709551616', '1-1\tX', '9'.repeat(4000)],
  ];
  const names = [
    'x',
    '..%2F..%2Fetc',
    '%00',
    '*',
    'run:*',
    'a'.repeat(4000),
    '%F0%9F%92%A9',
    '0'.repeat(32),
  ];

  it('is refused by 400 or 404, and both gateways stay alive', async () => {
    const gateways = await chaos.gateways();
    const n = (await chaos.model.count()) + 1;
    const { id, reader } = await start(gateways[0], { pieces: makePieces(3) });
    for (const gateway of gateways) {
      for (const after of ids) {
        const { statusCode } = await follow(gateway, id, { after: encode(after) }).response;
        expect([after, statusCode]).toEqual([after, 400]);
      }
      for (const name of names) {
        const { statusCode } = await follow(gateway, name).response;
        expect([name, statusCode]).toEqual([name, 404]);
        expect([name, await stop(gateway, name)]).toEqual([name, 404]);
      }
      // A run of somebody else is no run.
      const { statusCode } = await follow(gateway, id, { user: 'mallory' }).response;
      expect(statusCode).toBe(404);
      expect(await stop(gateway, id, { user: 'mallory' })).toBe(404);
      expect(gateway.alive).toBe(true);
    }
    const chat = await chaos.model.chat(n);
    await chat.release();
    await reader.ended;
    expect(reader.frames.at(-1)?.event).toBe('done');
    expect((await chat.closed()).outcome).toBe('completed');
  });

  it('has the same answer for a run of another user and for none', async () => {
    const [one] = await chaos.gateways();
    const n = (await chaos.model.count()) + 1;
    const { id, reader } = await start(one, { pieces: makePieces(3) });
    await (await chaos.model.chat(n)).release();
    await reader.ended;
    const [foreign, none] = await Promise.all([
      readAll(one, id, { user: 'mallory' }),
      readAll(one, '0'.repeat(32)),
    ]);
    expect(foreign.text).toBe(none.text);
  });

  it('is no text after an event that there never was, while the run lives and after its end', async () => {
    const gateways = await chaos.gateways();
    const n = (await chaos.model.count()) + 1;
    const { id, reader } = await start(gateways[0], { pieces: makePieces(3) });
    const chat = await chaos.model.chat(n);
    await chat.release(1);
    await reader.until(1);
    const future = ['2-1', '9999999999-9999999999'];
    for (const gateway of gateways) {
      for (const after of future) {
        const { frames } = await readAll(gateway, id, { after });
        expect(frames.map(({ event }) => event)).toEqual(['gap']);
      }
    }
    await chat.release();
    await reader.ended;
    for (const gateway of gateways) {
      for (const after of ['1-999', ...future]) {
        const { frames } = await readAll(gateway, id, { after });
        expect(textOf(frames)).toBe('');
      }
    }
  });
});

/** A header takes no characters beyond Latin-1. */
const encode = (text: string): string => Buffer.from(text).toString('latin1');
