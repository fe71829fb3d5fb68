import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { build } from 'esbuild';
import { startScriptedOllama, inTurn } from '../../lib/testing/node/index.js';
import { listFiles, readDocument, root } from '../docs/documents.js';
import { serve } from '../node/support.js';
import { expectFile } from '../support/generated.js';
import { startCollector, toRecord, type ExportedSpan } from './collector.js';
import { drawTrace, toRows, type Row } from './drawTrace.js';

const PAGE = 'docs/guide/tracing.md';
const PICTURE = join(root, 'docs/pictures/trace.svg');
const LATEST = 'gen_ai_latest_experimental';
/** A block that shows a whole file, which is named after its language. */
const SHOWN = /(?<=^```ts (spec\/otel\/guide\/\S+)\n)[^]*?(?=^```$)/gm;

let folder = '';

// The exporters load parts of themselves by `import()`, which jest can't: the program is a process of its own.
beforeAll(async () => {
  folder = await mkdtemp(join(root, '.cache/otel-'));
  await build({
    entryPoints: [join(__dirname, 'guide/server.ts')],
    outfile: join(folder, 'server.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    alias: Object.fromEntries(
      ['otel/', 'node/', ''].map((entry) => [
        `rxjs-ollama/${entry}`.replace(/\/$/, ''),
        join(root, `lib/${entry}index.ts`),
      ]),
    ),
    logLevel: 'error',
  });
});
afterAll(() => rm(folder, { recursive: true }));

const call = (name: string) => ({
  tool_calls: [{ function: { name, arguments: { city: 'Rome' } } }],
});
const figures = { done: true, prompt_eval_count: 11, eval_count: 7 };

/**
 * The program of the guide, in front of a scripted Ollama and of a service for its tools. It is asked three times: the
 * first run is refused, the second one is complete, and the client leaves the third one.
 */
async function play(optIn: string) {
  const collector = await startCollector();
  const headers: unknown[] = [];
  const services = await serve((request, response) => {
    headers.push(request.headers['traceparent']);
    setTimeout(() => response.end('fine'), request.url?.startsWith('/trains') ? 250 : 120);
  });
  const ollama = await startScriptedOllama(
    inTurn(
      [{ error: 'model "qwen3" not found', status: 404 }],
      [
        { ...call('weather'), delay: 150 },
        { ...call('trains'), delay: 60 },
        { ...figures, delay: 40 },
      ],
      [
        { content: 'Yes', delay: 120 },
        { content: ', go.', delay: 60 },
        { ...figures, delay: 60 },
      ],
      ['Hm', { fault: 'hang' }],
    ),
  );
  const program = spawn(process.execPath, [join(folder, 'server.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      OLLAMA_HOST: ollama.url,
      SERVICES: services,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_SEMCONV_STABILITY_OPT_IN: optIn,
    },
  });
  const exit = once(program, 'exit');
  try {
    const [line] = (await once(program.stdout, 'data')) as [Buffer];
    const url = `${String(line).trim()}/chat`;
    const refused = await (await fetch(url, { method: 'POST' })).text();
    const complete = await (await fetch(url, { method: 'POST' })).text();

    const leaving = new AbortController();
    const { body } = await fetch(url, { method: 'POST', signal: leaving.signal });
    const reader = body?.getReader();
    let text = '';
    while (!text.includes('Hm'))
      text += Buffer.from((await reader?.read())?.value ?? []).toString();
    leaving.abort();
    await ollama.requests[3]?.closed;
    expect(complete).toContain('event: done');
    expect(refused).toContain('event: failed');
  } finally {
    program.kill('SIGTERM');
    await exit;
    await ollama.close();
  }
  return { collector, headers };
}

const find = (spans: readonly ExportedSpan[], name: RegExp): ExportedSpan[] =>
  spans.filter((span) => name.test(span.name));
const draw = (rows: readonly Row[]): string[] =>
  rows.map(({ label, depth }) => '  '.repeat(depth) + label);

