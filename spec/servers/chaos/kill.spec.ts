import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, tap } from 'rxjs';
import { OllamaTruncatedError } from '../../../lib/errors.js';
import { accumulateMessage } from '../../../lib/operators/accumulateMessage.js';
import { fromChatEvents } from '../../../lib/sources/fromChatEvents.js';
import { listen } from '../../sources/support.js';
import { ask, follow, readAll, start } from './client.js';
import { textOf } from './openReader.js';
import { makePieces } from './question.js';
import { useChaos } from './setup.js';

const chaos = useChaos();

const LEASE = 2000;
const pieces = makePieces(10, 'kill ');
const said = pieces.slice(0, 4);

/** A run that has said four pieces, with a reader at the other gateway. */
async function begin(onOrphan: 'fail' | 'restart' = 'fail', clock = 0) {
  const [one, two] = await chaos.gateways({ lease: LEASE, onOrphan, clock });
  const before = await chaos.model.count();
  const { id, reader } = await start(one, { pieces });
  const chat = await chaos.model.chat(before + 1);
  const other = follow(two, id);
  await chat.release(said.length);
  await Promise.all([reader.until(said.length), other.until(said.length)]);
  return { ...{ one, two, id, reader, chat, other }, next: () => chaos.model.chat(before + 2) };
}

describe('a gateway that is killed by -9', () => {
  it.each([
    ['', 0],
    [', with clocks that are two hours apart', 3_600_000],
  ])(
    'leaves its readers the exact prefix, and one terminal within the lease and a second%s',
    async (_, clock) => {
      const { one, two, id, chat, other } = await begin('fail', clock);
      const killed = performance.now();
      await one.kill();
      await other.ended;
      const ms = performance.now() - killed;
      expect(textOf(other.frames)).toBe(said.join(''));
      expect(other.frames.slice(said.length).map(({ event }) => event)).toEqual(['failed']);
      expect(JSON.parse(other.frames.at(-1)?.data ?? '')).toMatchObject({ code: 'truncated' });
      expect((await chat.closed()).outcome).toBe('aborted');
      // Once it is in the log, everyone reads the same.
      const asked = performance.now();
      expect((await readAll(two, id)).text).toBe(other.text);
      // The second is for all that has to be done, which takes longer on a busy machine.
      const busy = performance.now() - asked;
      expect(ms).toBeLessThanOrEqual(LEASE + 1000 + 5 * busy);
    },
  );

  it('leaves the end to a reader that comes later', async () => {
    const { one, two, id, other } = await begin();
    other.leave();
    await one.kill();
    const late = await readAll(two, id, { after: '1-2' });
    expect(textOf(late.frames)).toBe(said.slice(2).join(''));
    expect(late.frames.at(-1)?.event).toBe('failed');
  });

  it('is an error with the message so far for fromChatEvents', async () => {
    const [one, two] = await chaos.gateways({ lease: LEASE });
    const front = await chaos.front(one);
    const before = await chaos.model.count();
    let received = 0;
    let reachFour: () => void;
    const four = new Promise<void>((resolve) => {
      reachFour = resolve;
    });
    const seen = listen(
      fromChatEvents(new Request(`${front.url}/chat`, ask({ pieces })), {
        reconnect: { delay: { initial: 1 } },
      }).pipe(
        tap(() => {
          if (++received === said.length) reachFour();
        }),
      ),
    );
    await (await chaos.model.chat(before + 1)).release(said.length);
    await four;
    front.route(two.port);
    await one.kill();
    const { error } = await seen;
    expect(error).toBeInstanceOf(OllamaTruncatedError);
    expect(error).toMatchObject({ partial: { content: said.join('') } });
  });

  it('is replaced, if runs restart: attempt 2 voids the first one, and has the whole text', async () => {
    const { one, two, id, other, next } = await begin('restart');
    await one.kill();
    await (await next()).release();
    await other.ended;
    const frames = other.frames.slice(said.length);
    expect(frames[0]).toMatchObject({ id: '2-1', event: 'chunk' });
    expect(JSON.parse(frames[0]?.data ?? '')).toMatchObject({ reset: true });
    expect(textOf(frames)).toBe(pieces.join(''));
    expect(frames.at(-1)).toMatchObject({ id: `2-${String(pieces.length + 2)}`, event: 'done' });
    const message = await lastValueFrom(
      fromChatEvents(`${two.url}/chat/${id}/events`, { headers: { 'X-User': 'alice' } }).pipe(
        accumulateMessage(),
      ),
    );
    expect(message.content).toBe(pieces.join(''));
  });
});

describe('a gateway that is stopped for longer than its lease, and woken', () => {
  it('changes nothing in the log, and lets go of the model', async () => {
    const { one, two, id, reader, chat, other } = await begin();
    one.pause();
    await other.ended;
    const log = (await readAll(two, id)).text;
    expect(log).toBe(other.text);
    // They wait in the connection of the process that sleeps.
    await chat.release(3);
    one.resume();
    expect((await chat.closed()).outcome).toBe('aborted');
    await reader.ended;
    for (const gateway of [one, two]) expect((await readAll(gateway, id)).text).toBe(log);
    // Its own reader may have more than the log, which it was sent before. It ends as all others do.
    expect(pieces.join('').startsWith(textOf(reader.frames))).toBe(true);
    expect(textOf(reader.frames).startsWith(said.join(''))).toBe(true);
    expect(reader.frames.at(-1)).toEqual(other.frames.at(-1));
    expect(one.alive).toBe(true);
  });
});
