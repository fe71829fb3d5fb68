import type { AssistantMessage } from '../../../lib/types/index.js';
import type { Lane, Run } from './timeline.js';
import { describeValue, type Kind } from './values.js';

/** An output that waited for its time, or for more input. */
export interface Link {
  readonly kind: Kind;
  /** When the inputs that it consists of came, in ms. */
  readonly from: readonly number[];
  /** When it was emitted, in ms. */
  readonly to: number;
}

/** An output that is an input as it came, of a call that has several inputs. */
export interface Pass {
  /** In ms. */
  readonly at: number;
  /** Which of the inputs it is from. */
  readonly input: number;
}

interface Part {
  readonly at: number;
  readonly text: string;
  readonly kind: Kind;
  /** How many inputs it was made of, as the spec asserts it. */
  readonly merged: number;
}

/** What operators take out of the text: tags, fences, white space, and what separates the items of JSON. */
const REMOVED = /^(?:<\/?\w+>|```\w*|[\s,[\]])*$/;

const isCall = (value: object): boolean => 'function' in value;

/** All that a value carries, in one string in which a part of it can be found. */
function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every(isCall)) return value.map(toText).join('');
  if (typeof value !== 'object' || value === null || isCall(value)) return JSON.stringify(value);
  if (!('message' in value)) return JSON.stringify(value);
  const { thinking = '', content, tool_calls = [] } = value.message as AssistantMessage;
  return thinking + content + toText(tool_calls);
}

const listParts = ({ to, moments }: Run): Part[] =>
  moments
    .filter(({ at }) => at <= to)
    .flatMap(({ at, marbles }) =>
      marbles.map(({ value }) => {
        const { merged = 1 } = Object(value) as { merged?: number };
        return { at, text: toText(value), kind: describeValue(value).kind, merged };
      }),
    );

/** The parts that an output can consist of: those of the subscription that was the last one when it began. */
function listInputs({ runs }: Lane, [first]: readonly Part[]): Part[] {
  const run = runs.filter(({ from }) => first && from <= first.at).at(-1);
  return run ? listParts(run) : [];
}

/**
 * Finds the text of each output in the text of the inputs. There are no links if an output is not a part of the
 * inputs, or came before they did.
 */
export function findLinks(input: Lane, output: Lane): readonly Link[] {
  const outputs = output.runs.flatMap(listParts);
  const inputs = listInputs(input, outputs);
  const all = inputs.map(({ text }) => text).join('');
  const times = inputs.flatMap(({ at, text }) => Array<number>(text.length).fill(at));
  const links: Link[] = [];
  let end = 0;
  for (const { at, text, kind, merged } of outputs) {
    const before = end;
    const start = all.indexOf(text, before);
    if (start < 0 || !REMOVED.test(all.slice(before, start))) return [];
    end = start + text.length;
    // Text that was removed before it counts if the spec says that it is merged.
    const own = new Set(times.slice(start, end));
    const from =
      merged > own.size ? [...new Set(times.slice(before, end))].slice(-merged) : [...own];
    if (from.some((time) => time > at)) return [];
    if (from.some((time) => time < at)) links.push({ kind, from, to: at });
  }
  return links;
}

/** Finds the input that each output is from: the one that had the same text in the same instant. */
export function findPasses(inputs: readonly Lane[], output: Lane): readonly Pass[] {
  const parts = inputs.map(({ runs }) => runs.flatMap(listParts));
  return output.runs.flatMap(listParts).flatMap(({ at, text, kind }) => {
    const isSame = (part: Part): boolean =>
      part.at === at && part.text === text && part.kind === kind;
    const input = parts.findIndex((each) => each.some(isSame));
    return input < 0 ? [] : [{ at, input }];
  });
}
