import { describe, expect, it } from '@jest/globals';
import { startEnding, waitForConnection } from '../../lib/transport/connection';
import { nextTurn } from '../../lib/transport/nextTurn';

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
});
