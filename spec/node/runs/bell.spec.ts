import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { createBell } from '../../../lib/node/runs/bell.js';

describe('a bell', () => {
  it('leaves nothing at a signal that lives longer', async () => {
    const bell = createBell();
    const { signal } = new AbortController();
    const rung = bell.wait(signal);
    bell.ring();
    await rung;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('is not waited for once the signal has aborted', async () => {
    const bell = createBell();
    const controller = new AbortController();
    const waiting = bell.wait(controller.signal);
    controller.abort();
    await waiting;
    await bell.wait(controller.signal);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });
});
