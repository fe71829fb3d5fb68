import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startScriptedOllama, type ScriptedOllama } from '../../../lib/testing/node/index.js';
import { CHAT } from './support.js';

/** What a real Ollama 0.33 answered. Each row is a request, and beside it the answer. */
interface Row {
  readonly ask: `${string} /${string}`;
  /** A text is sent as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  /** The headers that matter; `null` for one that is absent. */
  readonly has: Readonly<Record<string, string | RegExp | null>>;
  /** The error of a JSON body; with `text`, the whole body. */
  readonly error?: unknown;
  readonly text?: string | RegExp;
}

const MODELS = {
  all: {},
  plain: { capabilities: [] },
  vectors: { capabilities: ['embedding'] },
  listed: { capabilities: ['tools'], context_length: 32_768 },
} as const;

const JSON_ANSWER = {
  'content-type': 'application/json; charset=utf-8',
  'content-length': /^\d+$/,
  'transfer-encoding': null,
  connection: null,
};
/** An error in place of a stream's first chunk. */
const INSTEAD_OF_A_STREAM = {
  'content-type': 'application/json',
  'content-length': null,
  'transfer-encoding': 'chunked',
  connection: null,
};
const STREAM = { ...INSTEAD_OF_A_STREAM, 'content-type': 'application/x-ndjson' };
const TEXT = { 'content-type': 'text/plain', 'content-length': /^\d+$/, connection: null };
const EMPTY = { 'content-length': '0', 'content-type': null, connection: null };

const refuse = (
  ask: Row['ask'],
  body: unknown,
  status: number,
  error: unknown,
  has: Row['has'] = JSON_ANSWER,
): Row => ({ ask, body, status, error, has });
const chat = (fields: object, status: number, error: unknown, has: Row['has'] = JSON_ANSWER): Row =>
  refuse('POST /api/chat', { ...CHAT, model: 'all', ...fields }, status, error, has);
const generate = (
  fields: object,
  status: number,
  error: unknown,
  has: Row['has'] = JSON_ANSWER,
): Row =>
  refuse('POST /api/generate', { model: 'all', prompt: 'Hi', ...fields }, status, error, has);
const embed = (fields: object, status: number, error: unknown): Row =>
  refuse('POST /api/embed', { model: 'all', input: 'Hi', ...fields }, status, error);

const field = (kind: string, path: string, type: string): string =>
  `json: cannot unmarshal ${kind} into Go struct field ${path} of type ${type}`;
const value = (kind: string, type: string): string =>
  `json: cannot unmarshal ${kind} into Go value of type api.${type}`;
const called = (call: unknown) => ({
  messages: [{ role: 'assistant', content: '', tool_calls: [call] }],
});
const said = (message: unknown) => ({ messages: [message] });
/** An error of the engine: JSON as text. */
const nested = (message: string): string =>
  JSON.stringify({ error: { code: 400, message, type: 'invalid_request_error' } });
const convert = (problem: string): string => nested(`JSON schema conversion failed:\n${problem}`);

const THINK = '"high", "medium", "low", "max", true, or false';
const BRACE = "Value looks like object, but can't find closing '}' symbol";
const FORMAT = 'expected "json" or a valid JSON Schema object';
const NO_VISION =
  'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj';
const CLOUD = 'ollama cloud is disabled: remote model is unavailable';
const LONG = '9'.repeat(20_000);
const TOOL = { type: 'function', function: { name: 'add' } };

