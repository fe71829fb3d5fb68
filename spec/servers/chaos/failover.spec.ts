import { afterEach, describe, expect, it } from '@jest/globals';
import { tap } from 'rxjs';
import { OllamaTruncatedError } from '../../../lib/errors.js';
import { fromChatEvents } from '../../../lib/sources/fromChatEvents.js';
import { listen } from '../../sources/support.js';
import { decide, follow, readAll, start, stop } from './client.js';
import { textOf, type Frame } from './openReader.js';
import { makePieces } from './question.js';
import { useChaos } from './setup.js';
import type { Gateway, GatewaySettings } from './startGateway.js';
import { startPair, type Pair } from './startPair.js';

const chaos = useChaos();

const LEASE = 2000;
const pieces = makePieces(12, 'failover ');
/** So much was said before the replica was cut off, and so much before the primary was lost. */
const KEPT = 4;
const SAID = 8;
const reconnect = { count: 1000, delay: { initial: 10, max: 100 } };

const pairs: Pair[] = [];
afterEach(async () => {
  await Promise.all(pairs.splice(0).map((pair) => pair.stop()));
});

async function open(settings: GatewaySettings = {}) {
  const pair = await startPair();
  pairs.push(pair);
  const [one, two] = await chaos.gateways({ lease: LEASE, ...settings }, pair.url);
  return { pair, one, two };
}

/** A page at a gateway, which comes back after each break. */
function openPage({ url }: Gateway, id: string) {
  const ids: string[] = [];
  let text = '';
  let isThere: () => void = () => undefined;
  const said = new Promise<void>((resolve) => {
    isThere = () => {
      if (text === pieces.slice(0, SAID).join('')) resolve();
    };
  });
  const ended = listen(
    fromChatEvents(`${url}/chat/${id}/events`, {
      headers: { 'X-User': 'alice' },
      reconnect,
      onId: (each) => ids.push(each),
    }).pipe(
      tap(({ message }) => {
        text += message.content;
        isThere();
      }),
    ),
  );
  return {
    ids,
    get text() {
      return text;
    },
    /** Resolves when it has what was said before the failover. */
    said,
    ended,
  };
}

/** A run at the first gateway, of which the replica has less than was said, and than readers have. */
async function begin(settings?: GatewaySettings) {
  const { pair, one, two } = await open(settings);
  const n = (await chaos.model.count()) + 1;
  const { id, reader } = await start(one, { pieces });
  const chat = await chaos.model.chat(n);
  const page = openPage(two, id);
  await chat.release(KEPT);
  // What the other gateway reads is in the log.
  await follow(two, id).until(KEPT);
  await pair.cutReplica();
  await chat.release(SAID - KEPT);
  await page.said;
  return { pair, one, two, id, reader, chat, page, n };
}

const idsOf = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `1-${String(at + 1)}`);
const eventsOf = (frames: readonly Frame[]): string[] => frames.map(({ event }) => event);

/** Asks until the gateway has its Redis again, and reads the answer. */
async function readWhenServed(gateway: Gateway, id: string, after?: string) {
  for (;;) {
    const reader = follow(gateway, id, after === undefined ? {} : { after });
    const { statusCode } = await reader.response;
    await reader.ended;
    if (statusCode !== 503 && !reader.text.includes('event: closing'))
      return { statusCode, reader };
  }
}

