import { describe, it } from '@jest/globals';
import { splitThinking } from '../../lib/operators/splitThinking.js';
import { thinkingText } from '../../lib/operators/thinkingText.js';
import { chunk } from '../../lib/testing/index.js';
import { delta } from '../support/chunks.js';
import { describeOperatorContract } from '../support/contract.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';

const { answer, done, thinking, toolCall } = chunk;

describeOperatorContract({ name: 'thinkingText', operator: () => thinkingText() });

const chunks = {
  s: thinking('Hm'),
  t: thinking('…'),
  e: thinking(''),
  m: delta({ thinking: '…', content: 'Hi' }),
  a: answer('Hi'),
  k: toolCall('add'),
  d: done(),
};
const texts = { x: 'Hm', y: '…' };

describe('thinkingText', () => {
  // prettier-ignore
  it('emits the thinking as it comes, and nothing else', diagram('thinkingText', (m) => {
    const source = m.cold('  --s-e-t---a-k-(d|)', chunks);
    const expected = '       --x---y-------(|)';
    const subs = '           ^-------------!';
    m.expect(source.pipe(thinkingText())).toBeObservable(expected, texts);
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'thinkingText()', results: { result: expected } };
  }));

  // prettier-ignore
  it('takes its part of a chunk about several things, and of the final one', marbles((m) => {
    const final = { ...done(), message: { role: 'assistant', content: 'Hi', thinking: 'Hm' } };
    const source = m.cold('  -m-(d|)', { ...chunks, d: final });
    const expected = '       -y-(x|)';
    m.expect(source.pipe(thinkingText())).toBeObservable(expected, texts);
  }));

  // prettier-ignore
  it('ends as the source does, and lets go when the consumer leaves', marbles((m) => {
    const failing = m.cold(' -s-#', chunks);
    const expected = '       -x-#';
    m.expect(failing.pipe(thinkingText())).toBeObservable(expected, texts);
    m.expect(m.cold('--|').pipe(thinkingText())).toBeObservable('--|');
    const left = m.cold('    -s-t-|', chunks);
    const unsub = '          --!   ';
    const shown = '          -x-   ';
    const subs = '           ^-!   ';
    m.expect(left.pipe(thinkingText()), unsub).toBeObservable(shown, texts);
    m.expect(left).toHaveSubscriptions(subs);
  }));

  // prettier-ignore
  it('finds what splitThinking takes for thinking', marbles((m) => {
    const source = m.cold('  -a-b-(d|)', { a: answer('<think>Hm'), b: answer('…</think>Hi'), d: done() });
    const expected = '       -x-y-(|)';
    m.expect(source.pipe(splitThinking(), thinkingText())).toBeObservable(expected, texts);
  }));
});
