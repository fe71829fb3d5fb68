import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { tap, type Observable } from 'rxjs';
import { z } from 'zod';
import {
  defineTool,
  fromOllamaChat,
  isOllamaError,
  parseJson,
  retryChat,
  runTools,
  timeoutChat,
  type ChatChunk,
  type OllamaErrorCode,
} from '../../lib/index.js';
import type { Script } from '../../lib/testing/node/index.js';
import { REQUEST, createGate, listen, start } from '../sources/support.js';
import { expectBlock } from '../support/matrix.js';
import { root } from './documents.js';

interface Row {
  readonly code: OllamaErrorCode;
  readonly what: string;
  readonly script: Script;
  /** What fails, where that is not the chat alone. */
  readonly source?: (host: string) => Observable<ChatChunk>;
  /** What makes something else of the chat, and fails. */
  readonly then?: (host: string) => Observable<unknown>;
}

const chat = (host: string) => fromOllamaChat(REQUEST, { host });
const call = { tool_calls: [{ function: { name: 'look', arguments: {} } }] };
const look = defineTool({
  name: 'look',
  description: 'Looks out of the window',
  parameters: { type: 'object' },
  execute: () => {
    throw new Error('It is dark.');
  },
});

/** The first chunk is read before the connection breaks. */
const read = createGate();

const rows: Row[] = [
  { code: 'connection', what: 'nothing listens at the address', script: [] },
  {
    code: 'connection',
    what: 'the connection is reset',
    script: ['Hel', { fault: 'reset', delay: read.gate }],
    source: (host) => chat(host).pipe(tap(read.open)),
  },
  {
    code: 'http',
    what: 'the model is not installed',
    script: [{ error: "model 'qwen3' not found", status: 404 }],
  },
  { code: 'http', what: 'the server is busy', script: [{ error: 'server busy', status: 503 }] },
  {
    code: 'stream',
    what: 'an error line in mid-stream',
    script: ['Hel', { error: 'out of memory' }],
  },
  { code: 'truncated', what: 'the stream ends without a final chunk', script: ['Hel'] },
  { code: 'protocol', what: 'a line that is not JSON', script: ['Hel', { raw: '<html>\n' }] },
  {
    code: 'timeout',
    what: '`timeoutChat({ idle: 30 })`, and silence',
    script: ['Hel', { fault: 'hang' }],
    source: (host) => chat(host).pipe(timeoutChat({ idle: 30 })),
  },
  {
    code: 'tool',
    what: "a tool throws, with `onToolError: 'throw'`",
    script: [call, { done: true }],
    then: (host) => runTools(REQUEST, { tools: [look], onToolError: 'throw', host }),
  },
  {
    code: 'validation',
    what: '`parseJson(schema)`, and a value of another type',
    script: ['{"n": "one"}', { done: true }],
    then: (host) => chat(host).pipe(parseJson(z.object({ n: z.number() }))),
  },
];

/** Whether `retryChat` takes the error for one that can pass. */
async function isRetried(source$: Observable<ChatChunk>): Promise<boolean> {
  let retried = false;
  const delay = () => {
    retried = true;
    return 0;
  };
  await listen(source$.pipe(retryChat({ count: 1, when: 'restart', delay })));
  return retried;
}

describe('the page of errors', () => {
  const seen: string[] = [];

  it.each(rows.map((row) => [row.code, row.what, row] as const))(
    '%s: %s',
    async (code, what, { script, source = chat, then }) => {
      const ollama = await start(script);
      if (what.startsWith('nothing listens')) await ollama.close();
      const { error } = await listen(then ? then(ollama.url) : source(ollama.url));
      if (!isOllamaError(error, code)) throw error;
      const retried = !then && (await isRetried(source(ollama.url)));
      const message = error.message.replaceAll(new URL(ollama.url).host, '127.0.0.1:11434');
      const partial = error.partial && ` With the \`partial\` \`'${error.partial.content}'\`.`;
      // A list, since a table of such long cells can't be read on a phone.
      const head = `- **\`${code}\`**: ${what}.${partial ?? ''}${retried ? ' Retried.' : ''}`;
      seen.push(`${head}\n\n  \`${message}\``);
    },
  );

  it('has every code', () => {
    const codes = new Set(rows.map(({ code }) => code));
    const all: Record<OllamaErrorCode, true> = {
      connection: true,
      http: true,
      stream: true,
      truncated: true,
      protocol: true,
      timeout: true,
      tool: true,
      validation: true,
    };
    expect([...codes].sort()).toEqual(Object.keys(all).sort());
  });

  afterAll(() => {
    expectBlock('errors', seen.join('\n\n'), path.join(root, 'docs/concepts/errors.md'));
  });
});
