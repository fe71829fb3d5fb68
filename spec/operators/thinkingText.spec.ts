import { describe, it } from '@jest/globals';
import { splitThinking } from '../../lib/operators/splitThinking.js';
import { thinkingText } from '../../lib/operators/thinkingText.js';
import { chunk, marbleChat } from '../../lib/testing/index.js';
import { describeOperatorContract } from '../support/contract.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';

describeOperatorContract({ name: 'thinkingText', operator: () => thinkingText() });

const { done, thinking } = chunk;

const finalWith = (text: string) => ({ ...done(), message: thinking(text).message });
const texts = { x: 'Let me ', y: 'see.' };

describe('thinkingText', () => {
  // prettier-ignore
  it('emits the thinking as it comes, and nothing else', diagram('thinkingText', (m) => {
    const source = m.cold(...marbleChat('--t-e-u---a-x-(d|)'));
    const expected = '                   --x---y-------(|)';
    const subs = '                       ^-------------!';
    m.expect(source.pipe(thinkingText())).toBeObservable(expected, texts);
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'thinkingText()', results: { result: expected } };
  }));

  // prettier-ignore
  it('takes its part of a chunk about several things, and of the final one', marbles((m) => {
    const source = m.cold(...marbleChat('-m-(d|)', { d: finalWith('Let me ') }));
    const expected = '                   -y-(x|)';
    m.expect(source.pipe(thinkingText())).toBeObservable(expected, texts);
  }));

  // prettier-ignore
  it('ends as the source does, and lets go when the consumer leaves', marbles((m) => {
    const [marbles, chunks, error] = marbleChat('-t-#');
    const failing = m.cold(marbles, chunks, error);
    m.expect(failing.pipe(thinkingText())).toBeObservable('-x-#', texts, error);
    m.expect(m.cold('--|').pipe(thinkingText())).toBeObservable('--|');
    const left = m.cold(...marbleChat('-t-u-|'));
    const unsub = '                    --!   ';
    const shown = '                    -x-   ';
    const subs = '                     ^-!   ';
    m.expect(left.pipe(thinkingText()), unsub).toBeObservable(shown, texts);
    m.expect(left).toHaveSubscriptions(subs);
  }));

  // prettier-ignore
  it('finds what splitThinking takes for thinking', marbles((m) => {
    const source = m.cold(...marbleChat('-o-p-q-r-a-b-(d|)'));
    const expected = '                   ---x-y-------(|)';
    m.expect(source.pipe(splitThinking(), thinkingText())).toBeObservable(expected, texts);
  }));
});
