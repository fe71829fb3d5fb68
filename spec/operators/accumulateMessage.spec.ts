import { describe, it } from '@jest/globals';
import { distinctUntilChanged } from 'rxjs';
import { accumulateMessage } from '../../lib/operators/accumulateMessage.js';
import { chunk } from '../../lib/testing/index.js';
import type { AssistantMessage, ChatChunk, ChunkMarks } from '../../lib/types/index.js';
import { describeOperatorContract } from '../support/contract.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';

const { answer, done, thinking, toolCall } = chunk;

describeOperatorContract({ name: 'accumulateMessage', operator: () => accumulateMessage() });

const chunks: Readonly<Record<string, ChatChunk & ChunkMarks>> = {
  t: thinking('Hm'),
  a: answer('Hel'),
  b: answer('lo'),
  k: toolCall('add', { a: 1 }),
  r: { ...answer('Hi'), reclassify: true },
  n: { ...answer('Hi'), reset: true },
  d: done(),
};

const role = 'assistant';
const tool_calls = toolCall('add', { a: 1 }).message.tool_calls ?? [];
const messages: Readonly<Record<string, AssistantMessage>> = {
  t: { role, content: '', thinking: 'Hm' },
  x: { role, content: 'Hel' },
  y: { role, content: 'Hello' },
  z: { role, content: 'Hello', tool_calls },
  m: { role, content: 'Hel', thinking: 'Hm' },
  r: { role, content: 'Hi', thinking: 'Hello' },
  n: { role, content: 'Hi' },
};

describe('accumulateMessage', () => {
  // prettier-ignore
  it('emits the message so far with each chunk', diagram('accumulateMessage', (m) => {
    const source = m.cold('  --a---b---(d|)', chunks);
    const expected = '       --x---y---(y|)';
    const subs = '           ^---------!';
    m.expect(source.pipe(accumulateMessage())).toBeObservable(expected, messages);
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'accumulateMessage()', results: { result: expected } };
  }));

  // prettier-ignore
  it('has thinking and calls as soon as there are some', marbles((m) => {
    const source = m.cold('  -t-a-|', chunks);
    const expected = '       -t-m-|';
    m.expect(source.pipe(accumulateMessage())).toBeObservable(expected, messages);
    const calling = m.cold(' -a-b-k-(d|)', chunks);
    const expectedCalls = '  -x-y-z-(z|)';
    m.expect(calling.pipe(accumulateMessage())).toBeObservable(expectedCalls, messages);
  }));

  // prettier-ignore
  it('emits the same object again when a chunk adds nothing', marbles((m) => {
    const source = m.cold('  -a-b-(d|)', chunks);
    const expected = '       -x-y-|   ';
    const result = source.pipe(accumulateMessage(), distinctUntilChanged());
    m.expect(result).toBeObservable(expected, messages);
  }));

  // prettier-ignore
  it('makes the answer so far thinking at a chunk with reclassify', diagram('accumulateMessage-reclassify', (m) => {
    const source = m.cold('  -a-b-r-(d|)', chunks);
    const expected = '       -x-y-r-(r|)';
    const subs = '           ^------!';
    m.expect(source.pipe(accumulateMessage())).toBeObservable(expected, messages);
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'accumulateMessage()', results: { result: expected } };
  }));

  // prettier-ignore
  it('starts over at a chunk with reset', diagram('accumulateMessage-reset', (m) => {
    const source = m.cold('  -t-a-n-(d|)', chunks);
    const expected = '       -t-m-n-(n|)';
    const subs = '           ^------!';
    m.expect(source.pipe(accumulateMessage())).toBeObservable(expected, messages);
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'accumulateMessage()', results: { result: expected } };
  }));

  // prettier-ignore
  it('starts over after a final chunk, as a run of tools has several', marbles((m) => {
    const source = m.cold('  -t-a-d-a-b-(d|)', chunks);
    const expected = '       -t-m-m-x-y-(y|)';
    m.expect(source.pipe(accumulateMessage())).toBeObservable(expected, messages);
  }));

  // prettier-ignore
  it('shows half of a character with its other half, or at the end', marbles((m) => {
    const [high = '', low = ''] = '😀'.split('');
    const halves = { ...chunks, h: answer(high), l: answer(low) };
    const values: Readonly<Record<string, AssistantMessage>> = { x: { role, content: 'Hel' }, y: { role, content: 'Hel😀' }, z: { role, content: `Hel${high}` } };
    m.expect(m.cold('-a-h-l-|', halves).pipe(accumulateMessage())).toBeObservable('-x-x-y-|', values);
    m.expect(m.cold('-a-h-(d|)', halves).pipe(accumulateMessage())).toBeObservable('-x-x-(z|)', values);
    m.expect(m.cold('-a-h-|', halves).pipe(accumulateMessage())).toBeObservable('-x-x-(z|)', values);
    m.expect(m.cold('-a-h-#', halves).pipe(accumulateMessage())).toBeObservable('-x-x-(z#)', values);
  }));

  // prettier-ignore
  it('ends as the source does, in the same frame', marbles((m) => {
    const failing = m.cold(' -a-b-#', chunks);
    const expected = '       -x-y-#';
    m.expect(failing.pipe(accumulateMessage())).toBeObservable(expected, messages);
    const empty = m.cold<ChatChunk>('---|');
    m.expect(empty.pipe(accumulateMessage())).toBeObservable('---|');
  }));

  // prettier-ignore
  it('unsubscribes from the source in the frame in which the consumer does', marbles((m) => {
    const source = m.cold('  -a-b-a-b-', chunks);
    const unsub = '          ----!';
    const expected = '       -x-y';
    const subs = '           ^---!';
    m.expect(source.pipe(accumulateMessage()), unsub).toBeObservable(expected, messages);
    m.expect(source).toHaveSubscriptions(subs);
  }));

  // prettier-ignore
  it('emits every snapshot of a synchronous source', marbles((m) => {
    const source = m.cold('  (abkd|)', chunks);
    const expected = '       (xyzz|)';
    m.expect(source.pipe(accumulateMessage())).toBeObservable(expected, messages);
  }));
});