const rows: Readonly<Record<string, readonly Row[]>> = {
  'a route': [
    {
      ask: 'GET /',
      status: 200,
      has: { ...TEXT, 'content-type': 'text/plain; charset=utf-8' },
      text: 'Ollama is running',
    },
    { ask: 'HEAD /', status: 200, has: { 'content-length': '17' }, text: '' },
    {
      ask: 'GET /api/version',
      status: 200,
      has: JSON_ANSWER,
      text: /^\{"version":"0\.33\.\d+"\}$/,
    },
    { ask: 'GET /api/tags?x=1', status: 200, has: JSON_ANSWER, text: /^\{"models":\[/ },
    { ask: 'GET /api/ps', status: 200, has: JSON_ANSWER, text: /^\{"models":\[/ },
    { ask: 'POST /api/nothing', status: 404, has: TEXT, text: '404 page not found' },
    { ask: 'GET /constructor', status: 404, has: TEXT, text: '404 page not found' },
    {
      ask: 'GET /api/chat',
      status: 405,
      has: { ...TEXT, allow: 'POST' },
      text: '405 method not allowed',
    },
    {
      ask: 'POST /api/tags',
      status: 405,
      has: { ...TEXT, allow: 'HEAD, GET' },
      text: '405 method not allowed',
    },
    {
      ask: 'OPTIONS /api/chat',
      status: 405,
      has: { ...TEXT, allow: 'POST' },
      text: '405 method not allowed',
    },
    { ask: 'POST /api/chat/', status: 307, has: { location: '/api/chat' }, text: '' },
    { ask: 'POST /api/chat/?x=1', status: 307, has: { location: '/api/chat?x=1' }, text: '' },
    {
      ask: 'GET /api/tags/',
      status: 301,
      has: { location: '/api/tags' },
      text: '<a href="/api/tags">Moved Permanently</a>.\n\n',
    },
    { ask: 'GET /api/chat/', status: 404, has: TEXT, text: '404 page not found' },
  ],

  'an origin and a host': [
    ...['evil.test', 'localhost.evil.test', '127.0.0.1.evil.test:80', '93.184.215.14'].map(
      (host): Row => ({
        ask: 'POST /api/chat',
        body: CHAT,
        headers: { Host: host },
        status: 403,
        has: EMPTY,
        text: '',
      }),
    ),
    ...['localhost', 'LOCALHOST:11434', 'app.localhost', '127.0.0.1:80', '[::1]:80'].map(
      (host): Row => ({
        ask: 'GET /',
        headers: { Host: host },
        status: 200,
        has: {},
        text: 'Ollama is running',
      }),
    ),
    ...['https://example.com', 'http://localhost.example.com', 'null'].map((origin): Row => ({
      ask: 'POST /api/show',
      body: { model: 'all' },
      headers: { Origin: origin },
      status: 403,
      has: EMPTY,
      text: '',
    })),
    {
      ask: 'OPTIONS /api/chat',
      headers: { Origin: 'http://localhost:4200' },
      status: 204,
      has: {
        'access-control-allow-origin': 'http://localhost:4200',
        'access-control-allow-methods': 'GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS',
        'access-control-allow-headers':
          /^Authorization,Content-Type,User-Agent,Accept,X-Requested-With,Openai-Beta,X-Stainless-Arch,(X-Stainless-[\w-]+,)+X-Stainless-Timeout$/,
        'access-control-max-age': '43200',
        vary: null,
        connection: null,
      },
      text: '',
    },
    {
      ask: 'GET /api/version',
      headers: { Origin: 'app://obsidian.md' },
      status: 200,
      has: { ...JSON_ANSWER, 'access-control-allow-origin': 'app://obsidian.md', vary: null },
      text: /version/,
    },
  ],

  'JSON that is none': [
    refuse('POST /api/chat', '', 400, 'missing request body'),
    refuse('POST /api/chat', ' \n', 400, 'missing request body'),
    refuse('POST /api/chat', '{"model":', 400, 'unexpected EOF'),
    refuse(
      'POST /api/chat',
      'model=x',
      400,
      "invalid character 'm' looking for beginning of value",
    ),
    refuse(
      'POST /api/chat',
      "{'model':'x'}",
      400,
      String.raw`invalid character '\'' looking for beginning of object key string`,
    ),
    refuse(
      'POST /api/chat',
      '{"model":"x"]',
      400,
      "invalid character ']' after object key:value pair",
    ),
    refuse(
      'POST /api/chat',
      `{"messages":${'['.repeat(100_000)}`,
      400,
      "invalid character '[' exceeded max depth",
    ),
    refuse('POST /api/chat', 'null', 400, 'model is required'),
    refuse('POST /api/chat', [], 400, value('array', 'ChatRequest')),
    refuse('POST /api/generate', true, 400, value('bool', 'GenerateRequest')),
    refuse('POST /api/show', 5, 400, value('number', 'ShowRequest')),
    refuse('POST /api/pull', '"x"', 400, value('string', 'PullRequest')),
  ],

  'a field of the wrong type': [
    chat({ model: 3 }, 400, field('number', 'ChatRequest.model', 'string')),
    chat({ messages: 'Hi' }, 400, field('string', 'ChatRequest.messages', '[]api.Message')),
    chat({ messages: ['Hi'] }, 400, field('string', 'ChatRequest.messages', 'api.Alias')),
    chat(said({ role: 1 }), 400, field('number', 'ChatRequest.messages.role', 'string')),
    chat(
      said({ role: 'user', content: [{ type: 'text', text: 'Hi' }] }),
      400,
      field('array', 'ChatRequest.messages.content', 'string'),
    ),
    chat(called({ id: 1 }), 400, field('number', 'ChatRequest.messages.tool_calls.id', 'string')),
    chat(
      called({ function: { index: 0.5 } }),
      400,
      field('number 0.5', 'ChatRequest.messages.tool_calls.function.index', 'int'),
    ),
    chat(called({ function: { arguments: '{"a":1}' } }), 400, BRACE),
    chat(called({ function: { arguments: [1] } }), 400, BRACE),
    chat({ tools: ['add'] }, 400, field('string', 'ChatRequest.tools', 'api.Tool')),
    chat({ tools: {} }, 400, field('object', 'ChatRequest.tools', 'api.Tools')),
    chat(
      { tools: [{ ...TOOL, function: { name: 'add', parameters: { required: 'a' } } }] },
      400,
      field('string', 'ToolFunctionParameters.tools.function.parameters.required', '[]string'),
    ),
    chat({ options: 'x' }, 400, field('string', 'ChatRequest.options', 'map[string]interface {}')),
    chat({ stream: 'no' }, 400, field('string', 'ChatRequest.stream', 'bool')),
    chat({ logprobs: 'yes' }, 400, field('string', 'ChatRequest.logprobs', 'bool')),
    chat({ top_logprobs: 1.5 }, 400, field('number 1.5', 'ChatRequest.top_logprobs', 'int')),
    chat({ truncate: 1 }, 400, field('number', 'ChatRequest.truncate', 'bool')),
    generate({ context: ['a'] }, 400, field('string', 'GenerateRequest.context', 'int')),
    generate({ prompt: ['Hi'] }, 400, field('array', 'GenerateRequest.prompt', 'string')),
    generate({ raw: 'yes' }, 400, field('string', 'GenerateRequest.raw', 'bool')),
    embed({ dimensions: '8' }, 400, field('string', 'EmbedRequest.dimensions', 'int')),
    embed({ input: 1 }, 400, 'invalid input type'),
    embed({ input: ['a', 1] }, 400, 'invalid input type'),
    embed({ input: { length: 1e9 } }, 400, 'invalid input type'),
    refuse('POST /api/show', { name: 1 }, 400, field('number', 'ShowRequest.name', 'string')),
    refuse(
      'POST /api/push',
      { model: 'x', insecure: 1 },
      400,
      field('number', 'PushRequest.insecure', 'bool'),
    ),
    refuse(
      'POST /api/create',
      { model: 'x', files: { a: 1 } },
      400,
      field('number', 'CreateRequest.files', 'string'),
    ),
    chat({ keep_alive: true }, 400, "Unsupported type: 'bool'"),
    chat({ keep_alive: {} }, 400, "Unsupported type: 'map[string]interface {}'"),
    chat({ keep_alive: [] }, 400, "Unsupported type: '[]interface {}'"),
    embed({ keep_alive: true }, 400, "Unsupported type: 'bool'"),
    // What a type's own decoder refuses wins over a wrong type before it.
    chat({ model: 3, keep_alive: true }, 400, "Unsupported type: 'bool'"),
    chat(said({ role: 'user', images: ['%%'] }), 400, 'illegal base64 data at input byte 0'),
    chat(
      said({ role: 'user', images: ['data:image/png;base64,aGk='] }),
      400,
      'illegal base64 data at input byte 4',
    ),
    generate({ images: ['aGk'] }, 400, 'illegal base64 data at input byte 0'),
  ],

  'a value that is out of range': [
    chat({ think: 'hard' }, 400, `invalid think value: "hard" (must be ${THINK})`),
    chat({ think: 1 }, 400, `think must be a boolean or string (${THINK})`),
    chat({ top_logprobs: 21 }, 400, 'top_logprobs must be between 0 and 20'),
    generate({ top_logprobs: -1 }, 400, 'top_logprobs must be between 0 and 20'),
    chat({ keep_alive: '300' }, 400, 'time: missing unit in duration "300"'),
    chat({ keep_alive: 'long' }, 400, 'time: invalid duration "long"'),
    chat({ keep_alive: '5 m' }, 400, 'time: unknown unit " m" in duration "5 m"'),
    chat({ keep_alive: LONG }, 400, `time: invalid duration "${LONG}"`),
    chat({ options: { num_ctx: '1' } }, 500, 'option "num_ctx" must be of type integer'),
    chat({ options: { temperature: '1' } }, 500, 'option "temperature" must be of type float32'),
    generate({ options: { stop: 'x' } }, 500, 'option "stop" must be of type array'),
    generate({ options: { stop: [1] } }, 500, 'option "stop" must be of an array of strings'),
    embed({ options: { use_mmap: 1 } }, 500, 'option "use_mmap" must be of type boolean'),
    generate({ template: '{{ .Prompt' }, 500, 'template: :1: unclosed action'),
    generate(
      { raw: true, system: 'x' },
      400,
      'raw mode does not support template, system, or context',
    ),
    generate(
      { raw: true, template: 'x' },
      400,
      'raw mode does not support template, system, or context',
    ),
    generate(
      { raw: true, context: [1] },
      400,
      'raw mode does not support template, system, or context',
    ),
  ],

  'a name of a model': [
    chat({ model: '' }, 400, 'model is required'),
    generate({ model: '' }, 404, "model '' not found"),
    embed({ model: '' }, 404, "model '' not found"),
    refuse('POST /api/show', {}, 400, 'model is required'),
    refuse('POST /api/push', {}, 400, 'model is required'),
    refuse('POST /api/pull', {}, 400, 'invalid model name'),
    refuse('POST /api/create', { from: 'all' }, 400, 'invalid model name'),
    chat({ model: 'nope' }, 404, "model 'nope' not found"),
    generate({ model: 'nope' }, 404, "model 'nope' not found"),
    embed({ model: 'nope' }, 404, 'model "nope" not found, try pulling it first'),
    refuse('POST /api/show', { model: 'nope' }, 404, "model 'nope:latest' not found"),
    ...['a b', '../a', 'a//b', ':x', 'a:', 'a/b/c/d', 'a:b:c', '-a', 'x'.repeat(81)].flatMap(
      (model): Row[] => [
        chat({ model }, 400, 'invalid model name'),
        generate({ model }, 400, 'invalid model name'),
        embed({ model }, 400, 'invalid model name'),
        refuse('POST /api/show', { model }, 400, 'invalid model name'),
        refuse('POST /api/pull', { model }, 400, 'invalid model name'),
        refuse('POST /api/create', { model, from: 'all' }, 400, 'invalid model name'),
      ],
    ),
    {
      ask: 'POST /api/push',
      body: { model: 'a b' },
      status: 200,
      has: STREAM,
      text:
        '{"status":"retrieving manifest"}\n' +
        '{"error":"unqualified name: registry.ollama.ai/library/a b:latest"}\n',
    },
    refuse(
      'POST /api/push',
      { model: 'a b', stream: false },
      500,
      'unqualified name: registry.ollama.ai/library/a b:latest',
    ),
    chat({ model: 'gpt-oss:120b-cloud' }, 403, CLOUD),
    generate({ model: 'glm-4.6:cloud' }, 403, CLOUD),
    embed({ model: 'x:y-cloud' }, 403, CLOUD),
    refuse(
      'POST /api/show',
      { model: 'glm-4.6:cloud' },
      403,
      'ollama cloud is disabled: remote model details are unavailable',
    ),
    refuse(
      'POST /api/create',
      { model: 'x' },
      400,
      "neither 'from' or 'files' was specified",
      INSTEAD_OF_A_STREAM,
    ),
    refuse(
      'POST /api/create',
      { model: 'x', stream: false },
      400,
      "neither 'from' or 'files' was specified",
    ),
  ],

  'a model that cannot do it': [
    chat({ model: 'plain', think: true }, 400, '"plain" does not support thinking'),
    generate({ model: 'plain', think: 'low' }, 400, '"plain" does not support thinking'),
    chat(
      { model: 'plain', tools: [TOOL] },
      400,
      'registry.ollama.ai/library/plain:latest does not support tools',
    ),
    generate(
      { model: 'plain', suffix: 'x' },
      400,
      'registry.ollama.ai/library/plain:latest does not support insert',
    ),
    chat({ model: 'vectors' }, 400, '"vectors" does not support chat'),
    generate({ model: 'vectors' }, 400, '"vectors" does not support generate'),
    embed(
      { model: 'plain' },
      501,
      'This server does not support embeddings. Start it with `--embeddings`',
    ),
    chat(
      { model: 'plain', ...said({ role: 'user', images: ['aGk='] }) },
      400,
      nested(NO_VISION),
      INSTEAD_OF_A_STREAM,
    ),
    generate({ model: 'plain', images: ['aGk='] }, 400, nested(NO_VISION), INSTEAD_OF_A_STREAM),
    generate({ model: 'plain', images: ['aGk='], stream: false }, 400, nested(NO_VISION)),
  ],

  'a format': [
    chat(
      { format: 'xml' },
      500,
      String.raw`invalid format: "\"xml\""; ${FORMAT}`,
      INSTEAD_OF_A_STREAM,
    ),
    chat({ format: [1], stream: false }, 500, `invalid format: "[1]"; ${FORMAT}`),
    chat(
      { format: { type: 'text' } },
      400,
      convert('Unrecognized schema: {"type":"text"}'),
      INSTEAD_OF_A_STREAM,
    ),
    generate(
      { format: { type: 'object', properties: { type: { type: ['string', 'date'] } } } },
      400,
      convert('Unrecognized schema: {"type":["string","date"]}'),
      INSTEAD_OF_A_STREAM,
    ),
    chat(
      { format: { type: 'string', pattern: '[0-9]' } },
      400,
      convert("Pattern must start with '^' and end with '$'"),
      INSTEAD_OF_A_STREAM,
    ),
    chat(
      { format: { type: 'array', items: { type: 'string', pattern: String.raw`^\d$` } } },
      400,
      nested('failed to parse grammar'),
      INSTEAD_OF_A_STREAM,
    ),
    chat(
      { format: { type: 'object', properties: { a: { $ref: '#' } } } },
      400,
      convert('Unsupported ref: #'),
      INSTEAD_OF_A_STREAM,
    ),
  ],

  'what is accepted': [
    ...[
      { think: true },
      { think: null },
      { think: 'max' },
      { model: 'plain', think: false },
      { model: 'plain', think: null, tools: null, format: null, stream: null, keep_alive: null },
      { model: 'plain', tools: [] },
      { model: 'ALL:latest' },
      { tools: [TOOL] },
      { format: 'json' },
      { format: '' },
      { format: { type: 'object', properties: { pattern: { type: 'string' } } } },
      { format: { type: 'string', pattern: '^(?:[0-9]{3}|a.)$', format: 'date-time' } },
      { format: { $ref: '#/$defs/N', $defs: { N: { enum: ['text'] } } } },
      { logprobs: true, top_logprobs: 20 },
      { keep_alive: '1h30m' },
      { keep_alive: '-1.5µs' },
      { keep_alive: -1 },
      { keep_alive: 0.5 },
      { options: { num_ctx: 1.5, stop: ['x'], seed: null, unheard_of: 'x' } },
      said(null),
      said({ role: 'user', content: 'Hi', images: ['aGk=', 'YWJj\nZGVm', [1, 255]] }),
      called({ id: 'a', type: 'function', function: { name: 'add', arguments: { a: 1 } } }),
      called({ function: { name: 'add', arguments: null } }),
      { unheard_of: 1, constructor: 1 },
    ].map((fields): Row => ({
      ask: 'POST /api/chat',
      body: { ...CHAT, model: 'all', ...fields },
      status: 200,
      has: STREAM,
      text: /"done":true/,
    })),
    {
      ask: 'POST /api/chat',
      body: `${JSON.stringify({ ...CHAT, model: 'all' })} garbage`,
      status: 200,
      has: STREAM,
      text: /"done":true/,
    },
    {
      ask: 'POST /api/chat',
      body: { ...CHAT, model: 'all', stream: false },
      status: 200,
      has: JSON_ANSWER,
      text: /"content":"Hi"/,
    },
    {
      ask: 'POST /api/generate',
      body: { model: 'all', prompt: 'Hi' },
      status: 200,
      has: STREAM,
      text: /"done_reason":"stop","context":\[\d+(,\d+)*\],"total_duration"/,
    },
    {
      ask: 'POST /api/generate',
      body: { model: 'all', prompt: 'Hi', stream: false },
      status: 200,
      has: JSON_ANSWER,
      text: /"context":\[\d+(,\d+)*\]/,
    },
    {
      ask: 'POST /api/generate',
      body: { model: 'all', prompt: 'Hi', raw: true, template: '', context: [] },
      status: 200,
      has: STREAM,
      text: /"done_reason":"stop","total_duration"/,
    },
    {
      ask: 'POST /api/generate',
      body: { model: 'all', prompt: 'Hi', suffix: 'x', template: '{{ if .System }}a{{ end }}}}' },
      status: 200,
      has: STREAM,
      text: /"done":true/,
    },
    {
      ask: 'POST /api/generate',
      body: { model: 'all' },
      status: 200,
      has: JSON_ANSWER,
      text: /"response":"","done":true,"done_reason":"load"\}$/,
    },
    {
      ask: 'POST /api/chat',
      body: { model: 'all', messages: [], keep_alive: '0s' },
      status: 200,
      has: JSON_ANSWER,
      text: /"done":true,"done_reason":"unload"\}$/,
    },
    ...[undefined, null, [], ''].map((input): Row => ({
      ask: 'POST /api/embed',
      body: { model: 'all', input },
      status: 200,
      has: JSON_ANSWER,
      text: '{"model":"all","embeddings":[]}',
    })),
    {
      ask: 'POST /api/pull',
      body: { name: 'hf.co/some/one.gguf:Q4_K_M' },
      status: 200,
      has: STREAM,
      text: /"done":true/,
    },
    {
      ask: 'POST /api/show',
      body: { name: 'listed' },
      status: 200,
      has: JSON_ANSWER,
      text: /"parameters":"stop .*"scripted\.context_length":32768.*"capabilities":\["completion","tools"\]/,
    },
    {
      ask: 'GET /api/tags',
      status: 200,
      has: JSON_ANSWER,
      text: /"name":"listed:latest".*"context_length":32768,"embedding_length":\d+\},"capabilities":\["completion","tools"\]\}\]\}$/,
    },
  ],
};

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

