import type { Approval } from '../tools/approval.js';
import type { IdentifiedToolCall, Message } from '../types/index.js';
import { toClientRun, refuseClient, type ClientDecision, type ClientRun } from './clientHistory.js';
import {
  readClientApproval,
  readImage,
  readList,
  readObject,
  readString,
  type Path,
} from './clientJson.js';
import { toJson } from './toJson.js';

/**
 * Reads the body that `useChat` of the AI SDK posts: the messages for a run, and decisions on calls that
 * an earlier run suspended.
 *
 * _It's like `convertToModelMessages` of the AI SDK, but it trusts no client._
 *
 * **Pass what the server stored.** `stored` is the `messages` of the last `finish` event. Of the body, only
 * messages of the user are added to it. A message of the user that is edited, or asked again, replaces
 * the stored history from there. Answers, calls and results are those of the server.
 *
 * **Decisions** are returned only for calls that wait in `stored`. A decision on another call, or on one
 * with another name or input, is refused. So is every decision without `stored`.
 *
 * **Without `stored`** the whole history is the client's: it may contain answers and results that never
 * were. Calls without a result are left out.
 *
 * - Messages of the role `system` are left out: the prompt is the server's.
 * - Files have to be images as `data:` URLs. No URL is fetched.
 *
 * ```ts
 * import { runTools, type DefinedTool, type Message, type RunToolsOptions } from 'rxjs-ollama';
 * import { fromUiMessages, toResponse, uiMessages } from 'rxjs-ollama/node';
 *
 * declare const tools: DefinedTool[];
 * declare function load(id: unknown): Promise<Message[]>;
 *
 * export const handle = async (request: Request): Promise<Response> => {
 *   const body = (await request.json()) as { id: unknown };
 *   const { messages, decisions } = fromUiMessages(body, await load(body.id));
 *   const options: RunToolsOptions = { tools, decisions, approve: () => 'suspend' };
 *   return toResponse(runTools({ model: 'qwen3', messages }, options), { format: uiMessages() });
 * };
 * ```
 *
 * @param body what the client posted, as JSON
 * @param stored the history of this chat as the server stored it
 * @returns `messages` for the request of a run, and `decisions` for its options
 * @throws OllamaValidationError with the path of what is wrong: answer it with the status 400
 * @see {@link uiMessages}, {@link fromAgUiInput}
 */
export function fromUiMessages(body: unknown, stored?: readonly Message[]): ClientRun {
  const list = readList(readObject(body, ['body'])['messages'], ['messages']);
  const read = list.map((message, place) => readMessage(message, ['messages', place]));
  return toClientRun(
    {
      messages: read.flatMap(({ messages }) => messages),
      // Those of earlier messages are about calls that have long been answered.
      decisions: read.at(-1)?.decisions ?? [],
    },
    stored,
  );
}

interface ReadMessage {
  readonly messages: readonly Message[];
  readonly decisions: readonly ClientDecision[];
}

function readMessage(sent: unknown, path: Path): ReadMessage {
  const { role, parts } = readObject(sent, path);
  const list = readList(parts, [...path, 'parts']).map((part, place) => {
    const at = [...path, 'parts', place];
    return { part: readObject(part, at), path: at };
  });
  switch (role) {
    case 'user':
      return { messages: [readUser(list)], decisions: [] };
    case 'assistant':
      return readAssistant(list);
    case 'system':
      return { messages: [], decisions: [] };
    default:
      throw refuseClient([...path, 'role'], 'It has to be "user" or "assistant".');
  }
}

interface Part {
  readonly part: Readonly<Record<string, unknown>>;
  readonly path: Path;
}

function readUser(parts: readonly Part[]): Message {
  let content = '';
  const images: string[] = [];
  for (const { part, path } of parts) {
    if (part['type'] === 'text') content += readString(part['text'], [...path, 'text']);
    if (part['type'] === 'file') images.push(readImage(part['url'], [...path, 'url']));
  }
  return { role: 'user', content, ...(images.length && { images }) };
}

/** One step of an answer: the message of the model, and the results of its calls. */
interface Step {
  content: string;
  thinking: string;
  readonly calls: IdentifiedToolCall[];
  readonly results: Message[];
}

function readAssistant(parts: readonly Part[]): ReadMessage {
  const steps: Step[] = [];
  const decisions: ClientDecision[] = [];
  const startStep = (): Step => {
    const step = { content: '', thinking: '', calls: [], results: [] };
    steps.push(step);
    return step;
  };
  for (const { part, path } of parts) {
    const type = readString(part['type'], [...path, 'type']);
    if (type === 'step-start') startStep();
    const step = steps.at(-1) ?? startStep();
    if (type === 'text') step.content += readString(part['text'], [...path, 'text']);
    if (type === 'reasoning') step.thinking += readString(part['text'], [...path, 'text']);
    if (type === 'dynamic-tool' || type.startsWith('tool-')) {
      const { call, result, approval } = readTool(part, path);
      step.calls.push(call);
      if (result !== undefined) step.results.push(toResult(call, result));
      else if (approval !== undefined) decisions.push({ id: call.id, call, approval, path });
    }
  }
  return { messages: steps.flatMap(toMessages), decisions };
}

function toMessages({ content, thinking, calls, results }: Step): readonly Message[] {
  if (!content && !thinking && !calls.length) return [];
  return [
    {
      role: 'assistant',
      content,
      ...(thinking && { thinking }),
      ...(calls.length && { tool_calls: calls }),
    },
    ...results,
  ];
}

interface ReadTool {
  readonly call: IdentifiedToolCall;
  readonly result?: string;
  readonly approval?: Approval;
}

function readTool(part: Part['part'], path: Path): ReadTool {
  const { type, toolCallId, toolName, state, input, output, errorText, approval } = part;
  const id = readString(toolCallId, [...path, 'toolCallId']);
  const name =
    type === 'dynamic-tool'
      ? readString(toolName, [...path, 'toolName'])
      : String(type).slice('tool-'.length);
  const call = { id, function: { name, arguments: readObject(input ?? {}, [...path, 'input']) } };
  switch (state) {
    case 'output-available':
      return { call, result: readOutput(output, [...path, 'output']) };
    case 'output-error':
      return { call, result: readString(errorText, [...path, 'errorText']) };
    case 'output-denied':
      return { call, result: 'The call was not approved.' };
    case 'approval-responded': {
      const answer = readObject(approval, [...path, 'approval']);
      // The id of the request is that of the call.
      if (answer['id'] !== id)
        throw refuseClient([...path, 'approval', 'id'], 'It is of another call.');
      return { call, approval: readClientApproval(answer) };
    }
    default:
      return { call };
  }
}

/** An output as the model reads it. One that is too deep can't be written. */
function readOutput(output: unknown, path: Path): string {
  try {
    return typeof output === 'string' ? output : toJson(output);
  } catch {
    throw refuseClient(path, 'It is too deep.');
  }
}

function toResult({ id, function: { name } }: IdentifiedToolCall, content: string): Message {
  return { role: 'tool', content, tool_name: name, tool_call_id: id };
}
