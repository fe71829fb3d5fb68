import { toTimestamp } from './wire.js';
import { toFullName, type Models } from './models.js';
import type { ReceivedBody } from './received.js';

/** What the server answers by itself, without a scenario. */
export interface Verdict {
  readonly status: number;
  readonly answer: unknown;
}

const refuse = (status: number, error: string): Verdict => ({
  status,
  answer: { error },
});

/** The Go type that each path's body is read into: its errors name it. */
const GO_TYPES: Readonly<Record<string, string>> = {
  '/api/chat': 'ChatRequest',
  '/api/generate': 'GenerateRequest',
  '/api/embed': 'EmbedRequest',
  '/api/show': 'ShowRequest',
  '/api/pull': 'PullRequest',
  '/api/push': 'PushRequest',
  '/api/create': 'CreateRequest',
};

const THINK_VALUES: readonly unknown[] = ['high', 'medium', 'low', 'max'];
const THINK_HINT = '"high", "medium", "low", "max", true, or false';
const MALFORMED_OBJECT = "Value looks like object, but can't find closing '}' symbol";

/** The body of a request as an object, or the refusal that it gets. */
export function parseBody(path: string, text: string): { body: ReceivedBody } | Verdict {
  if (text.trim() === '') return refuse(400, 'missing request body');
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    return refuse(400, toGoSyntaxError(String(error), text));
  }
  if (isObject(body)) return { body };
  return refuse(400, cannotUnmarshal(body, 'value', `api.${GO_TYPES[path] ?? 'Request'}`));
}

/** What the server says to a request before any model runs, or `undefined` where a model answers. */
export function judge(path: string, body: ReceivedBody, models: Models): Verdict | undefined {
  const invalid = findInvalid(GO_TYPES[path] ?? '', body);
  if (invalid !== undefined) return refuse(400, invalid);
  switch (path) {
    case '/api/chat':
    case '/api/generate':
      return judgeCompletion(path === '/api/chat', body, models);
    case '/api/embed':
      return judgeEmbed(body, models);
    case '/api/show': {
      const name = nameOf(body);
      if (name === '') return refuse(400, 'model is required');
      return models.capabilities(name)
        ? { status: 200, answer: models.show(name) }
        : refuse(404, `model '${name}' not found`);
    }
    case '/api/push':
      return nameOf(body) === '' ? refuse(400, 'model is required') : undefined;
    default:
      return nameOf(body) === '' ? refuse(400, 'invalid model name') : undefined;
  }
}

function judgeCompletion(chat: boolean, body: ReceivedBody, models: Models): Verdict | undefined {
  const { think, tools, format, keep_alive, top_logprobs } = body;
  const model = body.model ?? '';
  if (typeof top_logprobs === 'number' && (top_logprobs < 0 || top_logprobs > 20)) {
    return refuse(400, 'top_logprobs must be between 0 and 20');
  }
  if (chat && model === '') return refuse(400, 'model is required');
  const capabilities = models.capabilities(model);
  if (model === '' || !capabilities) return refuse(404, `model '${model}' not found`);

  const idle = chat ? !body.messages?.length : !body.prompt;
  if (idle && isZero(keep_alive)) {
    models.unload(model);
    return { status: 200, answer: toEmptyAnswer(chat, model, 'unload') };
  }
  if (think && !capabilities.includes('thinking')) {
    return refuse(400, `${JSON.stringify(model)} does not support thinking`);
  }
  if (chat && tools?.length && !capabilities.includes('tools')) {
    return refuse(400, `${toFullName(model)} does not support tools`);
  }
  models.load(model);
  if (idle) return { status: 200, answer: toEmptyAnswer(chat, model, 'load') };

  // It is the model's runner that finds this out, so it is no 400.
  if (format && format !== 'json' && !isObject(format)) {
    const hint = 'expected "json" or a valid JSON Schema object';
    return refuse(500, `invalid format: ${JSON.stringify(JSON.stringify(format))}; ${hint}`);
  }
  return undefined;
}

