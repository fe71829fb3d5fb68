// What a worker says is not trusted: a user's code runs there. It becomes numbers, short texts and known words, or nothing.
import type { Kind } from '../../spec/support/diagram/values.js';
import type { Reply } from './messages.js';
import { MAX_CODE } from './messages.js';
import { MAX_DRAWN, MAX_MARKS, type Mark, type Report, type StageReport } from './report.js';
import { MAX_SCREENS, MAX_TEXT, type Change } from './screens.js';

type Fields = Readonly<Record<string, unknown>>;

const MAX_STAGES = 100;
const KINDS: Readonly<Record<Mark['kind'], true>> = {
  ...{ thinking: true, answer: true, tools: true, done: true, value: true },
  ...{ complete: true, error: true },
};

const fields = (value: unknown): Fields => Object(value) as Fields;
const number = (value: unknown): number => (typeof value === 'number' && value >= 0 ? value : 0);
const text = (value: unknown, length: number): string =>
  typeof value === 'string' ? value.slice(0, length) : '';

function list<T>(value: unknown, length: number, read: (each: unknown) => T): T[] {
  return Array.isArray(value) ? value.slice(0, length).map(read) : [];
}

const kind = (value: unknown): Mark['kind'] =>
  Object.hasOwn(KINDS, String(value)) ? (value as Mark['kind']) : 'value';

const span = (value: unknown) => {
  const { from, to } = fields(value);
  return { from: number(from), to: number(to) };
};

function mark(value: unknown): Mark {
  const { at, kind: said, letter, lines } = fields(value);
  return {
    at: number(at),
    kind: kind(said),
    letter: text(letter, 2),
    lines: list(lines, 4, (line) => text(line, 120)),
  };
}

function stage(value: unknown): StageReport {
  const { label, isResult, marks, spans, holds, clocks } = fields(value);
  return {
    label: text(label, 200),
    isResult: isResult === true,
    marks: list(marks, MAX_MARKS, mark),
    spans: list(spans, MAX_DRAWN, span),
    holds: list(holds, MAX_DRAWN, (each) => {
      const hold = fields(each);
      return {
        kind: kind(hold['kind']) as Kind,
        from: list(hold['from'], MAX_DRAWN, number),
        to: number(hold['to']),
      };
    }),
    clocks: list(clocks, MAX_DRAWN, (each) => {
      const { ms, fired } = fields(each);
      return { ...span(each), ms: number(ms), fired: fired === true };
    }),
  };
}

function change(value: unknown): Change {
  const [kept, added] = Array.isArray(value) ? (value as unknown[]) : [];
  return [number(kept), text(added, MAX_TEXT)];
}

function report(value: unknown): Report {
  const { runs, stages, screens, end, isCut } = fields(value);
  return {
    runs: list(runs, MAX_DRAWN, (each) => {
      const { input, line } = fields(each);
      return { ...span(each), input: text(input, 100), line: number(line) };
    }),
    stages: list(stages, MAX_STAGES, stage),
    screens: list(screens, MAX_SCREENS, (each) => {
      const { at, thinking, content, calls, other } = fields(each);
      return {
        at: number(at),
        thinking: change(thinking),
        content: change(content),
        calls: list(calls, 20, (call) => text(call, 200)),
        other: change(other),
      };
    }),
    end: number(end),
    isCut: isCut === true,
  };
}

/** Reads what a worker says; `undefined` if it is no reply. */
export function readReply(value: unknown): Reply | undefined {
  const { id, kind: said, ...rest } = fields(value);
  if (typeof id !== 'number') return undefined;
  if (said === 'run') return { id, kind: said, report: report(rest['report']) };
  if (said === 'spec') return { id, kind: said, text: text(rest['text'], MAX_CODE) };
  if (said === 'error') return { id, kind: said, message: text(rest['message'], 1000) };
  return undefined;
}
