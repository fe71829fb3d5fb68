import { toTagged } from '../../core/modelKey.js';
import { isObject } from '../../wire/line.js';
import { decodeFirst, EOF, GoError } from './goJson.js';
import { checkGoType } from './goTypes.js';
import { judgeCompletion } from './judgeCompletion.js';
import { isCloudName, isModelName, toFullName } from './modelNames.js';
import { findInvalidOption } from './modelOptions.js';
import type { Models } from './models.js';
import type { ReceivedBody } from './received.js';
import { REQUEST_TYPES } from './requestTypes.js';
import { toRefusal, type Verdict } from './verdict.js';

const CLOUD_IS_OFF = 'ollama cloud is disabled: ';
const RUNS: ReadonlySet<string> = new Set(['/api/chat', '/api/generate', '/api/embed']);
const NO_EMBEDDINGS = 'This server does not support embeddings. Start it with `--embeddings`';

/** What was read of a body, and the refusal that it gets if it is invalid. */
export function readBody(
  path: string,
  bytes: Buffer,
): { readonly body: ReceivedBody; readonly refusal?: Verdict } {
  const type = REQUEST_TYPES[path];
  let body: ReceivedBody = {};
  try {
    const value = decodeFirst(bytes);
    if (isObject(value)) body = value;
    if (type) checkGoType(value, type);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    const words = error.message === EOF ? 'missing request body' : error.message;
    return { body, refusal: toRefusal(400, words) };
  }
  return { body };
}

/** What the server answers before any model runs, or `undefined` where the script answers. */
export function judge(path: string, body: ReceivedBody, models: Models): Verdict | undefined {
  const name = nameOf(path, body);
  if (path === '/api/push') return judgePush(name);
  const refusal = judgeName(path, name, models);
  if (refusal) return refusal;
  switch (path) {
    case '/api/chat':
    case '/api/generate':
      return judgeCompletion(path === '/api/chat', body, models);
    case '/api/embed':
      return judgeEmbed(body, models);
    case '/api/show':
      return judgeShow(name, models);
    case '/api/create':
      return judgeCreate(body);
    default:
      return undefined;
  }
}

/** Pull, push, create and show also take the older `name`. */
export function nameOf(path: string, { model, ['name']: name }: ReceivedBody): string {
  return model || (typeof name === 'string' && !RUNS.has(path) ? name : '');
}

function judgeName(path: string, name: string, models: Models): Verdict | undefined {
  if (name === '') return refuseNoName(path);
  if (!isModelName(name)) return toRefusal(400, 'invalid model name');
  if (!isCloudName(name) || models.isListed(name)) return undefined;
  if (RUNS.has(path)) return toRefusal(403, `${CLOUD_IS_OFF}remote model is unavailable`);
  return path === '/api/show'
    ? toRefusal(403, `${CLOUD_IS_OFF}remote model details are unavailable`)
    : undefined;
}

function refuseNoName(path: string): Verdict {
  if (path === '/api/chat' || path === '/api/show') return toRefusal(400, 'model is required');
  if (path === '/api/pull' || path === '/api/create') return toRefusal(400, 'invalid model name');
  return toRefusal(404, "model '' not found");
}

/** A push of a bad name is accepted, and fails in the stream. */
function judgePush(name: string): Verdict | undefined {
  if (name === '') return toRefusal(400, 'model is required');
  if (isModelName(name)) return undefined;
  const error = `unqualified name: ${toFullName(name)}`;
  return { scenario: [{ status: 'retrieving manifest' }, { error }] };
}

function judgeShow(name: string, models: Models): Verdict {
  return models.capabilities(name)
    ? { status: 200, answer: models.show(name) }
    : toRefusal(404, `model '${toTagged(name)}' not found`);
}

function judgeCreate({ from, files }: ReceivedBody): Verdict | undefined {
  if (from || files) return undefined;
  return { scenario: [{ error: "neither 'from' or 'files' was specified", status: 400 }] };
}

function judgeEmbed(body: ReceivedBody, models: Models): Verdict | undefined {
  const { model = '', input, options } = body;
  const texts: readonly unknown[] = Array.isArray(input) ? input : input ? [input] : [];
  if (!texts.every((text) => typeof text === 'string')) return toRefusal(400, 'invalid input type');
  const capabilities = models.capabilities(model);
  if (!capabilities) {
    return toRefusal(404, `model ${JSON.stringify(model)} not found, try pulling it first`);
  }
  const invalid = isObject(options) ? findInvalidOption(options) : undefined;
  if (invalid !== undefined) return toRefusal(500, invalid);
  models.load(model);
  if (texts.length === 0) return { status: 200, answer: { model, embeddings: [] } };
  return capabilities.includes('embedding') ? undefined : toRefusal(501, NO_EMBEDDINGS);
}