function judgeEmbed({ model = '', input }: ReceivedBody, models: Models): Verdict | undefined {
  const texts = Array.isArray(input) ? input : [input ?? ''];
  if (!texts.every((text) => typeof text === 'string')) return refuse(400, 'invalid input type');
  if (model && models.capabilities(model)) return undefined;
  return refuse(404, `model '${model}' not found`);
}

/** What Go's decoder has against the body. */
function findInvalid(goType: string, body: ReceivedBody): string | undefined {
  const wrong = (value: unknown, field: string, type: string): string | undefined =>
    value === undefined || value === null || isOfGoType(value, type)
      ? undefined
      : cannotUnmarshal(value, `struct field ${goType}.${field}`, type);

  return (
    wrong(body.model, 'model', 'string') ??
    wrong(body.stream, 'stream', 'bool') ??
    wrong(body.prompt, 'prompt', 'string') ??
    wrong(body.messages, 'messages', '[]api.Message') ??
    wrong(body.tools, 'tools', 'api.Tools') ??
    toObjects(body.messages)
      .map(({ content }) => wrong(content, 'messages.content', 'string'))
      .find(Boolean) ??
    findInvalidArguments(body) ??
    findInvalidThink(body.think) ??
    findInvalidDuration(body['keep_alive'])
  );
}

function findInvalidArguments({ messages }: ReceivedBody): string | undefined {
  const calls = toObjects(messages).flatMap(({ tool_calls }) => toObjects(tool_calls));
  const values = calls.map((call) => (isObject(call['function']) ? call['function'] : {}));
  return values.every(({ arguments: value }) => value == null || isObject(value))
    ? undefined
    : MALFORMED_OBJECT;
}

function findInvalidThink(think: unknown): string | undefined {
  if (typeof think === 'boolean' || think === undefined || think === null) return undefined;
  if (typeof think !== 'string') return `think must be a boolean or string (${THINK_HINT})`;
  return THINK_VALUES.includes(think)
    ? undefined
    : `invalid think value: ${JSON.stringify(think)} (must be ${THINK_HINT})`;
}

function findInvalidDuration(duration: unknown): string | undefined {
  if (typeof duration !== 'string' || duration === '0') return undefined;
  const number = String.raw`(\d+\.?\d*|\.\d+)`;
  if (new RegExp(`^[-+]?(${number}(ns|us|µs|μs|ms|s|m|h))+$`).test(duration)) return undefined;
  const problem = new RegExp(`^[-+]?${number}$`).test(duration)
    ? 'missing unit in duration'
    : 'invalid duration';
  return `time: ${problem} ${JSON.stringify(duration)}`;
}

function isZero(duration: unknown): boolean {
  return duration === 0 || (typeof duration === 'string' && /^[-+]?[0.]+[a-zµμ]*$/.test(duration));
}

function toEmptyAnswer(chat: boolean, model: string, done_reason: string): unknown {
  const nothing = chat ? { message: { role: 'assistant', content: '' } } : { response: '' };
  return { model, created_at: toTimestamp(), ...nothing, done: true, done_reason };
}

/** Pull, push, create and show also take the older `name`. */
function nameOf({ model, ['name']: name }: ReceivedBody): string {
  return model || (typeof name === 'string' ? name : '');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toObjects(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function isOfGoType(value: unknown, type: string): boolean {
  if (type === 'bool') return typeof value === 'boolean';
  return type === 'string' ? typeof value === 'string' : Array.isArray(value);
}

function cannotUnmarshal(value: unknown, into: string, type: string): string {
  const kind = Array.isArray(value) ? 'array' : typeof value;
  const goKind = kind === 'boolean' ? 'bool' : kind;
  return `json: cannot unmarshal ${goKind} into Go ${into} of type ${type}`;
}

/** Near enough: Go has a wording for each place at which a character can be wrong. */
function toGoSyntaxError(message: string, text: string): string {
  const position = /position (\d+)/.exec(message)?.[1] ?? text.length;
  const char = /token '(.)'/su.exec(message)?.[1] ?? text[Number(position)];
  return char === undefined
    ? 'unexpected EOF'
    : `invalid character '${char}' looking for beginning of value`;
}
