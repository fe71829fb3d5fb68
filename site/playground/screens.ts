import { createMessage } from '../../lib/core/message/message.js';
import type { ChatChunk, ToolCall } from '../../lib/types/index.js';
import { describeValue } from '../../spec/support/diagram/values.js';
import type { Stage } from './engine/played.js';

/** A text by how much of the one before is kept, and what is added. */
export type Change = readonly [kept: number, added: string];

/** What a screen shows from a time on. */
export interface Screen {
  readonly at: number;
  readonly thinking: Change;
  readonly content: Change;
  readonly calls: readonly string[];
  /** What is not a message. */
  readonly other: Change;
}

interface Shown {
  readonly thinking?: string | undefined;
  readonly content?: string | undefined;
  readonly calls?: readonly string[];
  readonly other?: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** More is not shown. */
export const MAX_TEXT = 100_000;
const MAX_CALLS = 20;
/** Screens at most: one per value. */
export const MAX_SCREENS = 5000;

const isCall = (value: unknown): value is ToolCall =>
  typeof (Object(value) as Partial<ToolCall>).function?.name === 'string';

const nameCalls = (calls: readonly ToolCall[]): string[] =>
  calls
    .slice(0, MAX_CALLS)
    .flatMap((call) => describeValue(call).lines.map((line) => line.slice(0, 200)));

const isChunk = ({ message, done }: Fields): boolean =>
  typeof message === 'object' && typeof done === 'boolean';

/** A message that has come so far. */
function fromMessage(value: unknown): Shown {
  const { thinking, content, tool_calls } = Object(value) as Fields;
  return {
    thinking: typeof thinking === 'string' ? thinking : '',
    content: typeof content === 'string' ? content : '',
    calls: Array.isArray(tool_calls) ? nameCalls(tool_calls.filter(isCall)) : [],
  };
}

function toOther(value: unknown): string {
  try {
    return JSON.stringify(value, undefined, 2).slice(0, 4000);
  } catch {
    return String(value).slice(0, 4000);
  }
}

/** Shows values one after another, as the subscriber of a stage would. */
function createScreen(isSnapshot: boolean): (value: unknown) => Shown {
  const message = createMessage();
  const calls: string[] = [];
  let text = '';
  return (value) => {
    if (typeof value === 'string') {
      text = (text + value).slice(0, MAX_TEXT);
      return { content: text };
    }
    if (isCall(value)) {
      if (calls.length < MAX_CALLS) calls.push(...nameCalls([value]));
      return { calls: [...calls] };
    }
    if (Array.isArray(value) && value.length && value.every(isCall))
      return { calls: nameCalls(value) };
    const fields = Object(value) as Fields;
    if (isChunk(fields)) {
      if (isSnapshot) return fromMessage(fields['message']);
      message.add(value as ChatChunk);
      return fromMessage(message.snapshot());
    }
    if (fields['role'] === 'assistant') return fromMessage(value);
    return { other: toOther(value) };
  };
}

function change(before: string, after: string): Change {
  let kept = after.startsWith(before) ? before.length : 0;
  if (!kept) while (kept < before.length && before[kept] === after[kept]) kept++;
  return [kept, after.slice(kept)];
}

/** What a screen shows of the values of a result. */
export function toScreens({ events }: Stage, label: string): Screen[] {
  const show = createScreen(label.startsWith('accumulateResponse'));
  let before: Required<Shown> = { thinking: '', content: '', calls: [], other: '' };
  const screens: Screen[] = [];
  for (const event of events.slice(0, MAX_SCREENS)) {
    if (event.end) continue;
    let shown: Shown;
    try {
      shown = show(event.value);
    } catch {
      shown = { other: typeof event.value };
    }
    const { thinking = '', content = '', calls = [], other = '' } = shown;
    screens.push({
      at: event.at,
      thinking: change(before.thinking ?? '', thinking.slice(0, MAX_TEXT)),
      content: change(before.content ?? '', content.slice(0, MAX_TEXT)),
      calls,
      other: change(before.other, other),
    });
    before = { thinking, content, calls, other };
  }
  return screens;
}