describe('a failover to a replica that lacks the end of the log', () => {
  it('costs no reader a byte while the gateway of the run lives', async () => {
    const { pair, one, two, id, reader, chat, page } = await begin();
    await pair.failOver();
    await chat.release();
    await reader.ended;
    await page.ended;
    expect(textOf(reader.frames)).toBe(pieces.join(''));
    expect(page.text).toBe(pieces.join(''));
    expect(page.ids).toEqual(idsOf(pieces.length + 2));
    for (const gateway of [one, two]) {
      expect((await readWhenServed(gateway, id)).reader.text).toBe(reader.text);
    }
  });

  it('is mended by the gateway of the run while its model is silent', async () => {
    const { pair, two, id, chat, page } = await begin();
    await pair.failOver();
    const late = openPage(two, id);
    await late.said;
    expect(late.ids).toEqual(idsOf(SAID));
    await chat.release();
    await Promise.all([page.ended, late.ended]);
    for (const each of [page, late]) expect(each.text).toBe(pieces.join(''));
  });

  it('is one typed error for all readers if the gateway of the run is lost too', async () => {
    const { pair, one, two, id, page } = await begin();
    await one.kill();
    await pair.failOver();
    const { error } = await page.ended;
    expect(error).toBeInstanceOf(OllamaTruncatedError);
    // It has shown more than the log still has, and nothing twice.
    expect(page.text).toBe(pieces.slice(0, SAID).join(''));
    expect(page.ids).toEqual([...idsOf(SAID), '2-1']);
    const { reader } = await readWhenServed(two, id);
    expect(textOf(reader.frames)).toBe(pieces.slice(0, KEPT).join(''));
    expect(eventsOf(reader.frames.slice(KEPT))).toEqual(['failed']);
    // A client that has all of the end comes again, and one that has more than there is.
    expect((await readWhenServed(two, id, '2-1')).statusCode).toBe(204);
    const ahead = await readWhenServed(two, id, `1-${String(SAID)}`);
    expect(eventsOf(ahead.reader.frames)).toEqual(['failed']);
  });

  it('starts a run over whose gateway is lost too, if runs restart', async () => {
    const { pair, one, two, id, page, n } = await begin({ onOrphan: 'restart' });
    await one.kill();
    await pair.failOver();
    await (await chaos.model.chat(n + 1)).release();
    await page.ended;
    const { reader } = await readWhenServed(two, id);
    expect(textOf(reader.frames.slice(KEPT))).toBe(pieces.join(''));
    expect(page.ids).toEqual([
      ...idsOf(SAID),
      ...reader.frames.slice(KEPT).map((frame) => frame.id),
    ]);
  });

  it('ends a run by failed whose end it has lost', async () => {
    const { pair, one, two, id, reader, chat, page } = await begin();
    await chat.release();
    await Promise.all([reader.ended, page.ended]);
    await readAll(two, id);
    await pair.failOver();
    const { reader: late } = await readWhenServed(one, id);
    expect(textOf(late.frames)).toBe(pieces.slice(0, KEPT).join(''));
    expect(eventsOf(late.frames.slice(KEPT))).toEqual(['failed']);
    // A page that had the end asks again, as an EventSource does: it gets no text again.
    const { reader: again } = await readWhenServed(two, id, reader.frames.at(-1)?.id);
    expect(eventsOf(again.frames)).toEqual(['failed']);
  });

  it('keeps a run that was created after the replica was cut off', async () => {
    const { pair, one, two } = await open();
    await pair.cutReplica();
    const n = (await chaos.model.count()) + 1;
    const { id, reader } = await start(one, { pieces });
    const chat = await chaos.model.chat(n);
    const page = openPage(two, id);
    await chat.release(SAID);
    await page.said;
    await pair.failOver();
    // The model is silent: nothing but the failure makes the gateway write the run again.
    const late = openPage(two, id);
    await late.said;
    await chat.release();
    await Promise.all([reader.ended, page.ended, late.ended]);
    for (const { text, ids } of [page, late]) {
      expect(text).toBe(pieces.join(''));
      expect(ids).toEqual(idsOf(pieces.length + 2));
    }
  });

  it('passes messages on, though the clock of the new primary is behind', async () => {
    const { pair, one, two } = await open();
    await pair.cutReplica();
    const n = (await chaos.model.count()) + 1;
    const { id, reader } = await start(one, { pieces });
    const chat = await chaos.model.chat(n);
    await chat.release(2);
    await reader.until(2);
    // As a primary would whose clock is an hour ahead.
    const ahead = `${String(Date.now() + 3_600_000)}-0`;
    await pair.primary.sendCommand(['XADD', 'rxjs-ollama:signals', ahead, 'i', 'x', 'm', 'x']);
    // Both have heard it when they have heard this one.
    expect(await decide(two, id, 'none')).toBe(404);
    await pair.failOver();
    while ((await stop(two, id)) !== 204);
    await reader.ended;
    expect(eventsOf(reader.frames)).toEqual(['chunk', 'chunk', 'stopped']);
    expect((await chat.closed()).outcome).toBe('aborted');
  });
});
