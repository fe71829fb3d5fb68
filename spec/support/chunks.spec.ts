import { describe, expect, it } from '@jest/globals';
import { chunk } from '../../lib/testing/index.js';
import { delta, final, textOf } from './chunks.js';

const { answer, done, thinking } = chunk;

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

describe('final', () => {
  it('writes the fields of the wire that are given, and no other', () => {
    expect(JSON.stringify(final({ eval_count: 3 }))).toBe(
      '{"model":"test","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","eval_count":3}',
    );
  });
});
