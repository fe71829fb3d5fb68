import type { OllamaErrorCode } from '../../lib/errors.js';
import type { Reply, Step } from '../../lib/testing/node/index.js';

/** `splitThinking` holds the first two chunks back: a tag could begin like this. */
const TEXTS = ['<', 'th', 'ead> 👋', '!'];
export const ANSWER: readonly Step[] = [...TEXTS, { done: true }];
export const WHOLE = TEXTS.join('');

/** When a fault strikes, and how many chunks have come by then. */
export const moments = {
  'before the headers': 0,
  'at the first chunk': 0,
  'in the middle': 2,
  'just before done': TEXTS.length,
} as const;

export type Moment = keyof typeof moments;

/** One thing that goes wrong on the way from the server. */
export interface Fault {
  /** What the server does, as the docs say it. */
  readonly does: string;
  /** What it sends instead of the rest of the answer, if it is different. */
  readonly instead: (rest: readonly Step[]) => readonly Step[];
  readonly cutting?: Reply['cutting'];
  /** How many more chunks are in what it sends. */
  readonly more?: number;
  /** How the chat ends; a fault that can't strike at a moment has no end there. */
  readonly ends: Partial<Readonly<Record<Moment, OllamaErrorCode | 'complete'>>>;
}

const always = <T>(end: T): Record<Moment, T> => ({
  'before the headers': end,
  'at the first chunk': end,
  'in the middle': end,
  'just before done': end,
});

const withoutNewline = ([step]: readonly Step[]): readonly Step[] => [
  { ...(typeof step === 'string' ? { content: step } : step), newline: '' },
];

export const faults: readonly Fault[] = [
  { does: 'says nothing more', instead: () => [{ fault: 'hang' }], ends: always('timeout') },
  {
    does: 'ends in the middle of a line',
    instead: () => [{ fault: 'cut' }],
    ends: always('truncated'),
  },
  {
    does: 'ends in the middle of a line, byte by byte',
    instead: () => [{ fault: 'cut' }],
    cutting: 1,
    ends: always('truncated'),
  },
  { does: 'ends without a final chunk', instead: () => [], ends: always('truncated') },
  {
    does: 'ends with a line that has no newline',
    instead: withoutNewline,
    more: 1,
    ends: { ...always('truncated'), 'just before done': 'complete' },
  },
  {
    does: 'closes the connection',
    instead: () => [{ fault: 'close' }],
    ends: always('connection'),
  },
  {
    does: 'resets the connection',
    instead: () => [{ fault: 'reset' }],
    ends: always('connection'),
  },
  {
    does: 'resets the connection, byte by byte',
    instead: () => [{ fault: 'reset' }],
    cutting: 1,
    ends: always('connection'),
  },
  {
    does: 'is busy: HTTP 503',
    instead: () => [{ error: 'server busy', status: 503 }],
    ends: { 'before the headers': 'http' },
  },
  {
    does: 'gives an error',
    instead: () => [{ error: 'model runner has crashed' }],
    ends: { ...always('stream'), 'before the headers': 'http' },
  },
  {
    does: 'writes a malformed line',
    instead: (rest) => [{ raw: '{"message":{"content":"\n' }, ...rest],
    ends: always('protocol'),
  },
  {
    does: 'writes a web page',
    instead: (rest) => [{ raw: '<!doctype html>\n' }, ...rest],
    ends: always('protocol'),
  },
  {
    does: 'only writes byte by byte, no newline at the end',
    instead: (rest) => [...rest.slice(0, -1), ...withoutNewline(rest.slice(-1))],
    cutting: 1,
    more: Infinity,
    ends: always('complete'),
  },
];

/** The answer with the fault in it, which waits until the client has heard what comes before. */
export function toReply(fault: Fault, moment: Moment, heard: Promise<unknown>): Reply {
  const at = moments[moment];
  const head: readonly Step[] = moment === 'at the first chunk' ? [{ raw: '' }] : [];
  return {
    steps: [...head, ...ANSWER.slice(0, at), { delay: heard }, ...fault.instead(ANSWER.slice(at))],
    ...(fault.cutting && { cutting: fault.cutting }),
  };
}

/** What the client is given of the text by the attempt with the fault. */
export const toText = ({ more = 0 }: Fault, moment: Moment): string =>
  TEXTS.slice(0, moments[moment] + more).join('');
