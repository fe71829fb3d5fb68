import { describe, it } from '@jest/globals';
import { answerText } from '../../lib/operators/answerText.js';
import { splitThinking } from '../../lib/operators/splitThinking.js';
import { chunk } from '../../lib/testing/index.js';
import { delta } from '../support/chunks.js';
import { describeOperatorContract } from '../support/contract.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';

const { answer, done, thinking, toolCall } = chunk;

describeOperatorContract({ name: 'answerText', operator: () => answerText() });

const chunks = {
  t: thinking('Hm'),
  a: answer('Hel'),
  b: answer('lo'),
  e: answer(''),
  m: delta({ thinking: 'Hm', content: 'Hel' }),
  k: toolCall('add'),
  d: done(),
};
const texts = { x: 'Hel', y: 'lo' };

describe('answerText', () => {
  // prettier-ignore
  it('emits the text of the answer as it comes, and nothing else', diagram('answerText', (m) => {
    const source = m.cold('  --t---a-e-b---k-(d|)', chunks);
    const expected = '       ------x---y-----(|)';
    const subs = '           ^---------------!';
    m.expect(source.pipe(answerText())).toBeObservable(expected, texts);
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'answerText()', results: { result: expected } };
  }));

  // prettier-ignore
  it('takes its part of a chunk about several things, and of the final one', marbles((m) => {
    const final = { ...done(), message: { role: 'assistant', content: 'lo' } };
    const source = m.cold('  -m-(d|)', { ...chunks, d: final });
    const expected = '       -x-(y|)';
    m.expect(source.pipe(answerText())).toBeObservable(expected, texts);
  }));

  // prettier-ignore
  it('ends as the source does, and lets go when the consumer leaves', marbles((m) => {
    const failing = m.cold(' -a-#', chunks);
    const expected = '       -x-#';
    m.expect(failing.pipe(answerText())).toBeObservable(expected, texts);
    m.expect(m.cold('--|').pipe(answerText())).toBeObservable('--|');
    const left = m.cold('    -a-b-|', chunks);
    const unsub = '          --!   ';
    const shown = '          -x-   ';
    const subs = '           ^-!   ';
    m.expect(left.pipe(answerText()), unsub).toBeObservable(shown, texts);
    m.expect(left).toHaveSubscriptions(subs);
  }));

  // prettier-ignore
  it('leaves out what splitThinking takes for thinking', marbles((m) => {
    const source = m.cold('  -a---b-(d|)', { a: answer('<think>Hm</think>Hel'), b: answer('lo'), d: done() });
    const expected = '       -x---y-(|)';
    m.expect(source.pipe(splitThinking(), answerText())).toBeObservable(expected, texts);
  }));
});
