import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ollama as NodeOllama } from 'ollama';
import { connect, forkJoin, last, lastValueFrom, toArray, type Observable } from 'rxjs';
import { OllamaStreamError, OllamaTruncatedError } from '../../lib/errors.js';
import { accumulateMessage } from '../../lib/operators/accumulateMessage.js';
import { accumulateResponse } from '../../lib/operators/accumulateResponse.js';
import { answerText } from '../../lib/operators/answerText.js';
import { bufferForUi } from '../../lib/operators/bufferForUi.js';
import { collectToolCalls } from '../../lib/operators/collectToolCalls.js';
import { splitThinking } from '../../lib/operators/splitThinking.js';
import { throughput } from '../../lib/operators/throughput.js';
import { fromOllamaGenerate } from '../../lib/sources/fromOllamaGenerate.js';
import { chunk } from '../../lib/testing/index.js';
import type { Script } from '../../lib/testing/node/index.js';
import type { GenerateChunk, GenerateLine, GenerateRequest } from '../../lib/types/index.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';
import { forbidConsole, listen, start } from './support.js';

const { answer, done } = chunk;

forbidConsole();

const REQUEST: GenerateRequest = { model: 'qwen3', prompt: 'Hi' };

async function generate(script: Script, request = REQUEST): Promise<Observable<GenerateChunk>> {
  const { url: host } = await start(script);
  return fromOllamaGenerate(request, { host });
}

const call = { id: 'call_1', function: { index: 0, name: 'add', arguments: { a: 1 } } };

describe('fromOllamaGenerate', () => {
  it('emits the lines as chunks of a chat; all else in them stays, context and unknown keys too', async () => {
    const origin = { model: 'm', created_at: 'x' };
    const lines = [
      { ...origin, response: '', thinking: 'hm', done: false },
      { ...origin, response: 'a', done: false, unknown: [1] },
      { ...origin, response: '', done: true, done_reason: 'stop', context: [1, 2], eval_count: 2 },
    ];
    const chunks = await generate(lines.map((line) => ({ raw: `${JSON.stringify(line)}\n` })));
    const { values, error } = await listen(chunks);
    expect(error).toBeUndefined();
    const message = { role: 'assistant', content: '' };
    expect(values).toEqual([
      { ...origin, message: { ...message, thinking: 'hm' }, done: false },
      { ...origin, message: { ...message, content: 'a' }, done: false, unknown: [1] },
      { ...origin, message, done: true, done_reason: 'stop', context: [1, 2], eval_count: 2 },
    ]);
  });

  it('puts right what some servers leave out, and has calls of the final line', async () => {
    const { values, error } = await listen(
      await generate([
        { raw: '{"response":null,"thinking":"hm"}\n' },
        { raw: `{"tool_calls":[${JSON.stringify(call)}],"done_reason":"stop"}\n` },
      ]),
    );
    expect(error).toBeUndefined();
    expect(values).toEqual([
      { message: { role: 'assistant', content: '', thinking: 'hm' }, done: false },
      {
        message: { role: 'assistant', content: '', tool_calls: [call] },
        ...{ done: true, done_reason: 'stop' },
      },
    ]);
  });

  it('sends the request as it is, with images as base64, and does not change it', async () => {
    const ollama = await start();
    const request = Object.freeze({
      ...REQUEST,
      images: Object.freeze([Uint8Array.of(1, 2, 255)]),
      context: [1],
      raw: true,
      think: 'max' as const,
      of_the_future: true,
    });
    await listen(fromOllamaGenerate(request, { host: ollama.url }));
    expect((await ollama.received()).body).toEqual({ ...request, images: ['AQL/'], stream: true });
  });

  it('never sends a file that a string in images happens to name', async () => {
    const ollama = await start();
    const client = new NodeOllama({ host: ollama.url });
    await listen(fromOllamaGenerate({ ...REQUEST, images: [__filename] }, { client }));
    expect((await ollama.received()).body).toMatchObject({ images: [__filename] });
  });

  it('gives one chunk for stream: false', async () => {
    const steps = [{ thinking: 'hm' }, 'Hel', 'lo', { done: true, context: [1] }];
    const { values } = await listen(await generate(steps, { ...REQUEST, stream: false }));
    expect(values).toMatchObject([
      { message: { content: 'Hello', thinking: 'hm' }, done: true, context: [1] },
    ]);
  });

  it.each(['load', 'unload'])('takes an answer to no prompt as an end: %s', async (reason) => {
    const { url: host } = await start();
    const keep_alive = reason === 'load' ? '5m' : 0;
    const { values, error } = await listen(
      fromOllamaGenerate({ model: 'qwen3', keep_alive }, { host }),
    );
    expect(error).toBeUndefined();
    expect(values).toMatchObject([{ done: true, done_reason: reason, message: { content: '' } }]);
  });

  it('fails with what came before', async () => {
    const error = async (script: Script) => (await listen(await generate(script))).error;
    const partial = { role: 'assistant', content: 'Hi', thinking: 'hm' };
    const failed = await error([{ thinking: 'hm' }, 'Hi', { error: 'out of memory' }]);
    expect(failed).toBeInstanceOf(OllamaStreamError);
    expect(failed).toMatchObject({ message: 'out of memory', partial });
    const cut = await error([{ thinking: 'hm' }, 'Hi']);
    expect(cut).toBeInstanceOf(OllamaTruncatedError);
    expect(cut).toMatchObject({ partial });
  });

  // prettier-ignore
  it('turns the lines of an answer into chunks of a chat', diagram('fromOllamaGenerate', (m) => {
    const { message: _, ...origin } = answer('');
    const { message: __, ...end } = { ...done(), context: [1, 2] };
    const server = m.cold<GenerateLine>('  --a---b-(d|)', {
      a: { ...origin, response: 'Hel' }, b: { ...origin, response: 'lo' }, d: { ...end, response: '' },
    });
    const expected = '                     --x---y-(z|)';
    const subs = '                         ^-------!';
    const client = { chat: () => [], generate: () => server };
    m.expect(fromOllamaGenerate(REQUEST, { client })).toBeObservable(expected, {
      x: answer('Hel'), y: answer('lo'), z: { ...done(), ...end },
    });
    m.expect(server).toHaveSubscriptions(subs);
    return { inputs: { server }, call: 'fromOllamaGenerate(request)', results: { result: expected } };
  }));
});

