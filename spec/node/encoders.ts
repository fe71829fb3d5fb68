import type { OperatorFunction, SchedulerLike } from 'rxjs';
import { toNdjson, toNestSse, toSse, type Streamed } from '../../lib/node/index.js';

/** An operator that makes what a client gets, and never errors. */
export interface Encoder {
  readonly name: string;
  readonly create: (scheduler?: SchedulerLike) => OperatorFunction<Streamed, unknown>;
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

export const ENCODERS: readonly Encoder[] = [
  { name: 'toSse', create: (scheduler) => toSse({ scheduler }), endOf: ownEnd },
  { name: 'toNdjson', create: (scheduler) => toNdjson({ scheduler }), endOf: ownEnd },
  { name: 'toNestSse', create: (scheduler) => toNestSse({ scheduler }), endOf: ownEnd },
];
