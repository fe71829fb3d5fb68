import { describe, expect, it } from '@jest/globals';
import { answer, delta, done, textOf, thinking, toolCall } from './chunks.js';

describe('textOf', () => {
  it('tells thinking from answer', () => {
    const chunks = [thinking('h'), delta({ thinking: 'm', content: '3' }), answer('91'), done()];
    expect(textOf(chunks)).toEqual({ thinking: 'hm', answer: '391' });
  });

  it('takes the answer so far for thinking when a chunk says so', () => {
    const chunks = [answer('hm'), { ...answer('391'), reclassify: true as const }];
    expect(textOf(chunks)).toEqual({ thinking: 'hm', answer: '391' });
  });
});

describe('the chunk builders', () => {
  it('write what the server writes', () => {
    const lines = [toolCall('add', { a: 1 }, { id: 'call_k3v9x2pq', index: 0 }), done({})];
    expect(lines.map((chunk) => JSON.stringify(chunk))).toEqual([
      '{"model":"qwen3:4b","created_at":"2026-01-01T00:00:00.000000000Z","message":{"role":"assistant","content":"","tool_calls":[{"id":"call_k3v9x2pq","function":{"index":0,"name":"add","arguments":{"a":1}}}]},"done":false}',
      '{"model":"qwen3:4b","created_at":"2026-01-01T00:00:00.000000000Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"}',
    ]);
  });
});
