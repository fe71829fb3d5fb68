import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import type { Script, ScriptedModel } from '../../lib/testing/node/index.js';
import { start } from '../testing/node/support.js';

let folder = '';
let program = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rxjs-ollama-'));
  program = join(folder, 'demo.mjs');
  await build({
    entryPoints: ['examples/terminal/demo.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    alias: {
      'rxjs-ollama/testing/node': './lib/testing/node/index.ts',
      'rxjs-ollama': './lib/index.ts',
    },
    outfile: program,
  });
});

afterAll(() => rm(folder, { recursive: true }));

type Environment = Readonly<Record<string, string>>;

/** The demo as a process of its own, without a terminal. */
function run(
  question: string,
  { input = '', env = {} }: { input?: string; env?: Environment } = {},
) {
  const { OLLAMA_HOST: _, OLLAMA_MODEL: __, ...inherited } = process.env;
  const demo: ChildProcess = spawn(process.execPath, [program, ...(question ? [question] : [])], {
    env: { ...inherited, ...env },
  });
  const written = { out: '', err: '' };
  demo.stdout?.on('data', (data) => (written.out += String(data)));
  demo.stderr?.on('data', (data) => (written.err += String(data)));
  demo.stdin?.end(input);
  const ended = once(demo, 'close').then(([code]) => ({ code: code as number | null, ...written }));

  return {
    ended,
    /** Waits for a text on its output. */
    async said(text: string) {
      while (!written.out.includes(text)) await once(demo.stdout ?? demo, 'data');
    },
    interrupt: () => demo.kill('SIGINT'),
  };
}

const lastLine = (text: string) => text.trimEnd().split('\n').at(-1);

describe('the demo without a terminal', () => {
  it.each([
    ['What is 17 × 23?', '17 × 23 = 391'],
    ['How much is (2.5 + 0.75) times 4 minus 20?', '(2.5 + 0.75) × 4 − 20 = -7'],
    ['2^3^2 divided by 5', '2^3^2 ÷ 5 = 102.4'],
    ['What is 1 / 0?', "I'm sorry, that doesn't work: division by zero."],
  ])('answers "%s" with what the calculator says', async (question, answer) => {
    const { code, out, err } = await run(question).ended;
    expect(lastLine(out)).toBe(answer);
    expect(out).toMatch(
      /^Thinking\n.+\n\n→ calculate\(expression: ".+"\)\n← .+\n\nThinking\n.+\n\nAnswer\n/,
    );
    expect(err).toMatch(
      /load \d+ ms · prompt \d+ tokens in \d+ ms\ngeneration \d+ tokens in .+ tokens\/s/,
    );
    expect(code).toBe(0);
  });

  it('tells the time of a place without asking for permission', async () => {
    const { code, out, err } = await run('What time is it in Tokyo?').ended;
    expect(out).toContain('→ current_time(timeZone: "Asia/Tokyo")');
    expect(lastLine(out)).toMatch(
      /^In Tokyo it is \d\d:\d\d on \w+, \w+ \d+, \d{4} \(Asia\/Tokyo\)\.$/,
    );
    expect(err).toContain('It may call every tool: there is no terminal to ask on.');
    expect(code).toBe(0);
  });

  it('apologizes for what it does not know', async () => {
    const { code, out } = await run('Who wrote Faust?').ended;
    expect(out).toContain("Answer\nI'm sorry, I don't know.");
    expect(code).toBe(0);
  });

  it('takes a question from each line of its input and remembers what was said', async () => {
    const { code, out } = await run('', { input: 'What is 17 × 23?\n\nand divided by 2?\n' }).ended;
    expect(out).toContain('17 × 23 = 391');
    expect(lastLine(out)).toBe('391 ÷ 2 = 195.5');
    expect(code).toBe(0);
  });

  it('says how it is used when there is no question, and answers one of its own', async () => {
    const { code, out, err } = await run('').ended;
    expect(err).toContain('Usage: npm run demo');
    expect(err).toContain('What is 17 × 23?');
    expect(lastLine(out)).toBe('17 × 23 = 391');
    expect(code).toBe(0);
  });

  it('writes no escape codes', async () => {
    const { out, err } = await run('Give me a tour of the library', { env: { TERM: 'xterm' } })
      .ended;
    expect(out + err).not.toContain('\x1b');
  });

  it('stops its own model, which says so', async () => {
    const demo = run('Give me a tour of the library');
    await demo.said('Unsubscribing');
    demo.interrupt();
    const { code, out, err } = await demo.ended;
    expect(err).toMatch(
      /The model has stopped: its server saw the connection close after \d+ tokens\./,
    );
    expect(out).not.toContain('I live in one');
    expect(code).toBe(130);
  });
});

