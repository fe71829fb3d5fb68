import {
  OllamaConnectionError,
  OllamaHttpError,
  OllamaProtocolError,
  OllamaStreamError,
  OllamaTruncatedError,
  type OllamaError,
} from '../../lib/errors.js';
import type { Scenario } from '../../lib/testing/node/index.js';

/** One way in which a chat fails, and what its consumer gets. */
export interface Failure {
  /** What the server does, as the docs say it. */
  readonly does: string;
  readonly scenario: Scenario;
  readonly is: new (...args: never[]) => OllamaError;
  readonly message: string;
  /** What the consumer gets before the error; the `partial` is all of it. */
  readonly before?: readonly string[];
  readonly fields?: object;
  /** The name of what lies under it. */
  readonly cause?: string;
}

const HINT = "Is the host an Ollama server's own API, and nothing in between rewriting it?";
const DOWN =
  'A proxy in front of the server got no answer from it. Is Ollama running behind the proxy?';
const LOG = "The server's log may say why.";
const before = ['Hel', 'lo'];
const page = '<!doctype html>\n<title>502</title>\n';
const raw = (text: string) => [{ raw: text }];

export const failures: readonly Failure[] = [
  {
    does: 'status 404, JSON',
    scenario: [{ error: 'model "qwen3" not found, try pulling it first', status: 404 }],
    is: OllamaHttpError,
    message: 'HTTP 404: model "qwen3" not found, try pulling it first. Run: ollama pull qwen3',
    fields: { status: 404, body: '{"error":"model \\"qwen3\\" not found, try pulling it first"}' },
  },
  {
    does: 'status 502, a web page',
    scenario: { status: 502, headers: { 'Content-Type': 'text/html' }, steps: raw(page) },
    is: OllamaHttpError,
    message: `HTTP 502 from URL/api/chat: Bad Gateway. ${DOWN}`,
    fields: { status: 502, body: page },
  },
  {
    does: 'status 503, no body',
    scenario: { status: 503, steps: [] },
    is: OllamaHttpError,
    message: `HTTP 503 from URL/api/chat: Service Unavailable. ${DOWN}`,
    fields: { status: 503, body: '' },
  },
  {
    does: 'status 524, a page of a proxy',
    scenario: { status: 524, headers: { 'Content-Type': 'text/html' }, steps: raw(page) },
    is: OllamaHttpError,
    message:
      'HTTP 524 from URL/api/chat: unknown. A proxy in front of the server reached its timeout ' +
      "before the server answered. Raise the proxy's timeout.",
    fields: { status: 524, body: page },
  },
  {
    does: 'status 401, asks to sign in',
    scenario: {
      status: 401,
      steps: raw('{"error":"unauthorized","signin_url":"https://ollama.com/connect"}'),
    },
    is: OllamaHttpError,
    message: 'HTTP 401: unauthorized. Sign in at https://ollama.com/connect',
    fields: { status: 401 },
  },
  {
    does: 'status 429 with `Retry-After`',
    scenario: { status: 429, headers: { 'Retry-After': '2' }, steps: raw('{"error":"slow down"}') },
    is: OllamaHttpError,
    message: 'HTTP 429: slow down',
    fields: { status: 429, retryAfter: 2000 },
  },
  {
    does: 'status 422, `detail` of a proxy',
    scenario: {
      status: 422,
      steps: raw('{"detail":[{"loc":["body","messages"],"msg":"field required"}]}'),
    },
    is: OllamaHttpError,
    message: 'HTTP 422: body.messages: field required',
    fields: { status: 422 },
  },
  {
    does: 'status 307, a redirect',
    scenario: { status: 307, headers: { Location: 'https://other/api/chat' }, steps: [] },
    is: OllamaHttpError,
    message:
      'HTTP 307 from URL/api/chat: The server redirects to https://other/api/chat. Redirects are ' +
      'not followed, because another server would get the request. ' +
      'Set host to https://other if that is yours.',
    fields: { status: 307 },
  },
  {
    does: 'reset before the headers',
    scenario: [{ fault: 'reset' }],
    is: OllamaConnectionError,
    message:
      "Ollama can't be reached at URL: …. " +
      "The server closed the connection before it answered. The server's log may say why.",
    cause: 'TypeError',
  },
  {
    does: 'reset after the headers, before a line',
    scenario: [{ raw: '' }, { fault: 'reset' }],
    is: OllamaConnectionError,
    message: 'The connection broke before the first chunk: …. Is the server still running?',
    cause: 'TypeError',
  },
  {
    does: 'reset in mid-stream',
    scenario: [...before, { fault: 'reset' }],
    is: OllamaConnectionError,
    message: 'The connection broke in mid-stream: …. Is the server still running?',
    before,
    cause: 'TypeError',
  },
  {
    does: 'close in mid-stream',
    scenario: [...before, { fault: 'close' }],
    is: OllamaConnectionError,
    message: 'The connection broke in mid-stream: …. Is the server still running?',
    before,
    cause: 'TypeError',
  },
  {
    does: 'error line first, status 200',
    scenario: { status: 200, steps: [{ error: 'model runner has crashed' }] },
    is: OllamaStreamError,
    message: 'model runner has crashed',
    fields: { detail: { error: 'model runner has crashed' } },
  },
  {
    does: 'error line in mid-stream',
    scenario: [...before, { error: 'an error was encountered' }],
    is: OllamaStreamError,
    message: 'an error was encountered',
    before,
  },
  {
    does: 'error line in mid-stream, no newline',
    scenario: [...before, { error: 'an error was encountered', newline: '' }],
    is: OllamaStreamError,
    message: 'an error was encountered',
    before,
  },
  {
    does: 'error line with more keys',
    scenario: [...before, ...raw('{"StatusCode":429,"Status":"429","error":"slow down"}')],
    is: OllamaStreamError,
    message: 'slow down',
    before,
    fields: { detail: { StatusCode: 429, Status: '429', error: 'slow down' } },
  },
  {
    does: 'error line that asks to sign in',
    scenario: raw('{"error":"unauthorized","signin_url":"https://ollama.com/connect"}'),
    is: OllamaStreamError,
    message: 'unauthorized. Sign in at https://ollama.com/connect',
    fields: { detail: { error: 'unauthorized', signin_url: 'https://ollama.com/connect' } },
  },
  {
    does: 'error line with an object',
    scenario: [...before, { error: { code: 500, message: 'out of memory' } }],
    is: OllamaStreamError,
    message: 'out of memory',
    before,
    fields: { detail: { error: { code: 500, message: 'out of memory' } } },
  },
  {
    does: 'error line without words',
    scenario: [...before, { error: '' }],
    is: OllamaStreamError,
    message: 'The server failed without giving a reason. Its log may say more.',
    before,
  },
  {
    does: 'malformed line',
    scenario: [...before, ...raw('{"message":{"content":"\u0007"}}\n'), 'more', { done: true }],
    is: OllamaProtocolError,
    message: `A line of the response is not JSON. ${HINT} The line: {"message":{"content":"\u0007"}}`,
    before,
    fields: { line: '{"message":{"content":"\u0007"}}' },
    cause: 'SyntaxError',
  },
  ...['null', '123', '"text"', '[]', '{"object":"chunk"}', '{"message":1}'].map((line) => ({
    does: `\`${line}\` as a line`,
    scenario: [...before, ...raw(`${line}\n`), 'more', { done: true }],
    is: OllamaProtocolError,
    message: `A line of the response is not a chunk. ${HINT} The line: ${line}`,
    before,
    fields: { line },
  })),
  {
    does: 'tool calls that are none',
    scenario: [...before, ...raw('{"message":{"tool_calls":[{}]}}\n')],
    is: OllamaProtocolError,
    message: `A line of the response is not a chunk. ${HINT} The line: {"message":{"tool_calls":[{}]}}`,
    before,
  },
  {
    does: 'server-sent events, status 200',
    scenario: raw('data: {"choices":[]}\n\ndata: [DONE]\n\n'),
    is: OllamaProtocolError,
    message: `A line of the response is not JSON. ${HINT} The line: data: {"choices":[]}`,
    cause: 'SyntaxError',
  },
  {
    does: 'a web page, status 200',
    scenario: raw(page),
    is: OllamaProtocolError,
    message: `A line of the response is not JSON. ${HINT} The line: <!doctype html>`,
    cause: 'SyntaxError',
  },
  {
    does: 'a web page of one line, no newline',
    scenario: raw('<title>Sign in</title>'),
    is: OllamaProtocolError,
    message: `A line of the response is not JSON. ${HINT} The line: <title>Sign in</title>`,
    cause: 'SyntaxError',
  },
  {
    does: 'end without a final chunk',
    scenario: before,
    is: OllamaTruncatedError,
    message: `The response ended without a final chunk: it is incomplete. ${LOG}`,
    before,
  },
  {
    does: 'end in the middle of a line',
    scenario: [...before, { fault: 'cut' }],
    is: OllamaTruncatedError,
    message: `The response ended in the middle of a line. ${LOG}`,
    before,
    cause: 'OllamaProtocolError',
  },
  {
    does: 'end in the middle of the first line',
    scenario: [{ fault: 'cut' }],
    is: OllamaTruncatedError,
    message: `The response ended in the middle of a line. ${LOG}`,
    cause: 'OllamaProtocolError',
  },
  {
    does: 'an empty body',
    scenario: [],
    is: OllamaTruncatedError,
    message: `The response ended before its first chunk. ${LOG}`,
  },
  {
    does: 'status 204',
    scenario: { status: 204, steps: [] },
    is: OllamaTruncatedError,
    message: `The response has no body. If fetch can't stream here, pass one that can. ${LOG}`,
  },
];
