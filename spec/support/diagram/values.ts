import type { Phase, ToolCall } from '../../../lib/types/index.js';

/** What a marble is about. A `value` is not a chunk, or a chunk of several things. */
export type Kind = Phase | 'value';

/** What a diagram says about a marble. */
export interface Description {
  readonly kind: Kind;
  /** Stands before the lines in text. A picture shows it by the marble's shape. */
  readonly word?: string;
  readonly lines: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

const asFields = (value: unknown): Fields => Object(value) as Fields;

const quote = (text: unknown): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;

/** A value as code. */
function toCode(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `[${value.map(toCode).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const fields = Object.entries(value).map(([key, field]) => `${key}: ${toCode(field)}`);
  return `{${fields.join(', ')}}`;
}

function nameCall({ function: { name, arguments: args } }: ToolCall): string {
  return `${name}(${Object.keys(args).length ? toCode(args) : ''})`;
}

const isCall = (value: unknown): value is ToolCall => Object.hasOwn(asFields(value), 'function');

/** What a message carries: thinking, then text, then calls. */
function listParts({ thinking, content, tool_calls }: Fields, saysThinking: boolean): string[] {
  return [
    ...(thinking ? [`${saysThinking ? 'thinking ' : ''}${quote(thinking)}`] : []),
    ...(content ? [quote(content)] : []),
    ...((tool_calls ?? []) as readonly ToolCall[]).map(nameCall),
  ];
}

function describeChunk(chunk: Fields): Description {
  const message = asFields(chunk['message']);
  const { thinking, content, tool_calls } = message;
  const carried = [thinking, content, tool_calls].filter(Boolean).length;
  let kind: Kind = 'value';
  if (carried === 1) kind = thinking ? 'thinking' : content ? 'answer' : 'tools';
  if (chunk['done']) kind = 'done';
  if (chunk['phase']) kind = chunk['phase'] as Phase;
  const isText = kind === 'thinking' || (kind === 'answer' && Boolean(chunk['phase']));
  const lines = [
    ...['reset', 'reclassify'].filter((mark) => chunk[mark]),
    ...listParts(message, carried > 1),
    ...(kind === 'done' ? ['done'] : []),
    ...listContext(chunk),
  ];
  return { kind, ...(isText && { word: kind }), lines: lines.length ? lines : ["''"] };
}

function describeProgress({ status, ratio, completed, total }: Fields): string[] {
  const amount = total ? [`${toCode(completed ?? 0)} of ${toCode(total)}`] : [];
  return [
    String(status),
    ...(ratio === undefined ? amount : [`${String(Math.round(Number(ratio) * 100))} %`]),
  ];
}

function describeLabeled(label: string, value: unknown): Description {
  const { kind, lines } = describeValue(value);
  return { kind, lines: [`${label}:`, ...lines] };
}

/** A text of a response: an event of SSE, or a line of JSON. */
function describeText(text: string): Partial<Description> {
  const [, comment] = /^(: .*)/.exec(text) ?? [];
  const [, event, data] = /^event: (.*)\ndata: (.*)/m.exec(text) ?? [];
  if (comment) return { lines: [quote(comment)] };
  if (event && data) return { ...describeJson(data), lines: [`event: ${event}`] };
  return text.trim() ? describeJson(text) : { lines: ['an empty line'] };
}

/** JSON by what it is, and as it is if that is short. */
function describeJson(json: string): Partial<Description> {
  const { kind, lines } = describeValue(JSON.parse(json));
  return { kind, lines: kind === 'value' ? [json.trim()] : ['line:', ...lines] };
}

/** An event of a run of tools, or of a protocol. */
function describeEvent({ type, chunk, call, data, delta }: Fields): Partial<Description> {
  if (typeof data === 'string') {
    return { ...describeJson(data), lines: [`type ${quote(type)}`] };
  }
  if (typeof delta === 'string') {
    return { kind: 'answer', lines: [`${String(type)}:`, quote(delta)] };
  }
  if (type === 'chunk') return describeValue(chunk);
  if (!call) return { lines: [String(type)] };
  return { kind: 'tools', lines: [`${String(type)} ${nameCall(call as ToolCall)}`] };
}

const listContext = ({ context }: Fields): string[] =>
  context ? [`context ${toCode(context)}`] : [];

function describeThroughput({ tokens, tokensPerSecond, exact }: Fields): string[] {
  const rate = `${exact ? 'exactly' : 'about'} ${toCode(tokensPerSecond)}/s`;
  return [
    `${toCode(tokens)} token${tokens === 1 ? '' : 's'}`,
    ...(tokensPerSecond === undefined ? [] : [rate]),
  ];
}

/** How to describe values that have a certain field. The first field that a value has decides. */
const readers: readonly (readonly [field: string, (fields: Fields) => Partial<Description>])[] = [
  ['type', describeEvent],
  ['message', describeChunk],
  [
    'response',
    (line) => ({ lines: [`response ${quote(line['response'])}`, ...listContext(line)] }),
  ],
  ['source', ({ source, chunk }) => describeLabeled(String(source), chunk)],
  ['at', ({ at, chunk, end }) => describeLabeled(`at ${toCode(at)}`, chunk ?? end)],
  [
    'tokens',
    (fields) => ({ kind: (fields['phase'] ?? 'value') as Kind, lines: describeThroughput(fields) }),
  ],
  // The first line of a recording.
  ['format', () => ({ lines: ['header'] })],
  ['status', (fields) => ({ lines: describeProgress(fields) })],
  ['embeddings', ({ embeddings }) => ({ lines: [toCode(embeddings)] })],
  ['role', (fields) => ({ lines: listParts(fields, true) })],
  ['comment', ({ comment }) => ({ lines: [`comment ${quote(comment)}`] })],
];

/** Describes the fields of a value that a reader of a diagram needs. */
export function describeValue(value: unknown): Description {
  if (isCall(value)) return { kind: 'tools', lines: [nameCall(value)] };
  if (Array.isArray(value) && value.every(isCall)) {
    // The brackets of one list, and a line per call.
    const list = `[${value.map(nameCall).join('\n')}]`;
    return { kind: 'tools', lines: list.split('\n') };
  }
  if (typeof value === 'string' && value.endsWith('\n')) {
    return { kind: 'value', lines: [toCode(value)], ...describeText(value) };
  }
  const [, read] = readers.find(([field]) => Object.hasOwn(asFields(value), field)) ?? [];
  return { kind: 'value', lines: [toCode(value)], ...read?.(asFields(value)) };
}

/** An error by its name. */
export function describeError(error: unknown): string {
  const { name } = asFields(error);
  return typeof name === 'string' ? name : 'error';
}

/** A description in one line of text. */
export const toNote = ({ word, lines }: Description): string =>
  `${word ? `${word} ` : ''}${lines.join(', ').replace(':, ', ': ')}`;
