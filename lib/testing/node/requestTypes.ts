import { isObject } from '../../wire/line.js';
import { findBase64Error } from './goBase64.js';
import { parseGoDuration } from './goDuration.js';
import { GoError } from './goJson.js';
import type { GoStruct, GoType } from './goTypes.js';

const THINK_LEVELS: readonly unknown[] = ['high', 'medium', 'low', 'max'];
const THINK_HINT = '"high", "medium", "low", "max", true, or false';
const MALFORMED_OBJECT = "Value looks like object, but can't find closing '}' symbol";

const string: GoType = { kind: 'string' };
const bool: GoType = { kind: 'bool' };
const int: GoType = { kind: 'int' };
const any: GoType = { kind: 'any' };
const slice = (item: GoType, name: string): GoType => ({ kind: 'slice', item, name });
const map = (item: GoType, name: string): GoType => ({ kind: 'map', item, name });
const struct = (name: string, fields: GoStruct['fields']): GoStruct => ({
  kind: 'struct',
  name,
  fields,
});
const anyMap = map(any, 'map[string]interface {}');
const stringMap = map(string, 'map[string]string');

const keepAlive: GoType = {
  kind: 'own',
  decode(value) {
    if (typeof value === 'string') parseGoDuration(value);
    else if (typeof value !== 'number') {
      const list = Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
      throw new GoError(`Unsupported type: '${typeof value === 'boolean' ? 'bool' : list}'`);
    }
  },
};

const think: GoType = {
  kind: 'own',
  decode(value) {
    if (typeof value === 'boolean' || THINK_LEVELS.includes(value)) return;
    throw new GoError(
      typeof value === 'string'
        ? `invalid think value: ${JSON.stringify(value)} (must be ${THINK_HINT})`
        : `think must be a boolean or string (${THINK_HINT})`,
    );
  },
};

const toolArguments: GoType = {
  kind: 'own',
  decode(value) {
    if (!isObject(value)) throw new GoError(MALFORMED_OBJECT);
  },
};

/** Bytes: base64, or a list of numbers. */
const image: GoType = { kind: 'bytes', name: 'api.ImageData', findError: findBase64Error };
const images = slice(image, '[]api.ImageData');

const message: GoStruct = {
  ...struct('Message', {
    role: string,
    content: string,
    thinking: string,
    images,
    tool_calls: slice(
      struct('ToolCall', {
        id: string,
        function: struct('ToolCallFunction', {
          index: int,
          name: string,
          arguments: toolArguments,
        }),
      }),
      '[]api.ToolCall',
    ),
    tool_name: string,
    tool_call_id: string,
  }),
  own: true,
};
const messages = slice(message, '[]api.Message');

const tools = slice(
  struct('Tool', {
    type: string,
    function: struct('ToolFunction', {
      name: string,
      description: string,
      parameters: struct('ToolFunctionParameters', {
        type: string,
        required: slice(string, '[]string'),
      }),
    }),
  }),
  'api.Tools',
);

const prompted = {
  model: string,
  stream: bool,
  keep_alive: keepAlive,
  options: anyMap,
  think,
  truncate: bool,
  shift: bool,
  logprobs: bool,
  top_logprobs: int,
};
const named = { model: string, name: string, stream: bool };
const registry = { ...named, insecure: bool, username: string, password: string };

/** What Ollama reads the body of each request into. */
export const REQUEST_TYPES: Readonly<Record<string, GoStruct>> = {
  '/api/chat': struct('ChatRequest', { ...prompted, messages, tools }),
  '/api/generate': struct('GenerateRequest', {
    ...prompted,
    prompt: string,
    suffix: string,
    system: string,
    template: string,
    context: slice(int, '[]int'),
    raw: bool,
    images,
  }),
  '/api/embed': struct('EmbedRequest', {
    model: string,
    keep_alive: keepAlive,
    truncate: bool,
    dimensions: int,
    options: anyMap,
  }),
  '/api/show': struct('ShowRequest', {
    model: string,
    name: string,
    system: string,
    template: string,
    verbose: bool,
    options: anyMap,
  }),
  '/api/pull': struct('PullRequest', registry),
  '/api/push': struct('PushRequest', registry),
  '/api/create': struct('CreateRequest', {
    ...named,
    from: string,
    quantize: string,
    quantization: string,
    remote_host: string,
    template: string,
    system: string,
    renderer: string,
    parser: string,
    requires: string,
    files: stringMap,
    adapters: stringMap,
    parameters: anyMap,
    info: anyMap,
    messages,
  }),
};
