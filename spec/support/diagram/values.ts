import type { Phase, ToolCall } from '../../../lib/types/index.js';

/** What a marble is about; `other` is whatever is no chunk. */
export type Kind = Phase | 'other';

/** What is said of a marble. */
export interface Description {
  readonly kind: Kind;
  /** What text says before the lines, and a picture by the marble's shape. */
  readonly word?: string;
  readonly lines: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

const asFields = (value: unknown): Fields => Object(value) as Fields;

const quote = (text: unknown): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;

/** A value as one would write it down. */
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

/** What a message carries, in the order in which a chunk of several things is read. */
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
  let kind: Kind = 'other';
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

/** What happens in a run of tools. */
function describeEvent({ type, chunk, call }: Fields): Partial<Description> {
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

/** Values that are told apart by a field that others don't have. */
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
    (fields) => ({ kind: (fields['phase'] ?? 'other') as Kind, lines: describeThroughput(fields) }),
  ],
  ['status', (fields) => ({ lines: describeProgress(fields) })],
  ['embeddings', ({ embeddings }) => ({ lines: [toCode(embeddings)] })],
  ['role', (fields) => ({ lines: listParts(fields, true) })],
];

/** Says of a value what a reader of a marble diagram wants to know: not all of it. */
export function describeValue(value: unknown): Description {
  if (isCall(value)) return { kind: 'tools', lines: [nameCall(value)] };
  if (Array.isArray(value) && value.every(isCall)) {
    // A list, though each call has a line of its own.
    const list = `[${value.map(nameCall).join('\n')}]`;
    return { kind: 'tools', lines: list.split('\n') };
  }
  const [, read] = readers.find(([field]) => Object.hasOwn(asFields(value), field)) ?? [];
  return { kind: 'other', lines: [toCode(value)], ...read?.(asFields(value)) };
}

/** An error by its name: its message is for those who have to deal with it. */
export function describeError(error: unknown): string {
  const { name } = asFields(error);
  return typeof name === 'string' ? name : 'error';
}

/** A description in one line of text. */
export const toNote = ({ word, lines }: Description): string =>
  `${word ? `${word} ` : ''}${lines.join(', ').replace(':, ', ': ')}`;
