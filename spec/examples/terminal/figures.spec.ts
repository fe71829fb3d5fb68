import { describe, expect, it } from '@jest/globals';
import { createGauge, summarize } from '../../../examples/terminal/figures.js';
import type { IdentifiedToolCall } from '../../../lib/index.js';

const FIGURES = {
  phase: 'thinking',
  firstChunkMs: 10,
  tokens: 5,
  tokensPerSecond: 49.6,
  exact: false,
  totalMs: 100,
} as const;
const CALL: IdentifiedToolCall = { id: '1', function: { name: 'calculate', arguments: {} } };

describe('a gauge', () => {
  it('says what goes on at the moment', () => {
    const gauge = createGauge();
    const states = [gauge.status()];
    const after = (change: () => void) => {
      change();
      states.push(gauge.status());
    };
    after(() => {
      gauge.tick();
    });
    after(() => {
      gauge.add(FIGURES);
    });
    after(() => {
      gauge.follow({ type: 'tool-start', step: 1, call: CALL });
    });
    after(() => {
      gauge.follow({ type: 'tool-result', step: 1, call: CALL, result: 4, text: '4' });
    });
    after(() => {
      gauge.follow({
        type: 'step-finish',
        step: 1,
        reason: 'stop',
        message: { role: 'assistant', content: '' },
        results: [],
        statistics: {},
      });
    });
    expect(states.map((state) => state.replace(' · Ctrl-C stops', ''))).toEqual([
      'waiting',
      'waiting · 1 s',
      'thinking · 50 tokens/s',
      'running calculate',
      'thinking · 50 tokens/s',
      'waiting',
    ]);
    // In a terminal of 40 columns, also the hint is legible.
    for (const state of states) expect(state.length).toBeLessThan(40);
  });
});

describe('the summary', () => {
  it('has what the server measured', () => {
    const statistics = {
      load_duration: 2.5e9,
      prompt_eval_count: 30,
      prompt_eval_duration: 20e6,
      eval_count: 100,
      eval_duration: 2e9,
    };
    expect(summarize(statistics)).toBe(
      'load 2.5 s · prompt 30 tokens in 20 ms\ngeneration 100 tokens in 2.0 s · 50.0 tokens/s',
    );
  });

  it('leaves out what a model in the cloud does not tell', () => {
    expect(summarize({ prompt_eval_count: 30, eval_count: 100 })).toBe(
      'prompt 30 tokens\ngeneration 100 tokens',
    );
  });
});
