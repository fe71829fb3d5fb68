import type { Observable } from 'rxjs';
import { defineTool, type ToolContext, type ToolDefinition } from '../../lib/tools/defineTool.js';
import type { DefinedTool } from '../../lib/tools/defineTool.js';
import type { ToolRunEvent } from '../../lib/tools/events.js';
import { runTools, type RunToolsOptions } from '../../lib/tools/runTools.js';
import { chunk, scriptedClient, type ScriptedClient } from '../../lib/testing/index.js';
import type { ChatChunk, OllamaClient, ToolCall } from '../../lib/types/index.js';
import { delta } from '../support/chunks.js';

const { answer, done, thinking, toolCall } = chunk;

export const REQUEST = { model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] };

/** A call as it may stand on the wire, whether the types allow it or not. */
export const rawCall = (name: unknown, args: unknown, fields: object = {}): ToolCall =>
  ({ ...fields, function: { name, arguments: args } }) as ToolCall;

const all = ['x', 'y', 'z'].map((name) => toolCall(name, {}, `id_${name}`));
const tool_calls = all.flatMap(({ message }) => message.tool_calls ?? []);

/** A letter for each chunk: `x`, `y` and `z` are calls, upper case makes them the final chunk. */
export const chunks: Readonly<Record<string, ChatChunk>> = {
  a: answer('Hello'),
  t: thinking('Hm'),
  x: toolCall('x', {}, 'id_x'),
  y: toolCall('y', {}, 'id_y'),
  z: toolCall('z', {}, 'id_z'),
  // All three in one, and on the final chunk.
  w: delta({ tool_calls }),
  W: { ...done(), message: delta({ tool_calls }).message },
  d: done(),
};

/**
 * A letter for each event: `c` a chunk; `x` the call to the tool x, `X` its start, `1` its result, `p`
 * its progress, `A` its approval being asked for, `E` its error, `D` its denial; likewise `y Y 2 q F` and `z Z 3 r G`; `s` the end of a
 * step, `f` that of the run.
 */
export const events: Readonly<Record<string, string>> = {
  c: 'chunk',
  ...{ x: 'tool-call x', X: 'tool-start x', p: 'tool-progress x', 1: 'tool-result x' },
  ...{ y: 'tool-call y', Y: 'tool-start y', q: 'tool-progress y', 2: 'tool-result y' },
  ...{ z: 'tool-call z', Z: 'tool-start z', r: 'tool-progress z', 3: 'tool-result z' },
  ...{
    E: 'tool-error x',
    F: 'tool-error y',
    G: 'tool-error z',
    A: 'tool-approval x',
    D: 'tool-denied x',
  },
  s: 'step-finish',
  f: 'finish',
};

export const toLabel = (event: ToolRunEvent): string =>
  'call' in event ? `${event.type} ${event.call.function.name}` : event.type;

/** A tool without arguments, which does what it is told. */
export function tool(
  name: string,
  execute: (context: ToolContext) => unknown,
  rest: Partial<ToolDefinition> = {},
): DefinedTool {
  return defineTool({
    description: `Does ${name}`,
    parameters: { type: 'object' },
    ...rest,
    name,
    execute: (_, context) => execute(context),
  });
}

/** A model that gives one answer after the other. */
export function model(...answers: readonly Observable<ChatChunk>[]): ScriptedClient {
  return scriptedClient((_, i) => {
    const next = answers[i];
    if (!next) throw new Error(`The model was asked ${String(i + 1)} times.`);
    return next;
  });
}

export const run = (
  client: OllamaClient,
  tools: readonly DefinedTool[],
  options: Partial<RunToolsOptions> = {},
): Observable<ToolRunEvent> => runTools(REQUEST, { tools, ...options }, { client });

/** Everything that a run that takes no time emits. */
export function runAll(result: Observable<ToolRunEvent>): ToolRunEvent[] {
  const all: ToolRunEvent[] = [];
  let error: unknown;
  result.subscribe({
    next: (event) => all.push(event),
    error: (reason: unknown) => {
      error = reason;
    },
  });
  if (error) throw error as Error;
  return all;
}

type EventOf<T extends ToolRunEvent['type']> = Extract<ToolRunEvent, { type: T }>;

/** The events of one type. */
export const only = <T extends ToolRunEvent['type']>(
  all: readonly ToolRunEvent[],
  type: T,
): EventOf<T>[] => all.filter((event): event is EventOf<T> => event.type === type);
