import { describe, expect, it } from '@jest/globals';
import { toArray } from 'rxjs';
import {
  OllamaConnectionError,
  OllamaTruncatedError,
  isOllamaError,
  type OllamaError,
} from '../../lib/errors.js';
import { startScriptedOllama, type Scenario } from '../../lib/testing/node/index.js';
import { expectTable } from '../support/matrix.js';
import { failures, type Failure } from './failures.js';
import { REQUEST, ask, forbidConsole, listen, roundTrip, start, toContents } from './support.js';

forbidConsole();

const before = ['Hel', 'lo'];
const rows: string[][] = [];

function judge(
  { does, is, message, before = [], fields = {}, cause }: Omit<Failure, 'scenario'>,
  error: unknown,
  url: string,
): void {
  if (!isOllamaError(error)) throw new Error('not an error of this library', { cause: error });
  expect(error).toBeInstanceOf(is);
  expect(error.name).toBe(is.name);
  const said = error.message
    .replaceAll(url, 'URL')
    .replaceAll(new URL(url).host, 'HOST')
    // The system's words for a broken connection, which depend on where it noticed.
    .replace(/read ECONNRESET|other side closed \(UND_ERR_SOCKET\)/, '…');
  expect(said).toBe(message);
  expect(error).toMatchObject(fields);
  expect(error.partial).toEqual(
    before.length ? { role: 'assistant', content: before.join('') } : undefined,
  );
  expect((error.cause as Error | undefined)?.name).toBe(cause);
  const shown = message.replaceAll('\u0007', '^G');
  rows.push([does, `\`${error.code}\``, `\`${shown}\``, before.length ? 'yes' : 'no']);
}

describe('an error', () => {
  it.each(failures.map((failure) => [failure.does, failure] as const))(
    'that the server made, as what it is and with what came before: %s',
    async (_, failure) => {
      const ollama = await start(failure.scenario);
      const heard = await listen(ask(ollama));
      expect(toContents(heard.values)).toEqual(failure.before ?? []);
      judge(failure, heard.error, ollama.url);
      await roundTrip(ollama);
      expect(heard.count).toBe(heard.values.length + 1);
    },
  );

  it('of a connection that is refused', async () => {
    const ollama = await startScriptedOllama();
    await ollama.close();
    const { values, error } = await listen(ask(ollama));
    expect(values).toEqual([]);
    judge(
      {
        does: 'nothing: it is not there',
        is: OllamaConnectionError,
        message: "Ollama can't be reached at URL: connect ECONNREFUSED HOST. Is it running?",
        cause: 'TypeError',
      },
      error,
      ollama.url,
    );
  });

  it('of a host that is none', async () => {
    const { values, error } = await listen(ask({ url: 'http://[no' }));
    expect(values).toEqual([]);
    judge(
      {
        does: 'nothing: the host is not an address',
        is: OllamaConnectionError,
        message:
          '"http://[no" is not the address of a server. ' +
          'Set host to one such as http://127.0.0.1:11434.',
        cause: 'TypeError',
      },
      error,
      'http://none',
    );
  });

  it('is in the table of docs/reliability.md', () => {
    expect(rows).toHaveLength(failures.length + 2);
    expectTable('errors', ['the server', '`code`', '`message`', '`partial`'], rows);
  });

  it('has all that came as partial: thinking and calls too, also of the chunk before', async () => {
    const call = { id: 'call_1', function: { index: 0, name: 'add', arguments: { a: 1 } } };
    const ollama = await start([{ thinking: 'hm' }, 'Hi', { tool_calls: [call] }, { error: 'x' }]);
    const { error } = await listen(ask(ollama));
    expect((error as OllamaError).partial).toEqual({
      role: 'assistant',
      thinking: 'hm',
      content: 'Hi',
      tool_calls: [call],
    });
  });

  it('comes with stream: false too, if the server gave up on the answer', async () => {
    const ollama = await start(['Hi', { done: false }]);
    const { values, error } = await listen(ask(ollama, {}, { ...REQUEST, stream: false }));
    expect(toContents(values)).toEqual(['Hi']);
    expect(error).toBeInstanceOf(OllamaTruncatedError);
  });

  it('is what a fetch of the user’s own threw, wrapped', async () => {
    const cause = new Error('no network for you');
    const { error } = await listen(ask({ url: 'gpu' }, { fetch: () => Promise.reject(cause) }));
    expect(error).toBeInstanceOf(OllamaConnectionError);
    expect((error as Error).message).toBe(
      "Ollama can't be reached at http://gpu:11434: no network for you.",
    );
    expect((error as Error).cause).toBe(cause);
  });

  it('has a copy of what such a fetch threw, if that has more than an error has', async () => {
    const request = new Request('http://gpu', { headers: { Authorization: 'Bearer sk-1234' } });
    const cause = Object.assign(new RangeError('no network'), { code: 'E1', request });
    const { error } = await listen(ask({ url: 'gpu' }, { fetch: () => Promise.reject(cause) }));
    const copy = (error as Error).cause as Error;
    expect(copy).not.toBe(cause);
    expect(copy).toMatchObject({ name: 'RangeError', message: 'no network', code: 'E1' });
    expect(copy).not.toHaveProperty('request');
    expect(cause).toHaveProperty('request', request);
  });

  it('is what the client threw before it asked, as it is', async () => {
    const request = { ...REQUEST, options: { seed: 1n as unknown as number } };
    const { error } = await listen(ask({ url: 'gpu' }, {}, request));
    expect(error).toBeInstanceOf(TypeError);
    expect(isOllamaError(error)).toBe(false);
  });
});

describe('no error', () => {
  const final = (reason: string) => ({ done: true, done_reason: reason });

  it.each(['load', 'unload'])('is a response without an answer: done_reason %s', async (reason) => {
    const ollama = await start([{ ...final(reason), newline: '' }]);
    const { values, error } = await listen(ask(ollama).pipe(toArray()));
    expect(error).toBeUndefined();
    expect(values).toMatchObject([[{ ...final(reason), message: { content: '' } }]]);
  });

  it('is a final chunk that has a reason and no done (ollama/ollama-vscode#60)', async () => {
    const ollama = await start([...before, { raw: '{"message":{},"done_reason":"stop"}\n' }]);
    const { values, error } = await listen(ask(ollama));
    expect(error).toBeUndefined();
    expect(values.at(-1)).toMatchObject(final('stop'));
  });

  it.each<[string, Scenario]>([
    ['carriage returns', ['Hi', { done: true, newline: '\r\n' }]],
    ['blank lines', [{ raw: '\n \r\n' }, 'Hi', { raw: '\n\n' }, { done: true }]],
    ['a byte order mark', [{ raw: '\uFEFF' }, 'Hi', { done: true }]],
    ['no newline at the end', ['Hi', { done: true, newline: '' }]],
    [
      'a content type of another kind',
      { steps: ['Hi', { done: true }], headers: { 'Content-Type': 'text/plain' } },
    ],
  ])('are %s', async (_, scenario) => {
    const { values, error } = await listen(ask(await start(scenario)));
    expect(error).toBeUndefined();
    expect(toContents(values)).toEqual(['Hi', '']);
  });
});
