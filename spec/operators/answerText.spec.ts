import { describe, it } from '@jest/globals';
import { answerText } from '../../lib/operators/answerText.js';
import { splitThinking } from '../../lib/operators/splitThinking.js';
import { chunk, marbleChat } from '../../lib/testing/index.js';
import { describeOperatorContract } from '../support/contract.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';

describeOperatorContract({ name: 'answerText', operator: () => answerText() });

const { answer, done } = chunk;

const finalWith = (content: string) => ({ ...done(), message: answer(content).message });
const texts = { x: 'Hel', y: 'lo' };

describe('answerText', () => {
  // prettier-ignore
  it('emits the text of the answer as it comes, and nothing else', diagram('answerText', (m) => {
    const source = m.cold(...marbleChat('--t---a-e-b---x-(d|)'));
    const expected = '                   ------x---y-----(|)';
    const subs = '                       ^---------------!';
    m.expect(source.pipe(answerText())).toBeObservable(expected, texts);
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'answerText()', results: { result: expected } };
  }));

  // prettier-ignore
  it('takes its part of a chunk about several things, and of the final one', marbles((m) => {
    const source = m.cold(...marbleChat('-m-(d|)', { d: finalWith('lo') }));
    const expected = '                   -x-(y|)';
    m.expect(source.pipe(answerText())).toBeObservable(expected, texts);
  }));

  // prettier-ignore
  it('holds half of a character until the next text of the answer, or the end', marbles((m) => {
    const [high = '', low = ''] = '😀'.split('');
    const chunks = { a: answer(`Hel${high}`), l: answer(low), t: chunk.thinking('hm'), h: answer(high), d: done() };
    const values = { ...texts, x: 'Hel', z: '😀', h: high };
    m.expect(m.cold('-a-t-l-d|', chunks).pipe(answerText())).toBeObservable('-x---z--|', values);
    m.expect(m.cold('-h-d|', chunks).pipe(answerText())).toBeObservable('   ---h|', values);
    m.expect(m.cold('-h-|', chunks).pipe(answerText())).toBeObservable('    ---(h|)', values);
    m.expect(m.cold('-h-#', chunks).pipe(answerText())).toBeObservable('    ---(h#)', values);
  }));

  // prettier-ignore
  it('ends as the source does, and lets go when the consumer leaves', marbles((m) => {
    const [marbles, chunks, error] = marbleChat('-a-#');
    const failing = m.cold(marbles, chunks, error);
    m.expect(failing.pipe(answerText())).toBeObservable('-x-#', texts, error);
    m.expect(m.cold('--|').pipe(answerText())).toBeObservable('--|');
    const left = m.cold(...marbleChat('-a-b-|'));
    const unsub = '                    --!   ';
    const shown = '                    -x-   ';
    const subs = '                     ^-!   ';
    m.expect(left.pipe(answerText()), unsub).toBeObservable(shown, texts);
    m.expect(left).toHaveSubscriptions(subs);
  }));

  // prettier-ignore
  it('leaves out what splitThinking takes for thinking', marbles((m) => {
    const source = m.cold(...marbleChat('-o-p-q-r-a-b-(d|)'));
    const expected = '                   ---------x-y-(|)';
    m.expect(source.pipe(splitThinking(), answerText())).toBeObservable(expected, texts);
  }));
});
