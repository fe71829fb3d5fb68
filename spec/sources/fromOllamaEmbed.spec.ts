import { describe, expect, it } from '@jest/globals';
import { EmptyError } from 'rxjs';
import { OllamaHttpError, OllamaProtocolError } from '../../lib/errors.js';
import { fromOllamaEmbed } from '../../lib/sources/fromOllamaEmbed.js';
import type { Script } from '../../lib/testing/node/index.js';
import type { EmbedOptions, EmbedRequest, EmbedResponse } from '../../lib/types/index.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';
import { createGate, forbidConsole, listen, start } from './support.js';

forbidConsole();

const model = 'embeddinggemma';
const INPUT = ['a', 'bb', 'ccc', 'dddd', 'eeeee'];
const VECTORS = [[1], [2], [3], [4], [5]];

const embed = async (script: Script | undefined, options: EmbedOptions) => {
  const ollama = await start(script);
  const request = Object.freeze({ model, input: Object.freeze(INPUT) });
  return { ollama, answer: fromOllamaEmbed(request, { host: ollama.url, ...options }) };
};

/** A response whose vectors are the lengths of the inputs. */
const respond = (input: EmbedRequest['input'] = [], more: Partial<EmbedResponse> = {}) => ({
  raw: JSON.stringify({ model, embeddings: [input].flat().map(({ length }) => [length]), ...more }),
});

