import { describe, expect, it } from '@jest/globals';
import { Ollama, type ChatResponse } from 'ollama';
import { of, throwError, type Observable } from 'rxjs';
import {
  OllamaConnectionError,
  OllamaHttpError,
  OllamaProtocolError,
  OllamaStreamError,
  OllamaTimeoutError,
  OllamaTruncatedError,
  OllamaValidationError,
} from '../../lib/errors.js';
import { ollama, pipeToResponse } from '../../lib/node/index.js';
import { fromOllamaChat } from '../../lib/sources/fromOllamaChat.js';
import { chunk } from '../../lib/testing/index.js';
import type { Streamed } from '../../lib/tools/events.js';
import type { ChatChunk } from '../../lib/types/index.js';
import { runChunks } from '../../lib/tools/runChunks.js';
import { REQUEST, forbidConsole, listen } from '../sources/support.js';
import { textOf } from '../support/chunks.js';
import { failing, paying, secretError, twoTools } from './runs.js';
import { serve } from './support.js';

forbidConsole();

const { answer, done, thinking, toolCall } = chunk;

const gateway = (source$: Observable<Streamed>): Promise<string> =>
  serve((_, response) => {
    void pipeToResponse(source$, response, { format: ollama() });
  });

interface Read {
  readonly chunks: readonly ChatChunk[];
  readonly error: unknown;
}

/** Each client of Ollama, and what it reads. */
const CLIENTS: readonly (readonly [string, (host: string) => Promise<Read>])[] = [
  [
    'fromOllamaChat',
    async (host) => {
      const { values, error } = await listen(fromOllamaChat(REQUEST, { host }));
      return { chunks: values, error };
    },
  ],
  [
    'the official client',
    async (host) => {
      const chunks: ChatResponse[] = [];
      try {
        const stream = await new Ollama({ host }).chat({
          model: 'qwen3',
          messages: [{ role: 'user', content: 'Hi' }],
          stream: true,
        });
        for await (const each of stream) chunks.push(each);
        return { chunks: chunks as never, error: undefined };
      } catch (error) {
        return { chunks: chunks as never, error };
      }
    },
  ],
];

describe.each(CLIENTS)('a gateway that looks like Ollama, read by %s', (name, read) => {
  it('passes a chat through as it is', async () => {
    const chat = [thinking('Hm.'), answer('Hello'), toolCall('add', { x: 1 }, 'a'), done()];
    const { chunks, error } = await read(await gateway(of(...chat)));
    expect(error).toBeUndefined();
    expect(chunks).toEqual(chat);
  });

  it('is one message of a run, without the calls that it made', async () => {
    const { chunks, error } = await read(await gateway(twoTools()));
    expect(error).toBeUndefined();
    expect(textOf(chunks)).toEqual({ thinking: 'Hm, 17.', answer: 'Let me see.It is 40.' });
    expect(chunks.flatMap(({ message }) => message.tool_calls ?? [])).toEqual([]);
    expect(chunks.filter((each) => each.done)).toHaveLength(1);
    expect(chunks.at(-1)).toMatchObject({ done_reason: 'stop', eval_count: 200 });
  });

  it('is one message of several', async () => {
    const { chunks } = await read(await gateway(twoTools().pipe(runChunks())));
    expect(textOf(chunks).answer).toBe('Let me see.It is 40.');
    expect(chunks.filter((each) => each.done)).toHaveLength(1);
  });

  it.each([
    ['a text', { content: 'b' }],
    ['thinking', { thinking: 'b' }],
    ['a call', { tool_calls: [{ function: { name: 'add', arguments: {} } }] }],
    ['nothing', {}],
  ])('keeps what a final chunk has before another message: %s', async (what, message) => {
    const final = { ...done(), message: { ...done().message, ...message } };
    const { chunks } = await read(await gateway(of(answer('a'), final, answer('c'), done())));
    expect(chunks.map(({ done: isFinal }) => isFinal)).toEqual(
      what === 'nothing' ? [false, false, true] : [false, false, false, true],
    );
    if (what !== 'nothing') expect(chunks[1]?.message).toMatchObject(message);
    for (const field of ['done_reason', 'eval_count']) expect(chunks[1]).not.toHaveProperty(field);
  });

  it('has the calls that wait for a decision on its final chunk', async () => {
    const { chunks } = await read(await gateway(paying({ approve: () => 'suspend' })));
    expect(chunks.at(-1)).toMatchObject({
      done_reason: 'approval',
      message: { tool_calls: [{ id: 'call_p' }] },
    });
  });

  it('says that an answer was stopped', async () => {
    const { chunks, error } = await read(await gateway(of(answer('Hel'))));
    expect(error).toBeUndefined();
    expect(chunks.at(-1)).toMatchObject({
      done: true,
      done_reason: 'cancelled',
      model: 'test',
      message: { role: 'assistant', content: '' },
    });
  });

  it('has a final chunk, and a date, of a source without any chunk', async () => {
    const { chunks } = await read(await gateway(of()));
    expect(chunks).toMatchObject([{ model: '', message: { role: 'assistant', content: '' } }]);
    expect(Date.parse(String(chunks[0]?.created_at))).toBeGreaterThan(0);
  });

  it('sends an error in mid-stream as a line', async () => {
    const { chunks, error } = await read(await gateway(failing(secretError())));
    expect(textOf(chunks)).toEqual({ thinking: 'Hm.', answer: 'Hel' });
    expect((error as Error).message).toBe('The answer could not be completed.');
  });

  it.each<[string, Error, number]>([
    ['a model that is not there', new OllamaHttpError('no /etc/models', 404), 404],
    ['a server that is busy', new OllamaHttpError('busy', 503), 503],
    ['too many requests', new OllamaHttpError('busy', 429), 429],
    ['a request that is wrong', new OllamaHttpError('bad', 400), 400],
    ['a server that wants a key', new OllamaHttpError('unauthorized', 401), 502],
    ['a server that is away', new OllamaConnectionError('refused'), 502],
    ['an answer that is an error', new OllamaStreamError('no /etc/models'), 502],
    ['an answer that is none', new OllamaProtocolError('no /etc/models', ''), 502],
    ['an answer that is empty', new OllamaTruncatedError('no /etc/models'), 502],
    ['a server that is slow', new OllamaTimeoutError('slow', 'firstChunk'), 504],
    [
      'an error that only looks like one of these',
      Object.assign(secretError(), { code: 'connection' }),
      500,
    ],
    ['an answer that is not as it should be', new OllamaValidationError('no /etc/models', []), 500],
    ['anything else', secretError(), 500],
  ])('answers %s with a status', async (_, failure, status) => {
    const { chunks, error } = await read(await gateway(throwError(() => failure)));
    expect(chunks).toEqual([]);
    expect(error).toMatchObject(name === 'fromOllamaChat' ? { status } : { status_code: status });
    expect((error as Error).message).toContain('The answer could not be completed.');
    expect((error as Error).message).not.toContain('/etc/models');
  });
});
