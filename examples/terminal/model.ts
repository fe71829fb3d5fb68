import type { Message, ToolCall } from 'rxjs-ollama';
import { findExpressions } from './expressions.js';
import { talkAbout } from './talk.js';
import { findTimeZones } from './timeZones.js';

/** What the model does in one turn: it thinks, and then either answers or calls tools. */
export interface Turn {
  readonly thinking: string;
  readonly answer?: string;
  readonly calls?: readonly ToolCall[];
}

const ABILITIES =
  'I can have sums worked out, such as 17 × 23, 10% of 50 or sqrt(2). I can tell the time, here or in Tokyo. And I can talk about rxjs-ollama: ask for a tour to read everything.';

/**
 * A language model made of a few rules. It knows how to read a question and how to word an answer, but
 * no arithmetic and no clock: for these it calls tools, and says what they say.
 */
export function respond(messages: readonly Message[], toolNames: readonly string[]): Turn {
  const asked = messages.findLastIndex(({ role }) => role === 'user');
  const question = messages[asked]?.content.trim() ?? '';
  const results = resultsIn(messages.slice(asked + 1));
  if (results.length) {
    return {
      thinking: `The results: ${results.map(({ content }) => content.replace(/\.$/, '')).join('; ')}. I only have to say them.`,
      answer: [...new Set(results.map(phrase))].join('\n'),
    };
  }

  const expressions = findExpressions(question, previousResult(messages.slice(0, asked)));
  const zones = findTimeZones(question, wasAboutTime(messages.slice(0, asked)));
  const calls = [
    ...expressions.map((expression) => toCall('calculate', { expression })),
    ...zones.map((timeZone) => toCall('current_time', timeZone ? { timeZone } : {})),
  ];
  if (calls.length && calls.every(({ function: { name } }) => toolNames.includes(name))) {
    const sums = expressions.length && `They want ${expressions.join(' and ')} worked out.`;
    const time = zones.length && 'They want to know the time.';
    return {
      thinking: `${[sums, time].filter(Boolean).join(' ')} I should not guess: there is a tool for it, so I call it.`,
      calls,
    };
  }
  if (calls.length) {
    return {
      thinking: 'For this I would need a tool, and I have none.',
      answer: `I'm sorry, I can't answer this without the tool "${calls[0]?.function.name ?? ''}".`,
    };
  }

  const talk = talkAbout(question);
  if (talk) {
    return {
      thinking: 'They ask about the library that I am here to show. I know it.',
      answer: talk,
    };
  }
  if (/^(?:hi|hello|hey|good (?:morning|evening))\b|\bwhat can you do\b|^help\b/i.test(question)) {
    return { thinking: 'They want to know what I can do.', answer: `Hello! ${ABILITIES}` };
  }
  return {
    thinking: `They ask: "${question}" I find no sum in it that I could read, nothing about the time, and nothing about the library. I had better say so.`,
    answer: `I'm sorry, I don't know. I'm no real model, only a script that comes with this demo. ${ABILITIES} For anything else, start Ollama and set OLLAMA_HOST.`,
  };
}

interface Result {
  readonly call: ToolCall;
  readonly content: string;
}

/** The results of tools, each with its call. */
function resultsIn(messages: readonly Message[]): Result[] {
  const calls = messages.flatMap(({ tool_calls }) => tool_calls ?? []);
  return messages.flatMap(({ role, tool_call_id, content }) => {
    const call = role === 'tool' && calls.find(({ id }) => id === tool_call_id);
    return call ? [{ call, content }] : [];
  });
}

/** Whether the last turn looked at the clock. */
function wasAboutTime(messages: readonly Message[]): boolean {
  const question = messages.findLastIndex(({ role }) => role === 'user');
  return messages
    .slice(question)
    .some(({ tool_calls = [] }) =>
      tool_calls.some((call) => call.function.name === 'current_time'),
    );
}

function previousResult(messages: readonly Message[]): string | undefined {
  return resultsIn(messages).findLast(
    ({ call, content }) =>
      call.function.name === 'calculate' && !isError(content) && !isDenied(content),
  )?.content;
}

const isError = (content: string) => content.startsWith('Error: ');
const isDenied = (content: string) => content.startsWith('The call was not approved');

/** What the tools do, for a call that was not approved. */
const ACTIONS: Readonly<Record<string, string>> = {
  calculate: 'use the calculator',
  current_time: 'look at the clock',
};

function phrase({ call, content }: Result): string {
  const { expression, timeZone } = call.function.arguments;
  if (isError(content)) {
    return `I'm sorry, that doesn't work: ${content.slice('Error: '.length)}.`;
  }
  if (isDenied(content)) return `You didn't let me ${ACTIONS[call.function.name] ?? 'do it'}.`;
  if (call.function.name === 'calculate') return `${String(expression)} = ${content}`;
  const place = typeof timeZone === 'string' ? `In ${toPlace(timeZone)} it` : 'It';
  return `${place} is ${content}.`;
}

const toPlace = (zone: string) => zone.replace(/^.*\//, '').replaceAll('_', ' ');

const toCall = (name: string, args: Readonly<Record<string, unknown>>): ToolCall => ({
  function: { name, arguments: args },
});
