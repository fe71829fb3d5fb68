import type { OperatorFunction, SchedulerLike } from 'rxjs';
import {
  agUi,
  ollama,
  openAi,
  toAgUiEvents,
  toNdjson,
  toNestSse,
  toSse,
  toUiMessageStream,
  type Format,
} from '../../lib/node/index.js';
import { toText } from '../../lib/node/toText.js';
import type { Streamed } from '../../lib/tools/events.js';

/** An operator that makes what a client gets, and never errors. */
export interface Encoder {
  readonly name: string;
  readonly create: (scheduler?: SchedulerLike) => OperatorFunction<Streamed, unknown>;
  /** Whether it writes the values of tools as JSON. */
  readonly writesValues?: true;
  /** What its values say of the end: exactly the last of them does. */
  readonly endOf: (value: unknown) => 'completed' | 'failed' | 'stopped' | undefined;
}

const readText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

const ownEnd = (value: unknown) => {
  const text = readText(value).replaceAll('\\', '');
  if (text.includes('{"type":"done"}')) return 'completed';
  return text.includes('{"type":"failed"') ? 'failed' : undefined;
};

/** How a source ended, by what the last value has. */
const readEnd =
  (ends: Readonly<Record<string, 'completed' | 'failed' | 'stopped'>>): Encoder['endOf'] =>
  (value) => {
    const text = readText(value);
    return Object.entries(ends).find(([part]) => text.includes(part))?.[1];
  };

const ids = { threadId: 't', runId: 'r' };
const uiEnd = readEnd({
  '"finishReason":"error"': 'failed',
  '"type":"finish"': 'completed',
  '"type":"abort"': 'stopped',
});
const agUiEnd = readEnd({
  RUN_ERROR: 'failed',
  '"type":"cancelled"': 'stopped',
  RUN_FINISHED: 'completed',
});

const encoder = (
  name: string,
  createFormat: () => Format,
  endOf: Encoder['endOf'],
  rest: Pick<Encoder, 'writesValues'> = {},
): Encoder => ({
  ...rest,
  name,
  create: (scheduler) => toText(createFormat(), { scheduler }),
  endOf,
});

export const ENCODERS: readonly Encoder[] = [
  { name: 'toSse', create: (scheduler) => toSse({ scheduler }), endOf: ownEnd, writesValues: true },
  {
    name: 'toNdjson',
    create: (scheduler) => toNdjson({ scheduler }),
    endOf: ownEnd,
    writesValues: true,
  },
  {
    name: 'toNestSse',
    create: (scheduler) => toNestSse({ scheduler }),
    endOf: ownEnd,
    writesValues: true,
  },
  { name: 'toUiMessageStream', create: () => toUiMessageStream(), endOf: uiEnd },
  { name: 'toAgUiEvents', create: () => toAgUiEvents(ids), endOf: agUiEnd },
  encoder('agUi', () => agUi(ids), agUiEnd, { writesValues: true }),
  encoder(
    'ollama',
    () => ollama(),
    readEnd({
      '"done_reason":"cancelled"': 'stopped',
      '"done":true': 'completed',
      '{"error":': 'failed',
    }),
  ),
  encoder(
    'openAi',
    () => openAi({ id: '1' }),
    readEnd({ 'data: [DONE]': 'completed', '{"error":': 'failed' }),
  ),
];
