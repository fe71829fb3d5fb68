import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { Ollama } from 'ollama/browser';
import { from, retry, take } from 'rxjs';
import { OllamaConnectionError, OllamaHttpError } from '../../lib/errors.js';
import { fromOllamaStream, type ChatStreamInput } from '../../lib/sources/fromOllamaStream.js';
import { chunk } from '../../lib/testing/index.js';
import type { ScriptedOllama, Step } from '../../lib/testing/node/index.js';
import { diagram } from '../support/diagram.js';
import {
  REQUEST,
  createGate,
  forbidConsole,
  listen,
  roundTrip,
  start,
  toContents,
} from './support.js';

const { answer, done } = chunk;

forbidConsole();

const messages = [{ role: 'user', content: 'Hi' }];
const byClient = ({ url: host }: ScriptedOllama) =>
  new Ollama({ host }).chat({ model: 'qwen3', messages, stream: true });
const byFetch = ({ url }: ScriptedOllama) =>
  fetch(`${url}/api/chat`, { method: 'POST', body: JSON.stringify(REQUEST) });

/** The body, which a response with status 200 has. */
function bodyOf({ body }: Response): ReadableStream<Uint8Array> {
  if (!body) throw new Error('there is no body');
  return body;
}

/** Each form that a chat has when something else has requested it. A function is called per test. */
const forms: Readonly<Record<string, (ollama: ScriptedOllama) => Promise<() => ChatStreamInput>>> =
  {
    "the official client's promise": async (ollama) => () => byClient(ollama),
    "the official client's stream": async (ollama) => {
      const stream = await byClient(ollama);
      return () => stream;
    },
    'a promise of a Response': async (ollama) => () => byFetch(ollama),
    'a Response': async (ollama) => {
      const response = await byFetch(ollama);
      return () => response;
    },
    'a web stream of bytes': async (ollama) => {
      const body = bodyOf(await byFetch(ollama));
      return () => body;
    },
    'a web stream of text': async (ollama) => {
      const text = bodyOf(await byFetch(ollama)).pipeThrough(new TextDecoderStream() as never);
      return () => text as ReadableStream<string>;
    },
    'a stream of Node': async (ollama) => {
      const stream = Readable.fromWeb(bodyOf(await byFetch(ollama)) as never);
      return () => stream;
    },
    'a stream of Node with an encoding': async (ollama) => {
      const stream = Readable.fromWeb(bodyOf(await byFetch(ollama)) as never).setEncoding('utf8');
      return () => stream;
    },
    'a generator of chunks': async (ollama) => () =>
      (async function* () {
        const stream = await byClient(ollama);
        try {
          for await (const value of stream) yield value;
        } finally {
          stream.abort();
        }
      })(),
  };

describe.each(Object.entries(forms))('fromOllamaStream of %s', (_, open) => {
  it('emits its chunks in order and completes', async () => {
    const ollama = await start(['a', 'b', { done: true }]);
    const stream = await open(ollama);
    const { values, error } = await listen(fromOllamaStream(stream()));
    expect(error).toBeUndefined();
    expect(toContents(values)).toEqual(['a', 'b', '']);
    expect(await (await ollama.received()).closed).toBe('completed');
  });

  it('stops the model when the consumer unsubscribes', async () => {
    function* endless(): Generator<Step> {
      for (;;) yield 'on and on ';
    }
    const ollama = await start({ steps: { [Symbol.iterator]: endless } });
    const stream = await open(ollama);
    const { values } = await listen(fromOllamaStream(stream()).pipe(take(2)));
    expect(values).toHaveLength(2);
    expect(await (await ollama.received()).closed).toBe('aborted');
  });
});