describe('the demo with a server', () => {
  const startModel = async (
    script: Script,
    models: Readonly<Record<string, ScriptedModel>> = { other: { capabilities: [] } },
  ) => {
    const ollama = await start(script, { models });
    return { ollama, env: { OLLAMA_HOST: ollama.url } };
  };

  it('asks its first model, without what that does not support', async () => {
    const { ollama, env } = await startModel(['Hello', '!', { done: true }]);
    const { code, out, err } = await run('Hi', { env }).ended;
    expect(out).toBe('Answer\nHello!\n');
    expect(err).toContain(`other:latest at ${ollama.url} will answer.`);
    expect(err).toContain('(other:latest does not support thinking: going on without.)');
    expect(ollama.requests.at(-1)?.body).toMatchObject({
      model: 'other:latest',
      messages: [{ role: 'system' }, { role: 'user', content: 'Hi' }],
    });
    expect(code).toBe(0);
  });

  it('stops the model when it is interrupted', async () => {
    const { ollama, env } = await startModel(['Hello', { fault: 'hang' }]);
    const demo = run('Hi', { env });
    await demo.said('Hello');
    demo.interrupt();
    expect(await ollama.requests.at(-1)?.closed).toBe('aborted');
    const { code, err } = await demo.ended;
    expect(err).toContain('Stopped.');
    expect(code).toBe(130);
  });

  it('stops the model also while it is still being loaded', async () => {
    const { ollama, env } = await startModel([{ fault: 'hang' }]);
    const demo = run('Hi', { env: { ...env, OLLAMA_MODEL: 'other' } });
    // Asking for its models, then twice for what it does not support.
    const request = await ollama.received(4);
    demo.interrupt();
    expect(await request.closed).toBe('aborted');
    expect((await demo.ended).code).toBe(130);
  });

  it('gives advice when the server is not there', async () => {
    const { ollama, env } = await startModel([]);
    await ollama.close();
    const { code, out, err } = await run('Hi', { env }).ended;
    expect(err).toBe(
      `Ollama can't be reached at ${ollama.url}: ECONNREFUSED.\n` +
        'Start Ollama there with "ollama serve", or unset OLLAMA_HOST to use the scripted model of this demo.\n',
    );
    expect([code, out]).toEqual([1, '']);
  });

  it('gives advice when the address is none', async () => {
    const { code, err } = await run('Hi', { env: { OLLAMA_HOST: 'http://' } }).ended;
    expect(err).toContain("Ollama can't be reached at http://: Invalid URL.");
    expect(code).toBe(1);
  });

  it('gives advice when the model is not there', async () => {
    const { ollama, env } = await startModel([]);
    const { code, err } = await run('Hi', { env: { ...env, OLLAMA_MODEL: 'qwen3' } }).ended;
    expect(err).toContain(
      `Ollama at ${ollama.url} has no model "qwen3".\nGet it with "ollama pull qwen3"`,
    );
    expect(code).toBe(1);
  });

  it('gives advice when there is no model at all', async () => {
    const ollama = await start([], { models: {} });
    const { code, err } = await run('Hi', { env: { OLLAMA_HOST: ollama.url } }).ended;
    expect(err).toContain('has no model yet. Get one with "ollama pull qwen3".');
    expect(code).toBe(1);
  });

  it('gives up on a model that does nothing but call', async () => {
    const calls: Script = [
      { tool_calls: [{ function: { name: 'calculate', arguments: { expression: '1 + 1' } } }] },
      { done: true },
    ];
    const { ollama, env } = await startModel(calls, { other: { capabilities: ['tools'] } });
    const { code, out, err } = await run('Hi', { env }).ended;
    expect(out).toBe(Array(5).fill('→ calculate(expression: "1 + 1")\n← 2\n').join('\n'));
    expect(err).toContain('No answer: the model still calls tools after 5 requests.');
    expect(ollama.requests.filter(({ path }) => path === '/api/chat')).toHaveLength(6);
    expect(code).toBe(1);
  });

  it('says what went wrong in mid-answer', async () => {
    const { env } = await startModel(['Hel', { error: 'out of memory' }]);
    const { code, out, err } = await run('Hi', { env }).ended;
    expect(out).toBe('Answer\nHel\n');
    expect(err).toContain('out of memory');
    expect(code).toBe(1);
  });
});