describe('the operators', () => {
  const script: Script = [
    { thinking: 'Hm.' },
    'Hel',
    'lo',
    { tool_calls: [call], done: true, context: [1, 2], eval_count: 4, eval_duration: 2e9 },
  ];
  const message = { role: 'assistant', thinking: 'Hm.', content: 'Hello', tool_calls: [call] };

  it('all work on it, together too', async () => {
    const chunks = await generate(script);
    const result = await lastValueFrom(
      chunks.pipe(
        splitThinking(),
        bufferForUi(),
        connect((chunk$) =>
          forkJoin({
            phases: chunk$.pipe(toArray()),
            message: chunk$.pipe(accumulateMessage(), last()),
            response: chunk$.pipe(accumulateResponse(), last()),
            calls: chunk$.pipe(collectToolCalls()),
            text: chunk$.pipe(answerText(), toArray()),
            speed: chunk$.pipe(throughput(), last()),
          }),
        ),
      ),
    );
    expect(new Set(result.phases.map(({ phase }) => phase))).toEqual(
      new Set(['thinking', 'answer', 'tools', 'done']),
    );
    expect(result.message).toEqual(message);
    expect(result.response).toMatchObject({ message, context: [1, 2], done: true });
    expect(result.calls).toEqual([call]);
    expect(result.text.join('')).toBe('Hello');
    expect(result.speed).toMatchObject({ tokens: 4, tokensPerSecond: 2, exact: true });
  });
});

describe('a client of the user’s own', () => {
  // prettier-ignore
  it('that answers with an Observable is subscribed to directly, be it of chunks or of lines', marbles((m) => {
    const a = answer('a');
    const d = { ...done(), context: [1] };
    const { message: _, ...rest } = a;
    const line: GenerateLine = { ...rest, response: 'a' };
    const lines = m.cold<GenerateLine | GenerateChunk>('--l-(d|)', { l: Object.freeze(line), d });
    const client = { chat: () => [], generate: () => lines };
    m.expect(fromOllamaGenerate(REQUEST, { client })).toBeObservable('         --a-(d|)', { a, d });
    m.expect(fromOllamaGenerate(REQUEST, { client }), '---!').toBeObservable(' --a-', { a });
    m.expect(lines).toHaveSubscriptions(['^---!', '^--!']);
  }));
});

/** Recorded streams of real servers. They are nobody's to publish again, so a clone has none. */
const FOLDER = resolve(__dirname, '../..', '../shared/captures');
const captures = (existsSync(FOLDER) ? readdirSync(FOLDER) : []).filter((file) =>
  /_generate_.*\.ndjson$/.test(file),
);

describe('a recorded stream', () => {
  it('is there, if any is', () => {
    expect(captures.length > 0).toBe(existsSync(FOLDER));
  });

  for (const file of captures) {
    it(`adds up to its lines: ${file}`, async () => {
      const text = readFileSync(join(FOLDER, file), 'utf8');
      const lines = text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as GenerateLine & { readonly error?: string });
      const { values, error } = await listen(
        await generate({ steps: [{ raw: text }], cutting: 7 }),
      );
      const good = lines.filter((line) => line.error === undefined);
      expect(values.map(({ message }) => message.content)).toEqual(
        good.map(({ response }) => response),
      );
      expect(values.at(-1)?.context).toEqual(good.at(-1)?.context);
      expect((error as Error | undefined)?.message).toBe(lines.at(-1)?.error);
    });
  }
});
