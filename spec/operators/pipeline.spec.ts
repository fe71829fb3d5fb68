import { describe, it } from '@jest/globals';
import { share } from 'rxjs';
import {
  accumulateMessage,
  bufferForUi,
  fromOllamaChat,
  splitThinking,
  type AssistantMessage,
  type PhasedChunk,
} from '../../lib/index.js';
import { chunk, scriptedClient } from '../../lib/testing/index.js';
import { diagram } from '../support/diagram.js';

const { answer, done, thinking } = chunk;

const wire = {
  a: answer('<thi'),
  b: answer('nk>Hm'),
  c: answer('.</think>'),
  d: answer('Hel'),
  e: answer('lo'),
  f: answer('!'),
  g: done(),
};
const parts: Record<string, PhasedChunk & { merged?: number }> = {
  h: { ...thinking('Hm'), phase: 'thinking', merged: 2 },
  p: { ...thinking('.'), phase: 'thinking' },
  d: { ...answer('Hel'), phase: 'answer' },
  e: { ...answer('lo'), phase: 'answer' },
  f: { ...answer('!'), phase: 'answer' },
  g: { ...done(), phase: 'done' },
};
const merged: Record<string, PhasedChunk & { merged?: number }> = {
  T: { ...thinking('Hm.'), phase: 'thinking', merged: 3 },
  A: { ...answer('Hello'), phase: 'answer', merged: 2 },
  f: { ...answer('!'), phase: 'answer' },
  g: { ...done(), phase: 'done' },
};
const messages: Record<string, AssistantMessage> = {
  t: { role: 'assistant', content: '', thinking: 'Hm.' },
  u: { role: 'assistant', content: 'Hello', thinking: 'Hm.' },
  v: { role: 'assistant', content: 'Hello!', thinking: 'Hm.' },
};

describe('the chunks of a chat', () => {
  // prettier-ignore
  it('pass splitThinking, bufferForUi and accumulateMessage', diagram('fromOllamaChat-pipeline', (m) => {
    const model = m.cold('-ab-c---de--f---(g|)', wire);
    const split = '       --h-p---de--f---(g|)';
    const buffered = '    -----T-----A---f(g|)';
    const message = '     -----t-----u---v(v|)';

    const chat$ = fromOllamaChat({ model: 'qwen3' }, { client: scriptedClient(model) });
    const split$ = chat$.pipe(splitThinking(), share());
    const buffered$ = split$.pipe(bufferForUi({ every: 30 }), share());
    m.expect(split$).toBeObservable(split, parts);
    m.expect(buffered$).toBeObservable(buffered, merged);
    m.expect(buffered$.pipe(accumulateMessage())).toBeObservable(message, messages);
    m.expect(model).toHaveSubscriptions('^---------------!');
    return {
      inputs: { model },
      call: 'splitThinking()',
      results: { split },
      then: [
        { call: 'bufferForUi({ every: 30 })', results: { buffered } },
        { call: 'accumulateMessage()', results: { message } },
      ],
    };
  }));
});