describe('fromOllamaStream', () => {
  const chunks = { a: answer('Hel'), b: answer('lo'), d: done() };

  // prettier-ignore
  it('emits the chunks of the stream', diagram('fromOllamaStream', (m) => {
    const stream = m.cold('  --a--b-(d|)', chunks);
    const expected = '       --a--b-(d|)';
    const subs = '           ^------!';
    m.expect(fromOllamaStream(() => stream as never)).toBeObservable(expected, chunks);
    m.expect(stream).toHaveSubscriptions(subs);
    return { inputs: { stream }, call: 'fromOllamaStream(stream)', results: { result: expected } };
  }));

  it('calls a function at each subscription: `retry` makes a request of its own', async () => {
    let calls = 0;
    const ollama = await start(() =>
      calls === 1 ? ['a', { fault: 'reset' }] : ['b', { done: true }],
    );
    const chat = fromOllamaStream(() => {
      calls++;
      return byClient(ollama);
    });
    expect(calls).toBe(0);
    const { values, error } = await listen(chat.pipe(retry(1)));
    expect(error).toBeUndefined();
    expect(toContents(values)).toEqual(['a', 'b', '']);
    expect(calls).toBe(2);
  });

  it('emits what a function answers that does not stream', async () => {
    const ollama = await start(['a', { done: true }]);
    const client = new Ollama({ host: ollama.url });
    const chat = fromOllamaStream(() => client.chat({ model: 'qwen3', messages }));
    const { values } = await listen(chat);
    expect(values).toMatchObject([{ done: true, message: { content: 'a' } }]);
  });

  it('fails with what a function throws, and with what a promise rejects with', async () => {
    const error = new Error('no');
    const thrown = fromOllamaStream(() => {
      throw error;
    });
    expect((await listen(thrown)).error).toBe(error);
    expect((await listen(fromOllamaStream(() => Promise.reject(error)))).error).toBe(error);
  });

  it('fails with what the first read of a stream fails with', async () => {
    const reason = new Error('broken');
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        controller.error(reason);
      },
    });
    expect((await listen(fromOllamaStream(stream))).error).toBe(reason);
  });

  it("fails with the official client's own error, unchanged", async () => {
    const ollama = await start([{ error: 'model "x" not found', status: 404 }]);
    const { error } = await listen(fromOllamaStream(() => byClient(ollama)));
    expect(error).toMatchObject({ name: 'ResponseError', status_code: 404 });
  });

  it('fails with the errors of fromOllamaChat where it reads the lines', async () => {
    const refused = await start([{ error: 'model "x" not found', status: 404 }]);
    const { error } = await listen(fromOllamaStream(() => byFetch(refused)));
    expect(error).toBeInstanceOf(OllamaHttpError);

    const cut = await start(['a', { fault: 'cut' }]);
    expect((await listen(fromOllamaStream(() => byFetch(cut)))).error).toMatchObject({
      code: 'truncated',
      partial: { content: 'a' },
    });
    const broken = await start(['a', { raw: 'no JSON\n' }]);
    const stream = bodyOf(await byFetch(broken));
    expect((await listen(fromOllamaStream(stream))).error).toMatchObject({
      code: 'protocol',
      partial: { content: 'a' },
    });
  });

  it('fails on a stream that has a reader, or has been read', async () => {
    const ollama = await start(['a', { done: true }]);
    const locked = await byFetch(ollama);
    const reader = bodyOf(locked).getReader();
    const read = await byFetch(ollama);
    await read.text();
    const again = fromOllamaStream(await byFetch(ollama));
    await listen(again);
    const streams = [
      fromOllamaStream(locked),
      fromOllamaStream(bodyOf(locked)),
      fromOllamaStream(read),
      again,
    ];
    for (const stream of streams) {
      const { values, error } = await listen(stream);
      expect(values).toEqual([]);
      expect(error).toBeInstanceOf(OllamaConnectionError);
    }
    await reader.cancel();
  });

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a value of type number', 5],
    ['a value of type string', 'text'],
    ['a value of type object', {}],
    ['undefined', Promise.resolve(undefined)],
    ['a value of type string', Promise.resolve('text')],
    ['null', [null]],
  ])('says so of what can not be read: %s', async (what, value) => {
    for (const stream of [value as never, () => value as never]) {
      const { values, error } = await listen(fromOllamaStream(stream));
      expect(values).toEqual([]);
      expect(error).toBeInstanceOf(OllamaConnectionError);
      expect((error as Error).message).toContain(`The stream is ${what}.`);
    }
  });

  it.each([
    ['a stream', byClient],
    ['a Response', byFetch],
  ])('stops %s that comes after the consumer has left, without reading it', async (_, request) => {
    const { gate, open } = createGate();
    const ollama = await start(['a', { fault: 'hang' }]);
    const reply = request(ollama);
    const values: unknown[] = [];
    const late = gate.then(() => reply as ChatStreamInput);
    fromOllamaStream(late as never)
      .subscribe((value) => values.push(value))
      .unsubscribe();
    expect((await ollama.received()).outcome).toBe('open');
    open();
    expect(await (await ollama.received()).closed).toBe('aborted');
    expect(values).toEqual([]);
  });
});

describe('what fromOllamaStream is for', () => {
  it('is to stop the model, which `from` and `break` do not', async () => {
    const ollama = await start(['a', 'b', { fault: 'hang' }]);
    const read = async (use: () => Promise<unknown>) => {
      const before = ollama.requests.length;
      await use();
      await roundTrip(ollama);
      return ollama.requests[before];
    };
    const byBreak = await read(async () => {
      for await (const value of await byClient(ollama)) if (!value.done) break;
    });
    const byFrom = await read(async () => {
      const chunks = await byClient(ollama);
      return listen(from(chunks).pipe(take(1)));
    });
    const ours = await read(() => listen(fromOllamaStream(() => byClient(ollama)).pipe(take(1))));
    expect(await ours?.closed).toBe('aborted');
    expect([byBreak?.outcome, byFrom?.outcome]).toEqual(['open', 'open']);
  });
});
