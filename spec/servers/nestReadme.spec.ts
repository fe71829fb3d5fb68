import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { filter, firstValueFrom } from 'rxjs';
import { shopModel } from '../../examples/nest/demo/model.js';
import { KEY } from '../../examples/nest/demo/cluster.js';
import { newChat, post, read, readText, useNest } from './nest.js';

const README = readFileSync(join(__dirname, '../../examples/nest/README.md'), 'utf8');
const LINES = [...README.matchAll(/^curl .+$/gm)].map(([line]) => line);

const nest = useNest({ redis: false, variables: { REQUESTS_PER_MINUTE: '1000', GRACE: '60000' } });

let run = '';
let waiting = { run: '', call: '' };

beforeAll(async () => {
  nest.script = shopModel(0);
  const { url } = nest.cluster;
  // The run that is read, and a run with a call that waits.
  const question = { chat: newChat(), message: 'Tell me how a lamp is made.' };
  const response = await post(`${url}/chat`, question);
  run = String(response.headers.get('x-run-id'));
  await readText(response);
  const order = await post(`${url}/chat`, { chat: newChat(), message: 'Order a desk lamp.' });
  const asked = await firstValueFrom(
    read(order).pipe(filter((event) => event.type === 'tool-approval')),
  );
  waiting = { run: String(order.headers.get('x-run-id')), call: asked.call.id };
});

const curl = async (line: string): Promise<string> => {
  const isDecision = line.includes('/approve/');
  const { stdout } = await promisify(execFile)('bash', ['-c', `${line} -s --max-time 60`], {
    env: {
      PATH: process.env['PATH'],
      URL: nest.cluster.url,
      KEY,
      RUN: isDecision ? waiting.run : run,
      CALL: waiting.call,
    },
  });
  return stdout;
};

/** What each line is answered with, in their order. */
const ANSWERS: readonly (readonly [path: string, answer: RegExp])[] = [
  ['/chat', /^HTTP\/1\.1 200 [^]*x-run-id: [\da-f]{32}[^]*event: tool-result[^]*event: done/i],
  ['/chat/$RUN/events', /^: open\n\nid: 1-1\n[^]*event: done/],
  ['/chat/$RUN/events', /^: open\n\nid: 1-4\n[^]*event: done/],
  ['/chat/$RUN/approve/$CALL', /^HTTP\/1\.1 204 /],
  ['/chat/$RUN/stop', /^\{"stopped":false\}$/],
  ['/chats/c1', /^\{"messages":\[\{"role":"user"[^]*"run"|"tool_calls"/],
  ['/api/chat', /"type":"start"[^]*"tool-output-available"[^]*data: \[DONE\]/],
  ['/api/chat/c2/stream', /^HTTP\/1\.1 204 /],
  ['/agui', /"RUN_STARTED"[^]*"TOOL_CALL_RESULT"[^]*"RUN_FINISHED"/],
  ['/v1/chat/completions', /"chat\.completion\.chunk"[^]*data: \[DONE\]/],
  ['/v1/models', /"id":"qwen3"/],
  ['/ollama/api/chat', /^\{"model":"qwen3"[^]*"done":true[^\n]*\n$/],
  ['/ollama/api/tags', /"name":"qwen3"/],
  ['/ollama/api/version', /^\{"version":/],
  ['/health', /^\{"status":"ok"\}$/],
  ['/health/ready', /^\{"status":"ok","ollama":true,"redis":true\}$/],
];

describe('the README of the Nest example', () => {
  it('has a line for each endpoint', () => {
    expect(LINES.map((line) => /\$URL(\S+)$/.exec(line)?.[1])).toEqual(
      ANSWERS.map(([path]) => path),
    );
  });

  it.each(ANSWERS.map(([path, answer], at) => [path, LINES[at] ?? '', answer] as const))(
    'is right about %s',
    async (_, line, answer) => {
      expect(await curl(line)).toMatch(answer);
    },
  );

  it('names each variable, with its default', () => {
    const config = readFileSync(join(__dirname, '../../examples/nest/src/config.ts'), 'utf8');
    const read = [...config.matchAll(/^ {2}([A-Z_]+): /gm)].map(([, name]) => name);
    const named = [...README.matchAll(/^\| `([A-Z_]+)` /gm)].map(([, name]) => name);
    expect(read.length).toBeGreaterThan(10);
    expect(named.sort()).toEqual(read.sort());
  });

  it('takes the packages that its specs are run with', () => {
    const readPackage = (folder: string) =>
      JSON.parse(readFileSync(join(__dirname, '../..', folder, 'package.json'), 'utf8')) as Record<
        'dependencies' | 'devDependencies',
        Record<string, string>
      >;
    const { dependencies, devDependencies } = readPackage('examples/nest');
    const { devDependencies: tested } = readPackage('.');
    const { 'rxjs-ollama': own, ...others } = { ...dependencies, ...devDependencies };
    expect(own).toBe('file:../..');
    expect(others).toEqual(
      Object.fromEntries(Object.keys(others).map((name) => [name, tested[name]])),
    );
  });
});