describe('fromOllamaEmbed', () => {
  it('emits the response as it is, and completes', async () => {
    const response = { model, embeddings: [[0.1, -2e-5]], prompt_eval_count: 3, unknown: 1 };
    const ollama = await start([{ raw: JSON.stringify(response) }]);
    const request = { model, input: 'Hi', dimensions: 2, truncate: false };
    const { values, error } = await listen(fromOllamaEmbed(request, { host: ollama.url }));
    expect(error).toBeUndefined();
    expect(values).toEqual([response]);
    expect((await ollama.received()).body).toEqual(request);
  });

  it('makes one request, unless said otherwise', async () => {
    const { ollama, answer } = await embed(undefined, {});
    expect((await listen(answer)).values).toMatchObject([{ embeddings: VECTORS }]);
    expect(ollama.requests).toHaveLength(1);
  });

  it('makes one request after the other for each batch, and one response of theirs', async () => {
    const statistics = { total_duration: 5, load_duration: 1, prompt_eval_count: 2 };
    const { ollama, answer } = await embed(({ body }) => [respond(body.input, statistics)], {
      batchSize: 2,
    });
    expect((await listen(answer)).values).toEqual([
      {
        ...{ model, embeddings: VECTORS },
        ...{ total_duration: 15, load_duration: 3, prompt_eval_count: 6 },
      },
    ]);
    const inputs = ollama.requests.map(({ body }) => body.input);
    expect(inputs).toEqual([['a', 'bb'], ['ccc', 'dddd'], ['eeeee']]);
    expect(ollama.connections).toBe(1);
  });

  // prettier-ignore
  it('makes a request per batch, one after the other, and merges the responses', diagram('fromOllamaEmbed', (m) => {
    const first = m.cold<EmbedResponse>('   ---(x|)', { x: { model, embeddings: [[1], [2]] } });
    const second = m.cold<EmbedResponse>('     --(y|)', { y: { model, embeddings: [[3]] } });
    const expected = '                      -----(r|)';
    const input = ['a', 'bb', 'ccc'];
    const client = {
      chat: () => [],
      embed: ({ input }: EmbedRequest) => (input.length === 2 ? first : second),
    };
    m.expect(fromOllamaEmbed({ model, input }, { client, batchSize: 2 })).toBeObservable(expected, {
      r: { model, embeddings: [[1], [2], [3]], total_duration: 0, load_duration: 0, prompt_eval_count: 0 },
    });
    m.expect(first).toHaveSubscriptions('   ^--!');
    m.expect(second).toHaveSubscriptions('  ---^-!');
    return {
      inputs: { 'a, b': first, c: second },
      call: 'fromOllamaEmbed({ model, input: [a, b, c] }, { batchSize: 2 })',
      results: { result: expected },
    };
  }));

  it('keeps the order of the inputs, in whichever order the responses come', async () => {
    const { gate, open } = createGate();
    const { ollama, answer } = await embed(
      ({ body: { input } }) => [{ delay: input?.[0] === 'a' ? gate : 0 }, respond(input)],
      { batchSize: 2, concurrency: 2 },
    );
    const heard = listen(answer);
    const last = await ollama.received(3);
    await last.closed;
    expect(ollama.connections).toBe(2);
    expect(ollama.requests.map(({ outcome }) => outcome)).toEqual([
      'open',
      'completed',
      'completed',
    ]);
    open();
    expect((await heard).values).toMatchObject([{ embeddings: VECTORS }]);
  });

  it('embeds nothing as nothing', async () => {
    const ollama = await start();
    const { values } = await listen(
      fromOllamaEmbed({ model, input: [] }, { host: ollama.url, batchSize: 2 }),
    );
    expect(values).toEqual([{ model, embeddings: [] }]);
  });

  it('is over at the server for all batches when it is left, and makes no more requests', async () => {
    const { ollama, answer } = await embed([{ fault: 'hang' }], { batchSize: 1, concurrency: 2 });
    const subscription = answer.subscribe();
    await ollama.received(2);
    subscription.unsubscribe();
    expect(await Promise.all(ollama.requests.map(({ closed }) => closed))).toEqual([
      'aborted',
      'aborted',
    ]);
    expect(ollama.requests).toHaveLength(2);
  });

  it('fails with the first batch that does, and leaves the others', async () => {
    const { ollama, answer } = await embed(
      ({ body }) =>
        body.input?.[0] === 'a' ? [{ fault: 'hang' }] : [{ error: 'no', status: 503 }],
      { batchSize: 1, concurrency: 2 },
    );
    const { values, error } = await listen(answer);
    expect(values).toEqual([]);
    expect(error).toBeInstanceOf(OllamaHttpError);
    expect(await ollama.requests[0]?.closed).toBe('aborted');
    expect(ollama.requests).toHaveLength(2);
  });

  it.each([
    [{ model: ':', input: 'Hi' }, 400, 'invalid model name'],
    [{ model, input: [1] as unknown as string[] }, 400, 'invalid input type'],
  ])('fails with what the server refuses', async (request, status, message) => {
    const { url: host } = await start();
    const { error } = await listen(fromOllamaEmbed(request, { host }));
    expect(error).toMatchObject({ status, message: `HTTP ${String(status)}: ${message}` });
  });

  it('makes all requests at once with an infinite concurrency', async () => {
    const { gate, open } = createGate();
    const { ollama, answer } = await embed(
      ({ body: { input } }) => [{ delay: gate }, respond(input)],
      { batchSize: 1, concurrency: Infinity },
    );
    const heard = listen(answer);
    await ollama.received(5);
    open();
    expect((await heard).values).toMatchObject([{ embeddings: VECTORS }]);
  });

  it('makes one request with an infinite batch size', async () => {
    const { ollama, answer } = await embed(undefined, { batchSize: Infinity });
    expect((await listen(answer)).values).toMatchObject([{ embeddings: VECTORS }]);
    expect(ollama.requests).toHaveLength(1);
  });

  const NO_VECTOR = 'a vector that is not a list of numbers';
  it.each<[unknown, string | readonly string[], string]>([
    [{ model }, 'a', 'no embeddings'],
    [{ model, embeddings: null }, 'a', 'no embeddings'],
    [{ model, embeddings: { 0: [1] } }, 'a', 'no embeddings'],
    [{ model, embeddings: [] }, 'a', '0 vectors for 1 inputs'],
    [{ model, embeddings: [[1], [2]] }, 'a', '2 vectors for 1 inputs'],
    [{ model, embeddings: [[1]] }, ['a', 'b'], '1 vectors for 2 inputs'],
    [{ model, embeddings: [[1], [2], [3]] }, ['a', 'b'], '3 vectors for 2 inputs'],
    [{ model, embeddings: [[1]] }, [], '1 vectors for 0 inputs'],
    [{ model, embeddings: [1] }, 'a', NO_VECTOR],
    [{ model, embeddings: [[1], null] }, ['a', 'b'], NO_VECTOR],
    [{ model, embeddings: [[1, '2']] }, 'a', NO_VECTOR],
    [{ model, embeddings: [[1, null]] }, 'a', NO_VECTOR],
    [{ model, embeddings: [[[1]]] }, 'a', NO_VECTOR],
  ])('refuses %j for %j', async (response, input, why) => {
    const ollama = await start([{ raw: JSON.stringify(response) }]);
    const client = { chat: () => [], embed: () => [response] as never };
    // The scripted server answers an empty list by itself.
    for (const options of input.length ? [{ host: ollama.url }, { client }] : [{ client }]) {
      const { values, error } = await listen(fromOllamaEmbed({ model, input }, options));
      expect(values).toEqual([]);
      expect(error).toBeInstanceOf(OllamaProtocolError);
      expect(error).toMatchObject({ line: JSON.stringify(response) });
      expect((error as Error).message).toContain(`The response has ${why}.`);
    }
  });

  it('refuses a batch that has the vectors of another one', async () => {
    const { answer } = await embed(({ body: { input = [] } }) => [respond(input.slice(1))], {
      batchSize: 2,
    });
    const { values, error } = await listen(answer);
    expect(values).toEqual([]);
    expect(error).toBeInstanceOf(OllamaProtocolError);
  });

  it.each([0, 1])('accepts that an empty text has %i vectors', async (count) => {
    const embeddings = Array.from({ length: count }, () => [1]);
    const client = { chat: () => [], embed: () => [{ model, embeddings }] };
    const { values } = await listen(fromOllamaEmbed({ model, input: '' }, { client }));
    expect(values).toEqual([{ model, embeddings }]);
  });

  it.each([{ batchSize: 0 }, { batchSize: 1.5 }, { concurrency: 0 }, { concurrency: NaN }])(
    'refuses %p at once',
    (options) => {
      expect(() => fromOllamaEmbed({ model, input: INPUT }, options)).toThrow(RangeError);
    },
  );
});

