import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { type } from 'arktype';
import { expectTypeOf } from 'expect-type';
import { NEVER, of, type Observable } from 'rxjs';
import * as v from 'valibot';
import { z } from 'zod';
import {
  accumulateMessage,
  bufferForUi,
  defineTool,
  fromOllamaChat,
  repeatsCall,
  runChunks,
  runMessage,
  runTools,
  splitThinking,
  type AssistantMessage,
  type ChatChunk,
  type DefinedTool,
  type IdentifiedToolCall,
  type InferSchema,
  type JsonSchema,
  type Message,
  type Schema,
  type StepFinishEvent,
  type ToolContext,
  type ToolRunEvent,
} from '../../lib/index.js';

const rest = { name: 'add', description: 'Adds' };

// The types of the arguments are those that the schema gives, whatever library it is of.
defineTool({
  ...rest,
  parameters: z.object({ x: z.number(), unit: z.string().optional() }),
  execute(args, context) {
    expectTypeOf(args).toEqualTypeOf<{ x: number; unit?: string | undefined }>();
    expectTypeOf(context).toEqualTypeOf<ToolContext>();
    expectTypeOf(context.signal).toEqualTypeOf<AbortSignal>();
    expectTypeOf(context.call).toEqualTypeOf<IdentifiedToolCall>();
  },
});
defineTool({
  ...rest,
  parameters: toStandardJsonSchema(v.object({ x: v.number(), tags: v.array(v.string()) })),
  execute(args) {
    expectTypeOf(args).toEqualTypeOf<{ x: number; tags: string[] }>();
  },
});
defineTool({
  ...rest,
  parameters: type({ x: 'number', 'unit?': "'mm' | 'cm'" }),
  execute(args) {
    expectTypeOf(args).toEqualTypeOf<{ x: number; unit?: 'mm' | 'cm' }>();
  },
});

// They are what the schema makes of what the model sends.
defineTool({
  ...rest,
  parameters: z.object({
    day: z.string().transform((text) => new Date(text)),
    n: z.int().default(1),
  }),
  execute: ({ day, n }) => {
    expectTypeOf(day).toEqualTypeOf<Date>();
    expectTypeOf(n).toEqualTypeOf<number>();
  },
  needsApproval: ({ day }, call) => {
    expectTypeOf(day).toEqualTypeOf<Date>();
    expectTypeOf(call).toEqualTypeOf<IdentifiedToolCall>();
    return true;
  },
});

// Of a JSON Schema the names are known; nothing checks the values.
defineTool({
  ...rest,
  parameters: {
    type: 'object',
    properties: { x: { type: 'number' }, y: { type: 'number' } },
    required: ['x'],
  },
  execute(args) {
    expectTypeOf(args).toEqualTypeOf<{ readonly x?: unknown; readonly y?: unknown }>();
    expectTypeOf(args).not.toHaveProperty('z');
  },
});
defineTool({
  ...rest,
  parameters: { type: 'object' },
  execute: (args) => {
    expectTypeOf(args).toEqualTypeOf<Readonly<Record<string, unknown>>>();
  },
});
declare const loaded: JsonSchema;
defineTool({
  ...rest,
  parameters: loaded,
  execute: (args) => {
    expectTypeOf(args).toEqualTypeOf<Readonly<Record<string, unknown>>>();
  },
});
// Who knows better says so.
defineTool({
  ...rest,
  parameters: { type: 'object', properties: { x: { type: 'number' } } },
  execute: ({ x }: { x: number }) => x + 1,
});

// It may give back a value, a promise or a stream.
const parameters = z.object({ x: z.number() });
defineTool({ ...rest, parameters, execute: ({ x }) => x });
defineTool({ ...rest, parameters, execute: async ({ x }) => x });
defineTool({ ...rest, parameters, execute: ({ x }) => of(x) });
defineTool({
  ...rest,
  parameters,
  async *execute({ x }) {
    yield x;
  },
});

// Tools of all kinds go in one list.
const tools = [
  defineTool({ ...rest, parameters, execute: ({ x }) => x }),
  defineTool({ ...rest, parameters: type({ s: 'string' }), execute: ({ s }) => s }),
];
expectTypeOf(tools).toEqualTypeOf<DefinedTool[]>();

expectTypeOf<InferSchema<typeof parameters>>().toEqualTypeOf<{ x: number }>();
expectTypeOf(parameters).toExtend<Schema<{ x: number }>>();

defineTool({
  ...rest,
  parameters,
  // @ts-expect-error the schema has no such argument
  execute: ({ y }: { y: number }) => y,
});
defineTool({
  ...rest,
  parameters,
  // @ts-expect-error it is a number
  execute: ({ x }): string => x,
});
// Whether a call needs approval may be known later, and for a reason.
defineTool({ ...rest, parameters, execute: ({ x }) => x, needsApproval: async ({ x }) => x > 1 });
defineTool({ ...rest, parameters, execute: ({ x }) => x, needsApproval: ({ x }) => of(x > 1) });
defineTool({
  ...rest,
  parameters,
  execute: ({ x }) => x,
  needsApproval: () => ({ reason: 'pays' }),
});
defineTool({ ...rest, parameters, execute: ({ x }) => x, needsApproval: undefined });
defineTool({
  ...rest,
  parameters,
  execute: ({ x }) => x,
  // @ts-expect-error a call needs approval, or doesn't
  needsApproval: () => 'yes',
});
// @ts-expect-error a tool without a description can't be chosen
defineTool({ name: 'add', parameters, execute: () => 1 });
// @ts-expect-error a tool does something
defineTool({ ...rest, parameters });
// @ts-expect-error a schema is an object
defineTool({ ...rest, parameters: 'object', execute: () => 1 });

