import { checkCount } from '../time.js';
import type { ToolCall } from '../types/index.js';
import type { StepFinishEvent } from './events.js';

/**
 * Makes a predicate for `stopWhen` of {@link runTools}: it is true when each of the latest `times` steps has
 * the same call, a call of the same tool with the same arguments.
 *
 * _It's like `distinctUntilChanged` over steps, but it ends the run instead of dropping the step._
 *
 * - The order of the keys in the arguments doesn't matter, and neither does the `id` of the call.
 * - Other calls in these steps don't matter.
 * - A step without the call starts the count again: a call that is repeated after other work is not a loop.
 * - Several calls in one step count once.
 *
 * ```ts
 * import { repeatsCall, runTools, type DefinedTool } from 'rxjs-ollama';
 *
 * declare const tools: DefinedTool[];
 * runTools(
 *   { model: 'qwen3', messages: [{ role: 'user', content: 'What is the newest file?' }] },
 *   { tools, stopWhen: repeatsCall(3) },
 * ).subscribe((event) => {
 *   if (event.type !== 'finish') return;
 *   if (event.reason === 'stop-when') console.log('The model repeats a call.');
 * });
 * ```
 *
 * @param times a whole number from 1, or `Infinity`
 * @throws RangeError for another number
 * @see {@link runTools}
 */
export function repeatsCall(times: number): (steps: readonly StepFinishEvent[]) => boolean {
  // `checkCount` accepts what is missing, and then no step would ever be looked at.
  checkCount('times', (times as unknown) === undefined ? NaN : times);
  return (steps) => {
    if (steps.length < times) return false;
    const [latest, ...others] = steps.slice(-times).map(readCalls);
    return [...(latest ?? [])].some((call) => others.every((calls) => calls.has(call)));
  };
}

/** The calls of a step as texts, which are equal for equal calls. */
function readCalls({ message }: StepFinishEvent): ReadonlySet<string> {
  return new Set(message.tool_calls?.flatMap(toText));
}

function toText({ function: { name, arguments: args } }: ToolCall): readonly string[] {
  try {
    return [JSON.stringify([name, args], sortKeys)];
  } catch {
    // Very deep arguments can't be written. A call with them counts as no call.
    return [];
  }
}

function sortKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
