// LangChain's chat model for Ollama. It does not split tags in the text.
import { load } from './load.mjs';

/**
 * @typedef {import('../harness/wire.mjs').TextLengths} TextLengths
 * @typedef {import('../questions/compare.mjs').Listener} Listener
 * @typedef {import('../questions/compare.mjs').Parts} Parts
 * @typedef {{
 *   content: string,
 *   additional_kwargs: { reasoning_content?: string },
 *   tool_calls?: object[],
 *   concat(other: MessageChunk): MessageChunk,
 * }} MessageChunk
 * @typedef {{
 *   stream(prompt: string | object[], options?: object): Promise<AsyncIterable<MessageChunk>>,
 *   bindTools(tools: object[]): Model,
 * }} Model
 * @typedef {new (options: object) => Model} Chat
 * @typedef {{ invoke(call: object): Promise<object> }} Tool
 */

/** @type {{ ChatOllama: Chat }} */
const { ChatOllama } = await load('@langchain/ollama');

/** @param {string} host @param {string} model @returns {Promise<TextLengths>} */
export async function stream(host, model) {
  let answer = 0;
  const chunks = await new ChatOllama({ baseUrl: host, model }).stream('Hi');
  for await (const { content } of chunks) answer += content.length;
  return { answer };
}

export const pipeline = stream;

/** @param {string} host @param {Listener} listener @returns {Promise<undefined>} */
export async function talk(host, { onText, signal }) {
  const model = new ChatOllama({ baseUrl: host, model: 'any' });
  for await (const { content } of await model.stream('Hi', { signal })) {
    if (content && onText(content)) return undefined;
  }
}

/** @param {string} host @returns {Promise<Parts>} */
export async function split(host) {
  const parts = { answer: '', thinking: '' };
  const model = new ChatOllama({ baseUrl: host, model: 'any', think: true });
  for await (const { content, additional_kwargs } of await model.stream('Hi')) {
    parts.answer += content;
    parts.thinking += additional_kwargs.reasoning_content ?? '';
  }
  return parts;
}

/** @param {string} host */
export async function callTool(host) {
  const { z } = await import('zod');
  /** @type {{ HumanMessage: new (text: string) => object }} */
  const { HumanMessage } = await load('@langchain/core/messages');
  /** @type {{ tool: (run: (args: Record<'x' | 'y', number>) => string, options: object) => Tool }} */
  const { tool } = await load('@langchain/core/tools');
  const add = tool(({ x, y }) => String(x + y), {
    name: 'add',
    description: 'Adds two numbers',
    schema: z.object({ x: z.number(), y: z.number() }),
  });
  const model = new ChatOllama({ baseUrl: host, model: 'any', think: true }).bindTools([add]);
  const messages = [new HumanMessage('Hi')];
  for (;;) {
    /** @type {MessageChunk | undefined} */
    let answer;
    for await (const chunk of await model.stream(messages)) {
      answer = answer ? answer.concat(chunk) : chunk;
    }
    if (!answer?.tool_calls?.length) return;
    messages.push(answer);
    for (const call of answer.tool_calls) messages.push(await add.invoke(call));
  }
}