// A run is a stream of events that `type` tells apart.
const run$ = runTools({ model: 'qwen3', messages: [] }, { tools });
expectTypeOf(run$).toEqualTypeOf<Observable<ToolRunEvent>>();
run$.subscribe((event) => {
  expectTypeOf(event.step).toEqualTypeOf<number>();
  switch (event.type) {
    case 'chunk':
      expectTypeOf(event.chunk).toEqualTypeOf<ChatChunk>();
      break;
    case 'tool-approval':
      expectTypeOf(event.reason).toEqualTypeOf<string | undefined>();
      break;
    case 'tool-call':
    case 'tool-start':
      expectTypeOf(event.call).toEqualTypeOf<IdentifiedToolCall>();
      break;
    case 'tool-progress':
      expectTypeOf(event.value).toEqualTypeOf<unknown>();
      break;
    case 'tool-result':
      expectTypeOf(event.result).toEqualTypeOf<unknown>();
      expectTypeOf(event.fromProgress).toEqualTypeOf<true | undefined>();
      expectTypeOf(event.text).toEqualTypeOf<string>();
      break;
    case 'tool-error':
      expectTypeOf(event.error).toEqualTypeOf<unknown>();
      expectTypeOf(event.text).toEqualTypeOf<string>();
      break;
    case 'tool-denied':
      expectTypeOf(event.text).toEqualTypeOf<string>();
      break;
    case 'step-finish':
      expectTypeOf(event.message).toEqualTypeOf<AssistantMessage>();
      expectTypeOf(event.results).toEqualTypeOf<readonly Message[]>();
      break;
    case 'finish':
      expectTypeOf(event.messages).toEqualTypeOf<readonly Message[]>();
      expectTypeOf(event.pending).toEqualTypeOf<readonly IdentifiedToolCall[] | undefined>();
      break;
    default:
      // There is no other.
      expectTypeOf(event).toEqualTypeOf<never>();
  }
});

// Operators for chunks follow, without annotations.
expectTypeOf(
  run$.pipe(runChunks(), splitThinking(), bufferForUi(), accumulateMessage()),
).toEqualTypeOf<Observable<AssistantMessage>>();

expectTypeOf(run$.pipe(runMessage())).toEqualTypeOf<Observable<ChatChunk>>();
expectTypeOf(run$.pipe(runMessage(), splitThinking(), accumulateMessage())).toEqualTypeOf<
  Observable<AssistantMessage>
>();

// Callbacks may answer at once or later.
void runTools(
  { model: 'qwen3' },
  {
    tools,
    approve: (call) => {
      expectTypeOf(call).toEqualTypeOf<IdentifiedToolCall>();
      return of(true);
    },
    stopWhen: (steps) => {
      expectTypeOf(steps).toEqualTypeOf<readonly StepFinishEvent[]>();
      return steps.length > 2;
    },
    prepareStep: async (step, messages) => {
      expectTypeOf(messages).toEqualTypeOf<readonly Message[]>();
      return step > 1 ? { model: 'small', tools: [] } : undefined;
    },
  },
);
void runTools({ model: 'qwen3' }, { tools, approve: () => ({ approved: false, reason: 'no' }) });
void runTools(
  { model: 'qwen3' },
  { tools, approve: async () => true, prepareStep: () => undefined },
);
void runTools(
  { model: 'qwen3' },
  { tools, onToolError: 'throw' },
  { client: { chat: () => NEVER } },
);
void runTools({ model: 'qwen3' }, { tools, stopWhen: repeatsCall(3) });
// Where the requests are sent may stand among the options too.
void runTools({ model: 'qwen3' }, { tools, host: 'http://127.0.0.1:11434', headers: {}, fetch });
// A call may wait for a decision, in this run or in a later one.
void runTools({ model: 'qwen3' }, { tools, approve: () => 'suspend' });
void runTools({ model: 'qwen3' }, { tools, approve: async () => 'suspend' as const });
void runTools(
  { model: 'qwen3' },
  { tools, decisions: { call_0: true, call_1: { approved: false } } },
);
// Every option may be undefined.
void runTools(
  { model: 'qwen3' },
  {
    tools,
    maxSteps: undefined,
    concurrency: undefined,
    approve: undefined,
    decisions: undefined,
    onToolError: undefined,
    toolTimeout: undefined,
    stopWhen: undefined,
    prepareStep: undefined,
    scheduler: undefined,
  },
);

// @ts-expect-error tools are told in the options, with what they do
void runTools({ model: 'qwen3', tools: [] }, { tools });
// @ts-expect-error a run has tools
void runTools({ model: 'qwen3' }, {});
// @ts-expect-error what the model is told of a tool is no tool
void runTools({ model: 'qwen3' }, { tools: [tools[0]?.tool] });
// @ts-expect-error the number of milliseconds
void runTools({ model: 'qwen3' }, { tools, toolTimeout: '1s' });
// @ts-expect-error how often is said by the user
void runTools({ model: 'qwen3' }, { tools, stopWhen: repeatsCall() });
// @ts-expect-error an approval is a boolean, or says `approved`
void runTools({ model: 'qwen3' }, { tools, approve: () => 'yes' });
// @ts-expect-error a run of tools is no stream of chunks
void run$.pipe(splitThinking());
// @ts-expect-error nor is text an event of a run
void of('text').pipe(runChunks());
// @ts-expect-error a chat is no run: it is one message already
void fromOllamaChat({ model: 'qwen3' }).pipe(runMessage());
