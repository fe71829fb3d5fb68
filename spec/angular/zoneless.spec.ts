import { provideZonelessChangeDetection } from '@angular/core';
import { describe, expect, it } from '@jest/globals';
import { injectOllama } from '../../lib/angular/index.js';
import { ask } from './support.js';
import { countTicks, showConversation, showResource, showSource } from './ticks.js';

describe('the change detections of 1,000 chunks in a zoneless app', () => {
  it.each<[string, () => () => string, number, number]>([
    ['chatResource', showResource, 10, 130],
    ['injectConversation', showConversation, 10, 130],
    // What the others are measured against.
    [
      'injectOllama without a buffer',
      () => showSource(injectOllama().chat(ask('Hi'))),
      900,
      Infinity,
    ],
  ])('with %s', async (_, show, least, most) => {
    const { ticks, frames } = await countTicks(show, provideZonelessChangeDetection());
    expect(ticks).toBeGreaterThanOrEqual(least);
    expect(ticks).toBeLessThanOrEqual(Math.max(most, frames + 5));
  });
});
