import { describe, expect, it } from '@jest/globals';
import { EventSource } from 'eventsource';
import { lastValueFrom, tap } from 'rxjs';
import { accumulateMessage } from '../../../lib/operators/accumulateMessage.js';
import { fromChatEvents } from '../../../lib/sources/fromChatEvents.js';
import { ask, follow, readAll, start } from './client.js';
import { textOf } from './openReader.js';
import { makePieces } from './question.js';
import { useChaos } from './setup.js';

const chaos = useChaos();

/** The ids of an answer in so many pieces: its chunks, the final one, and `done`. */
const idsOf = (pieces: readonly string[]): string[] =>
  Array.from({ length: pieces.length + 2 }, (_, at) => `1-${String(at + 1)}`);

describe('a client that is thrown from one gateway to the other', () => {
  const HOPS = 12;
  const PER_HOP = 5;

  it('gets the exact text by fromChatEvents, and the model is asked once', async () => {
    const gateways = await chaos.gateways();
    const front = await chaos.front(gateways[0]);
    const before = await chaos.model.count();
    const pieces = makePieces(HOPS * PER_HOP);
    const ids: string[] = [];
    let hops = 0;
    let received = 0;
    const chat = chaos.model.chat(before + 1);
    const hop = async (): Promise<void> => {
      // In the middle of what the model says, and of what is on its way.
      if (received % PER_HOP === 2) front.moveTo(gateways[++hops % 2 ? 1 : 0].port);
      if (received % PER_HOP === 0) await (await chat).release(PER_HOP);
    };
    const message = lastValueFrom(
      fromChatEvents(new Request(`${front.url}/chat`, ask({ pieces })), {
        reconnect: { delay: { initial: 1 } },
        onId: (id) => ids.push(id),
      }).pipe(
        tap(() => {
          received++;
          void hop();
        }),
        accumulateMessage(),
      ),
    );
    await hop();
    expect((await message).content).toBe(pieces.join(''));
    expect(hops).toBe(HOPS);
    expect(front.connections).toBeGreaterThan(HOPS);
    expect(ids).toEqual(idsOf(pieces));
    expect((await (await chat).closed()).outcome).toBe('completed');
    expect(await chaos.model.count()).toBe(before + 1);
  });

  it('gets each event once as a bare client, whatever it had read before it left', async () => {
    const gateways = await chaos.gateways();
    const chat = chaos.model.chat((await chaos.model.count()) + 1);
    const pieces = makePieces(HOPS * PER_HOP, 'raw ');
    const { id, reader } = await start(gateways[0], { pieces });
    await (await chat).release(PER_HOP);
    await reader.until(PER_HOP);
    reader.leave();
    const frames = [...reader.frames];
    for (let hop = 1; hop < HOPS; hop++) {
      const next = follow(gateways[hop % 2 ? 1 : 0], id, { after: frames.at(-1)?.id ?? '' });
      // History for every second client, and live events for the others.
      if (hop % 2) await next.response;
      await (await chat).release(PER_HOP);
      await next.until(PER_HOP);
      next.leave();
      frames.push(...next.frames);
    }
    await (await chat).release();
    const last = await readAll(gateways[0], id, { after: frames.at(-1)?.id ?? '' });
    frames.push(...last.frames);
    expect(frames.map((frame) => frame.id)).toEqual(idsOf(pieces));
    expect(textOf(frames)).toBe(pieces.join(''));
    expect(frames.at(-1)?.event).toBe('done');
  });
});

describe('a reload', () => {
  it('replays the same bytes, in mid-stream and after the end, at both gateways', async () => {
    const [one, two] = await chaos.gateways();
    const chat = chaos.model.chat((await chaos.model.count()) + 1);
    const pieces = makePieces(20, 'reload ');
    const { id, reader } = await start(one, { pieces });
    await (await chat).release(8);
    await reader.until(8);
    const midway = [follow(one, id), follow(two, id)];
    await Promise.all(midway.map((each) => each.until(8)));
    await (await chat).release();
    await Promise.all([reader, ...midway].map(({ ended }) => ended));
    const late = await Promise.all([readAll(one, id), readAll(two, id)]);
    expect(textOf(reader.frames)).toBe(pieces.join(''));
    for (const each of [...midway, ...late]) expect(each.text).toBe(reader.text);
  });
});

describe('an EventSource', () => {
  it('reads a run from both gateways, and stops asking at its end', async () => {
    const [one, two] = await chaos.gateways();
    const front = await chaos.front(two);
    const chat = chaos.model.chat((await chaos.model.count()) + 1);
    const pieces = makePieces(6, 'source ');
    const { id, reader } = await start(one, { pieces });
    await (await chat).release(3);
    await reader.until(3);
    const asked: (string | null)[] = [];
    const source = new EventSource(`${front.url}/chat/${id}/events`, {
      async fetch(input, init) {
        const headers = new Headers(init.headers);
        asked.push(headers.get('last-event-id'));
        headers.set('X-User', 'alice');
        return fetch(input, { ...init, headers });
      },
    });
    const ids: string[] = [];
    for (const name of ['chunk', 'done']) {
      source.addEventListener(name, ({ lastEventId }) => {
        ids.push(lastEventId);
        if (ids.length === 3) {
          front.moveTo(one.port);
          void chat.then((each) => each.release());
        }
      });
    }
    await new Promise<void>((resolve) => {
      source.addEventListener('error', () => {
        if (source.readyState === EventSource.CLOSED) resolve();
      });
    });
    expect(ids).toEqual(idsOf(pieces));
    expect(asked).toEqual([null, '1-3', '1-8']);
  });
});

describe('an idempotency key that reaches both gateways at once', () => {
  it('starts one run, which both requests read', async () => {
    const [one, two] = await chaos.gateways();
    const before = await chaos.model.count();
    const pieces = makePieces(5, 'once ');
    const page = { key: 'question-1' };
    const both = await Promise.all([start(one, { pieces }, page), start(two, { pieces }, page)]);
    await (await chaos.model.chat(before + 1)).release();
    await Promise.all(both.map(({ reader }) => reader.ended));
    expect(both[0].id).toBe(both[1].id);
    expect(both.map(({ reader }) => textOf(reader.frames))).toEqual(Array(2).fill(pieces.join('')));
    expect(await chaos.model.count()).toBe(before + 1);
  });

  it('is another one of another user', async () => {
    const [one, two] = await chaos.gateways();
    const before = await chaos.model.count();
    const pieces = makePieces(1, 'theirs ');
    const key = 'question-2';
    const [first, second] = await Promise.all([
      start(one, { pieces }, { key, user: 'alice' }),
      start(two, { pieces }, { key, user: 'bob' }),
    ]);
    await Promise.all([1, 2].map(async (n) => (await chaos.model.chat(before + n)).release()));
    await Promise.all([first.reader.ended, second.reader.ended]);
    expect(first.id).not.toBe(second.id);
    expect(await chaos.model.count()).toBe(before + 2);
  });
});