describe('a client of the user’s own', () => {
  // prettier-ignore
  it('that answers with an Observable is asked in virtual time, a batch after the other', marbles((m) => {
    const asked: unknown[] = [];
    const client = {
      chat: () => [],
      embed: ({ input }: EmbedRequest) => {
        asked.push(input);
        return m.cold<EmbedResponse>('--(e|)', { e: { model, embeddings: [input].flat().map(({ length }) => [length]) } });
      },
    };
    const request = { model, input: ['a', 'bb', 'ccc'] };
    const result = m.cold('----(r|)', {
      r: { model, embeddings: [[1], [2], [3]], total_duration: 0, load_duration: 0, prompt_eval_count: 0 },
    });
    m.expect(fromOllamaEmbed(request, { client, batchSize: 2 })).toBeObservable(result);
    m.flush();
    expect(asked).toEqual([['a', 'bb'], ['ccc']]);
  }));

  it('may not answer with nothing: no vector would be where it belongs', async () => {
    const { values, error } = await listen(
      fromOllamaEmbed({ model, input: 'a' }, { client: { chat: () => [], embed: () => [] } }),
    );
    expect(values).toEqual([]);
    expect(error).toBeInstanceOf(EmptyError);
  });

  it('may answer with a promise, as the official one does', async () => {
    const response = { model, embeddings: [[1]] };
    const client = {
      chat: () => [],
      embed: () =>
        Promise.resolve({ ...response, total_duration: 1, load_duration: 1, prompt_eval_count: 1 }),
    };
    const { values } = await listen(fromOllamaEmbed({ model, input: 'a' }, { client }));
    expect(values).toMatchObject([response]);
  });
});
