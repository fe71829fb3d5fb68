import { describe, expect, it } from '@jest/globals';
import { takeWhile, type Observable } from 'rxjs';
import { startEnding, waitForConnection } from '../../lib/transport/connection.js';
import type { Script } from '../../lib/testing/node/index.js';
import { nextTurn } from '../../lib/transport/nextTurn.js';
import type { ChatChunk } from '../../lib/types/index.js';
import { ask, listen, start } from '../sources/support.js';

const turn = () => new Promise<void>(nextTurn);

/** Whether a request that is made now waits for a turn of the event loop. */
async function waitsForTurn(): Promise<boolean> {
  let waiting = true;
  void waitForConnection().then(() => {
    waiting = false;
  });
  for (let n = 0; n < 10; n++) await Promise.resolve();
  return waiting;
}

describe('a request', () => {
  it('waits for no turn if no response is ending', async () => {
    expect(await waitsForTurn()).toBe(false);
  });

  it('waits for the microtask after the frame of its subscription', async () => {
    const order: string[] = [];
    const request = waitForConnection().then(() => order.push('request'));
    void Promise.resolve().then(() => order.push('microtask'));
    await request;
    expect(order).toEqual(['microtask', 'request']);
  });

  it('waits for a turn from the final chunk of a response to the turn after its body', async () => {
    const endFirst = startEnding();
    const endSecond = startEnding();
    expect(await waitsForTurn()).toBe(true);
    endFirst();
    expect(await waitsForTurn()).toBe(true);
    await turn();
    expect(await waitsForTurn()).toBe(true);
    endSecond();
    expect(await waitsForTurn()).toBe(true);
    await turn();
    expect(await waitsForTurn()).toBe(false);
  });

  const all = (chat: Observable<ChatChunk>) => chat;
  const untilDone = (chat: Observable<ChatChunk>) => chat.pipe(takeWhile(({ done }) => !done));

  it.each<[string, Script, typeof all]>([
    ['is complete', ['a', { done: true }], all],
    ['is left at its final chunk', ['a', { done: true }], untilDone],
    ['keeps its body open', ['a', { done: true }, { fault: 'hang' }], all],
    ['breaks after its final chunk', ['a', { done: true }, { fault: 'reset' }], all],
    ['breaks before it', ['a', { fault: 'reset' }], all],
    ['is cut', ['a', { fault: 'cut' }], all],
    ['is refused', { status: 503, steps: [{ raw: '{"error":"busy"}' }] }, all],
    [
      'is refused, with a body that breaks',
      { status: 503, steps: [{ raw: '{' }, { fault: 'reset' }] },
      all,
    ],
  ])('waits for no turn once a response is over that %s', async (_, script, use) => {
    const ollama = await start(script);
    await listen(use(ask(ollama)));
    // A body that stays open is given 100 ms. If the mark is never taken back, this ends with the test's time.
    while (await waitsForTurn()) await turn();
    expect(await waitsForTurn()).toBe(false);
  });
});
