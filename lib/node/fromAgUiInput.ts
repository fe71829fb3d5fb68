import type { IdentifiedToolCall, Message } from '../types/index.js';
import { parseExactJson } from '../wire/exactJson.js';
import { isMissing } from '../wire/line.js';
import { toClientRun, refuseClient, type ClientDecision, type ClientRun } from './clientHistory.js';
import {
  readClientApproval,
  readImage,
  readList,
  readObject,
  readString,
  type Path,
} from './clientJson.js';

type Calls = Map<string, IdentifiedToolCall>;

/**
 * Reads the input that a client of AG-UI posts: the messages for a run, and decisions on calls that an
 * earlier run suspended.
 *
 * _It's like `fromUiMessages`, but for AG-UI._
 *
 * **Pass what the server stored.** `stored` is the `messages` of the last `finish` event of the thread. Of the
 * input, only messages of the user are added to it. A message of the user that is edited, or asked again,
 * replaces the stored history from there. Answers, calls and results are those of the server.
 *
 * **Decisions** are the entries of `resume`. `resolved` with the payload `{ approved: true }` approves,
 * everything else denies; `reason` of the payload is sent to the model. They are returned only for calls
 * that wait in `stored`, and that the input has with the same name and arguments. Others are refused.
 *
 * **Without `stored`** the whole history is the client's: it may contain answers and results that never
 * were. Calls without a result are left out.
 *
 * - Messages of the roles `system` and `developer` are left out: the prompt is the server's. So are those
 *   of the roles `reasoning` and `activity`.
 * - Images have to be inline. No URL is fetched.
 * - `tools`, `context` and `state` are not read.
 *
 * ```ts
 * import { runTools, type DefinedTool, type Message, type RunToolsOptions } from 'rxjs-ollama';
 * import { agUi, fromAgUiInput, toResponse } from 'rxjs-ollama/node';
 *
 * declare const tools: DefinedTool[];
 * declare function load(threadId: string): Promise<Message[]>;
 *
 * export const handle = async (request: Request): Promise<Response> => {
 *   const input = (await request.json()) as { threadId: string; runId: string };
 *   const { messages, decisions } = fromAgUiInput(input, await load(input.threadId));
 *   const options: RunToolsOptions = { tools, decisions, approve: () => 'suspend' };
 *   return toResponse(runTools({ model: 'qwen3', messages }, options), { format: agUi(input) });
 * };
 * ```
 *
 * @param input what the client posted, as JSON
 * @param stored the history of this thread as the server stored it
 * @returns `messages` for the request of a run, and `decisions` for its options
 * @throws OllamaValidationError with the path of what is wrong: answer it with the status 400
 * @see {@link agUi}, {@link fromUiMessages}
 */
export function fromAgUiInput(input: unknown, stored?: readonly Message[]): ClientRun {
  const { messages, resume } = readObject(input, ['input']);
  const calls: Calls = new Map();
  const read = readList(messages, ['messages']).flatMap((message, place) =>
    readMessage(message, ['messages', place], calls),
  );
  const decisions = isMissing(resume)
    ? []
    : readList(resume, ['resume']).map((entry, place) =>
        readDecision(entry, ['resume', place], calls),
      );
  return toClientRun({ messages: read, decisions }, stored);
}

function readMessage(sent: unknown, path: Path, calls: Calls): readonly Message[] {
  const message = readObject(sent, path);
  switch (message['role']) {
    case 'user':
      return [{ role: 'user', ...readContent(message['content'], [...path, 'content']) }];
    case 'assistant':
      return readAssistant(message, path, calls);
    case 'tool': {
      const id = readString(message['toolCallId'], [...path, 'toolCallId']);
      const { content } = readContent(message['content'], [...path, 'content']);
      const name = calls.get(id)?.function.name ?? '';
      return [{ role: 'tool', content, tool_name: name, tool_call_id: id }];
    }
    case 'system':
    case 'developer':
    case 'reasoning':
    case 'activity':
      return [];
    default:
      throw refuseClient([...path, 'role'], 'It is not a role of AG-UI.');
  }
}

/** A text, or a list of texts and images. */
function readContent(content: unknown, path: Path): Pick<Message, 'content' | 'images'> {
  if (typeof content === 'string') return { content };
  const texts: string[] = [];
  const images: string[] = [];
  readList(content, path).forEach((sent, place) => {
    const at = [...path, place];
    const part = readObject(sent, at);
    if (part['type'] === 'text') texts.push(readString(part['text'], [...at, 'text']));
    else images.push(readInlineImage(part, at));
  });
  return { content: texts.join(''), ...(images.length && { images }) };
}

function readInlineImage({ type, source }: Readonly<Record<string, unknown>>, path: Path): string {
  const at = [...path, 'source'];
  if (type !== 'image') throw refuseClient(path, 'Only texts and images are accepted.');
  const { type: kind, value, mimeType } = readObject(source, at);
  const isInline = kind === 'data' && typeof value === 'string' && typeof mimeType === 'string';
  return readImage(isInline ? `data:${mimeType};base64,${value}` : value, at);
}

function readAssistant(
  { content, toolCalls }: Readonly<Record<string, unknown>>,
  path: Path,
  calls: Calls,
): readonly Message[] {
  const text = isMissing(content) ? '' : readString(content, [...path, 'content']);
  const read = isMissing(toolCalls)
    ? []
    : readList(toolCalls, [...path, 'toolCalls']).map((call, place) =>
        readCall(call, [...path, 'toolCalls', place]),
      );
  for (const call of read) calls.set(call.id, call);
  if (!text && !read.length) return [];
  return [{ role: 'assistant', content: text, ...(read.length && { tool_calls: read }) }];
}

function readCall(sent: unknown, path: Path): IdentifiedToolCall {
  const { id, function: called } = readObject(sent, path);
  const at = [...path, 'function'];
  const { name, arguments: text } = readObject(called, at);
  return {
    id: readString(id, [...path, 'id']),
    function: { name: readString(name, [...at, 'name']), arguments: readArguments(text, at) },
  };
}

function readArguments(text: unknown, path: Path): IdentifiedToolCall['function']['arguments'] {
  const at = [...path, 'arguments'];
  let value: unknown;
  try {
    value = parseExactJson(readString(text, at));
  } catch {
    throw refuseClient(at, 'It has to be the JSON of an object.');
  }
  return readObject(value, at);
}

function readDecision(sent: unknown, path: Path, calls: Calls): ClientDecision {
  const { interruptId, status, payload } = readObject(sent, path);
  const id = readString(interruptId, [...path, 'interruptId']);
  const approval = readClientApproval(status === 'resolved' ? payload : false);
  return { id, call: calls.get(id), approval, path };
}
