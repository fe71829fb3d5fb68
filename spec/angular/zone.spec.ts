import 'zone.js';
import { provideZoneChangeDetection } from '@angular/core';
import { describe, expect, it } from '@jest/globals';
import { injectOllama } from '../../lib/angular/index.js';
import { bufferForUi } from '../../lib/operators/bufferForUi.js';
import { fromOllamaChat } from '../../lib/sources/fromOllamaChat.js';
import { ask } from './support.js';
import { client, countTicks, showConversation, showResource, showSource } from './ticks.js';

const ownChat = () => fromOllamaChat({ model: 'qwen3', ...ask('Hi') }, { client });

describe('the change detections of 1,000 chunks in an app with zone.js', () => {
  it.each<[string, () => () => string, number, number]>([
    ['chatResource', showResource, 10, 250],
    ['injectConversation', showConversation, 10, 250],
    [
      'injectOllama with bufferForUi',
      () => showSource(injectOllama().chat(ask('Hi')).pipe(bufferForUi())),
      10,
      250,
    ],
    // What the others are measured against.
    [
      'fromOllamaChat with bufferForUi',
      () => showSource(ownChat().pipe(bufferForUi())),
      900,
      Infinity,
    ],
    ['fromOllamaChat', () => showSource(ownChat()), 900, Infinity],
  ])('with %s', async (_, show, least, most) => {
    const { ticks, frames } = await countTicks(show, provideZoneChangeDetection());
    expect(ticks).toBeGreaterThanOrEqual(least);
    expect(ticks).toBeLessThanOrEqual(Math.max(most, frames + 5));
  });
});