describe('the program of the guide', () => {
  let played: Awaited<ReturnType<typeof play>>;
  let refused: ExportedSpan[] = [];
  let complete: ExportedSpan[] = [];
  let left: ExportedSpan[] = [];
  beforeAll(async () => {
    played = await play('');
    const all = played.collector.spans().sort((one, other) => one.start - other.start);
    const ids = [...new Set(all.map(({ trace }) => trace))];
    [refused = [], complete = [], left = []] = ids.map((id) =>
      all.filter(({ trace }) => trace === id),
    );
    expect(ids).toHaveLength(3);
  });

  it('exports one trace per request, from the request through the run to each tool and the model', () => {
    expect(new Set(played.collector.services())).toEqual(new Set(['travel']));
    expect(draw(toRows(complete))).toEqual([
      'POST /chat',
      '  invoke_agent travel',
      '    chat qwen3',
      '    POST /api/chat',
      '    execute_tool weather',
      '      GET /weather',
      '    execute_tool trains',
      '      GET /trains',
      '    chat qwen3',
      '    POST /api/chat',
    ]);
  });

  it('hands the trace on to the services that its tools ask', () => {
    const gets = find(complete, /^GET/);
    expect(played.headers).toEqual(gets.map(({ trace, id }) => `00-${trace}-${id}-01`));
  });

  it('exports what is known of a chat, and no text', () => {
    const [chat] = find(complete, /^chat/);
    expect(chat?.kind).toBe(SpanKind.CLIENT + 1); // The protocol counts from 1.
    expect(chat?.attributes).toMatchObject({
      'gen_ai.provider.name': 'ollama',
      'gen_ai.request.model': 'qwen3',
      'gen_ai.response.model': 'qwen3',
      'gen_ai.usage.input_tokens': 11,
      'gen_ai.usage.output_tokens': 7,
      'server.address': '127.0.0.1',
    });
    expect(chat?.attributes['gen_ai.response.time_to_first_chunk']).toBeGreaterThanOrEqual(0.15);
    const own = complete.filter(({ attributes }) => 'gen_ai.operation.name' in attributes);
    expect(own).toHaveLength(5);
    expect(JSON.stringify(own)).not.toMatch(/Rome|Yes|fine/);
  });

  it('exports spans that lie within their parents', () => {
    const byId = new Map(complete.map((span) => [span.id, span]));
    const outside = complete.filter(({ parent, start, end }) => {
      const around = byId.get(parent ?? '');
      // The SDK rounds what it measures itself.
      return around && (start < around.start - 2 || end > around.end + 2);
    });
    expect(outside.map(({ name }) => name)).toEqual([]);
  });

  it('exports a run that its client has left as cancelled, without an error', () => {
    for (const span of find(left, /^chat|^invoke_agent/)) {
      expect(span.attributes['error.type']).toBe('cancelled');
      expect(span.status).toEqual({ code: SpanStatusCode.UNSET });
    }
    expect(find(left, /^chat|^invoke_agent/)).toHaveLength(2);
  });

  it('exports a run that was refused with its status', () => {
    for (const span of find(refused, /^chat|^invoke_agent/)) {
      expect(span.attributes['error.type']).toBe('404');
      expect(span.status).toEqual({ code: SpanStatusCode.ERROR });
    }
    expect(find(refused, /^chat|^invoke_agent/)).toHaveLength(2);
  });

  it('exports metrics by the older names, with their units and buckets', () => {
    const metrics = played.collector.metrics();
    const duration = metrics.get('gen_ai.client.operation.duration');
    const points = duration?.histogram?.dataPoints ?? [];
    expect(duration?.unit).toBe('s');
    expect(
      points.map(({ attributes, count }) => [toRecord(attributes)['error.type'], count]),
    ).toEqual([
      ['404', 1],
      [undefined, 2],
      ['cancelled', 1],
    ]);
    expect(points[0]?.explicitBounds).toEqual([
      0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
    ]);
    const tokens = metrics.get('gen_ai.client.token.usage');
    expect(tokens?.unit).toBe('{token}');
    expect(tokens?.histogram?.dataPoints[0]?.explicitBounds).toEqual([
      1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864,
    ]);
    expect([...metrics.keys()].filter((name) => /inference|invoke|execute/.test(name))).toEqual([]);
  });

  it('is drawn in the picture of the guide', () => {
    const rows = toRows(complete);
    if (process.env['UPDATE_DOCS']) expectFile(PICTURE, drawTrace(rows));
    // The times are those of one run. What was drawn is the same each time.
    const drawn = readFileSync(PICTURE, 'utf8').matchAll(/<text[^>]*class="label">([^<]*)</g);
    expect(Array.from(drawn, ([, label]) => label)).toEqual(rows.map(({ label }) => label));
  });
});

describe('the program of the guide with the latest names', () => {
  it('exports counters of tokens, and metrics of runs and tools', async () => {
    const { collector } = await play(LATEST);
    const metrics = collector.metrics();
    expect(metrics.get('gen_ai.client.inference.usage.input_tokens')?.sum?.isMonotonic).toBe(true);
    expect(metrics.get('gen_ai.client.inference.usage.output_tokens')?.unit).toBe('{token}');
    expect(metrics.get('gen_ai.invoke_agent.duration')?.histogram?.dataPoints).toHaveLength(3);
    expect(metrics.get('gen_ai.execute_tool.duration')?.histogram?.dataPoints).toHaveLength(2);
    expect(
      [...metrics.keys()].filter((name) => /operation\.duration|token\.usage/.test(name)),
    ).toEqual([]);
  });
});

describe('the guide to tracing', () => {
  const { text } = readDocument(PAGE);

  it('shows the program as it is compiled and run', () => {
    const current = text.replace(SHOWN, (_, file: string) =>
      readFileSync(join(root, file), 'utf8'),
    );
    expectFile(join(root, PAGE), current);
  });

  it('shows each of its files once', () => {
    const shown = Array.from(text.matchAll(SHOWN), ([, file]) => file);
    expect(shown.sort()).toEqual(listFiles('spec/otel/guide', '.ts').sort());
  });
});