async function send(ollama: ScriptedOllama, { ask, body, headers }: Row): Promise<Answer> {
  const [method, path = ''] = ask.split(' ');
  const request = httpRequest(ollama.url + path, {
    method,
    headers,
    path,
  });
  request.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return {
    status: response.statusCode,
    headers: response.headers,
    text: await readText(response),
  };
}

const named = Object.entries(rows).flatMap(([kind, list]) =>
  list.map((row): [string, string, Row] => [
    kind,
    `${row.ask} ${JSON.stringify(row.body ?? row.headers ?? null).slice(0, 90)}`,
    row,
  ]),
);

describe('the answers of a real Ollama', () => {
  let ollama: ScriptedOllama;
  beforeAll(async () => {
    ollama = await startScriptedOllama(['Hi', { done: true }], { models: MODELS });
  });
  afterAll(() => ollama.close());

  it.each(named)('to %s: %s', async (_, __, row) => {
    const { status, headers, text } = await send(ollama, row);
    if (row.text instanceof RegExp) expect(text).toMatch(row.text);
    else if (row.text !== undefined) expect(text).toBe(row.text);
    else expect(JSON.parse(text)).toEqual({ error: row.error });
    expect(status).toBe(row.status);
    for (const [name, expected] of Object.entries(row.has)) {
      const header = headers[name];
      if (expected === null) expect([name, header]).toEqual([name, undefined]);
      else if (expected instanceof RegExp) expect(header).toMatch(expected);
      else expect(header).toBe(expected);
    }
  });
});
