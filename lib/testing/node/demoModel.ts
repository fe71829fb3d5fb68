import type { Message, Tool } from '../../types/index.js';
import { DEFAULT_SCRIPT } from './defaultScript.js';
import type { ScriptedModel } from './readModels.js';
import type { ReceivedBody, ReceivedRequest } from './received.js';
import { toSample } from './sample.js';
import type { ChunkStep, Script } from './script.js';

/** How fast {@link demoModel} is. */
export interface DemoModelOptions {
  /** The speed of an answer, more than 0. `Infinity` makes no pauses. @defaultValue `40` */
  readonly tokensPerSecond?: number | undefined;
  /** The time before the first chunk of each answer, in ms. @defaultValue `300` */
  readonly firstChunkMs?: number | undefined;
}

/** A model for {@link startScriptedOllama}. */
export interface DemoModel {
  /** The answers, for the first argument of `startScriptedOllama`. */
  readonly script: Script;
  /** The model `demo`, which completes, thinks and calls tools. */
  readonly models: Readonly<Record<string, ScriptedModel>>;
}

const MODELS: DemoModel['models'] = {
  demo: { capabilities: ['completion', 'thinking', 'tools'], context_length: 32_768 },
};

const ANSWER = `## What a stream looks like

Text arrives in **small pieces**, and Markdown is complete only at its end:

1. A list has items with \`code\` in them.
2. A block of code follows.

\`\`\`ts
import { fromOllamaChat, splitThinking } from 'rxjs-ollama';

fromOllamaChat({ model: 'demo', messages }).pipe(splitThinking()).subscribe(render);
\`\`\`

| part     | arrives   |
| -------- | --------- |
| thinking | first     |
| answer   | after it  |
| calls    | at its end |

That is all. 👩‍💻`;

/**
 * Makes a model that answers as a real one does, at a speed of your choice: for example applications,
 * and for end-to-end tests of yours that show a whole chat.
 *
 * _It's like a recorded chat, but it reacts to tools, `format` and `think`._
 *
 * ```none
 *  tools      t-t-t-a-a-x-(yd)            t: thinking  a: answer  x, y: a call of each of two tools
 *  results    ----------------t-a-a-(ad)  the next request has the results
 * ```
 *
 * | request                       | answer                                                                |
 * | ----------------------------- | --------------------------------------------------------------------- |
 * | with `tools`                  | a call of each of the first two tools, with arguments that fit their schemas |
 * | with the results of its calls | the results in a table                                                |
 * | with `format`                 | JSON that fits the schema, apart from a `pattern`                     |
 * | any other                     | Markdown with a list, code, a table and an emoji                      |
 *
 * It thinks first, unless `think` is `false`. Whether a call needs approval is up to your tool. Other
 * endpoints answer as without a script. The same request always gets the same text.
 *
 * ```ts
 * import { demoModel, startScriptedOllama } from 'rxjs-ollama/testing/node';
 *
 * const { script, models } = demoModel({ tokensPerSecond: 80, firstChunkMs: 100 });
 * await using ollama = await startScriptedOllama(script, { models, port: 11434 });
 * ```
 *
 * @throws RangeError for a speed or a time that is not a finite number, or is negative
 * @see {@link startScriptedOllama}
 */
export function demoModel(options: DemoModelOptions = {}): DemoModel {
  const { tokensPerSecond = 40, firstChunkMs = 300 } = options;
  if (!isAtLeast(Number.MIN_VALUE, tokensPerSecond)) {
    throw new RangeError(
      `tokensPerSecond is ${String(tokensPerSecond)}. Set it to a number above 0, or to Infinity.`,
    );
  }
  if (!isAtLeast(0, firstChunkMs) || firstChunkMs === Infinity) {
    throw new RangeError(
      `firstChunkMs is ${String(firstChunkMs)}. Set it to a number of ms from 0.`,
    );
  }
  return {
    models: MODELS,
    script(request) {
      const { path } = request;
      if (path !== '/api/chat' && path !== '/api/generate') return runDefault(request);
      const [first, ...rest] = answer(request);
      return {
        steps: [{ ...first, delay: firstChunkMs }, ...rest],
        delay: 1000 / tokensPerSecond,
      };
    },
  };
}

function isAtLeast(least: number, value: unknown): boolean {
  return typeof value === 'number' && value >= least;
}

const runDefault = (request: ReceivedRequest) =>
  typeof DEFAULT_SCRIPT === 'function' ? DEFAULT_SCRIPT(request) : DEFAULT_SCRIPT;

/** The chunks of an answer. */
function answer({ body, thinks }: ReceivedRequest): ChunkStep[] {
  const { format, messages = [], tools = [] } = body;
  const results = readResults(messages);
  const think = (text: string): ChunkStep[] =>
    thinks ? toTokens(text).map((thinking) => ({ thinking })) : [];
  const write = (text: string): ChunkStep[] => toTokens(text).map((content) => ({ content }));
  const end: ChunkStep = { done: true };

  if (tools.length > 0 && results.length === 0) {
    const calls = tools.slice(0, 2).map((tool) => ({ tool_calls: [toCall(tool)] }));
    const names = tools.slice(0, 2).map((tool) => tool.function.name);
    return [...think(`I need ${names.join(' and ')}.`), ...write('Let me look. '), ...calls, end];
  }
  if (format) {
    const text = JSON.stringify(format === 'json' ? { text: 'text' } : toSample(format), null, 2);
    return [...think('The answer has to be JSON.'), ...write(text), end];
  }
  if (results.length > 0) {
    return [...think('I have the results.'), ...write(describeResults(results)), end];
  }
  return [
    ...think(`The question is: ${readQuestion(body)} I show what a stream looks like.`),
    ...write(ANSWER),
    end,
  ];
}

/** The results since the latest question. */
function readResults(messages: readonly Message[]): readonly Message[] {
  const question = messages.findLastIndex(({ role }) => role === 'user');
  return messages.slice(question + 1).filter(({ role }) => role === 'tool');
}

function readQuestion({ messages, prompt = '' }: ReceivedBody): string {
  const question = messages?.findLast(({ role }) => role === 'user')?.content ?? prompt;
  return question.slice(0, 100);
}

function toCall({ function: { name = '', parameters } }: Tool) {
  const args = toSample({ type: 'object', ...parameters });
  return { function: { name, arguments: args as Readonly<Record<string, unknown>> } };
}

function describeResults(results: readonly Partial<Message>[]): string {
  const rows = results.map(
    ({ tool_name = '', content = '' }) =>
      `| ${tool_name} | ${content.replaceAll(/\s*[|\n]\s*/g, ' ')} |`,
  );
  return ['This is what I found:', '', '| tool | result |', '| --- | --- |', ...rows].join('\n');
}

/** Words with the white space before them: about as long as the tokens of a model. */
function toTokens(text: string): readonly string[] {
  return text.match(/\s*\S+|\s+$/g) ?? [];
}
