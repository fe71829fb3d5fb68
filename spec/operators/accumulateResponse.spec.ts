import { describe, expect, it } from '@jest/globals';
import { lastValueFrom } from 'rxjs';
import { accumulateResponse } from '../../lib/operators/accumulateResponse.js';
import { fromOllamaChat } from '../../lib/sources/fromOllamaChat.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChunkStep } from '../../lib/testing/node/index.js';
import type { ChatChunk, ChunkMarks } from '../../lib/types/index.js';
import { describeOperatorContract } from '../support/contract.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';
import { CHAT, start } from '../testing/node/support.js';

const { answer, done, toolCall } = chunk;

describeOperatorContract({ name: 'accumulateResponse', operator: () => accumulateResponse() });

const message = { role: 'assistant', content: 'Hello' };

const chunks: Readonly<Record<string, ChatChunk & ChunkMarks>> = {
  a: answer('Hel'),
  b: answer('lo'),
  r: { ...answer('Hi'), phase: 'answer', reclassify: true, merged: 2 },
  n: { ...answer('Hi'), reset: true },
  d: done(),
};

const responses: Readonly<Record<string, ChatChunk>> = {
  x: answer('Hel'),
  y: answer('Hello'),
  z: { ...done(), message },
  r: { ...answer(''), message: { role: 'assistant', content: 'Hi', thinking: 'Hello' } },
  n: answer('Hi'),
};

describe('accumulateResponse', () => {
  // prettier-ignore
  it('emits the response so far with each chunk', diagram('accumulateResponse', (m) => {
    const source = m.cold('  --a---b---(d|)', chunks);
    const expected = '       --x---y---(z|)';
    const subs = '           ^---------!';
    m.expect(source.pipe(accumulateResponse())).toBeObservable(expected, responses);
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'accumulateResponse()', results: { result: expected } };
  }));

  // prettier-ignore
  it('makes the answer so far thinking when a chunk says so', marbles((m) => {
    const source = m.cold('  -a-b-r-|', chunks);
    const expected = '       -x-y-r-|';
    m.expect(source.pipe(accumulateResponse())).toBeObservable(expected, responses);
  }));

  // prettier-ignore
  it('starts over when a chunk says so', marbles((m) => {
    const source = m.cold('  -a-b-n-|', chunks);
    const expected = '       -x-y-n-|';
    m.expect(source.pipe(accumulateResponse())).toBeObservable(expected, responses);
  }));

  // prettier-ignore
  it('ends as the source does, in the same frame', marbles((m) => {
    const failing = m.cold(' -a-b-#', chunks);
    const expected = '       -x-y-#';
    m.expect(failing.pipe(accumulateResponse())).toBeObservable(expected, responses);
    const empty = m.cold<ChatChunk>('---|');
    m.expect(empty.pipe(accumulateResponse())).toBeObservable('---|');
  }));

  // prettier-ignore
  it('lets go of the source in the frame the consumer leaves', marbles((m) => {
    const source = m.cold('  -a-b-a-b-', chunks);
    const unsub = '          ----!';
    const expected = '       -x-y';
    const subs = '           ^---!';
    m.expect(source.pipe(accumulateResponse()), unsub).toBeObservable(expected, responses);
    m.expect(source).toHaveSubscriptions(subs);
  }));

  // prettier-ignore
  it('emits every snapshot of a synchronous source', marbles((m) => {
    const source = m.cold('  (abd|)', chunks);
    const expected = '       (xyz|)';
    m.expect(source.pipe(accumulateResponse())).toBeObservable(expected, responses);
  }));

  // prettier-ignore
  it('keeps what a subtype of the chunk has more', marbles((m) => {
    const context = [1, 2, 3];
    const source = m.cold('  -a-(c|)', { a: answer('Hello'), c: { ...done(), context } });
    const expected = '       -y-(c|)';
    m.expect(source.pipe(accumulateResponse())).toBeObservable(expected, {
      y: answer('Hello'),
      c: { ...done(), message, context },
    });
  }));
});

describe('the last response', () => {
  it('is what the server gives when it does not stream', async () => {
    const { created_at } = answer('');
    const logprobs = ['17 ', '× 23'].map((token) => ({ token, logprob: -0.5, bytes: [49] }));
    const steps: ChunkStep[] = [
      { thinking: 'Let me ' },
      { thinking: 'see.' },
      { content: '17 ', logprobs: logprobs.slice(0, 1) },
      { content: '× 23', logprobs: logprobs.slice(1) },
      toolCall('multiply', { a: 17, b: 23 }, 'call_k3v9x2pq'),
      toolCall('multiply', { a: 391, b: 1 }, 'call_p7m2c8aa'),
      done(),
    ];
    const ollama = await start(steps.map((step) => ({ ...step, created_at })));
    const ask = (stream: boolean) => {
      const chat$ = fromOllamaChat({ ...CHAT, stream }, { host: ollama.url });
      return lastValueFrom(chat$.pipe(accumulateResponse()));
    };
    const streamed = await ask(true);
    expect(streamed).toStrictEqual(await ask(false));
    expect(streamed).toMatchObject({
      ...done(),
      logprobs,
      message: { content: '17 × 23', thinking: 'Let me see.', tool_calls: { length: 2 } },
    });
    expect(ollama.requests.map(({ body }) => body.stream)).toEqual([true, false]);
  });
});
