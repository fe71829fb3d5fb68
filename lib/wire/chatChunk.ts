import type { ChatChunk } from '../types/index.js';
import { isListOf, isMissing, isObject, isText, type Line } from './line.js';

/**
 * A line of a server as a chunk; `undefined` if it is not one. It is changed in place.
 *
 * It is like {@link checkChunk}, but removes the marks that only operators may set.
 */
export function toChatChunk(line: Line): ChatChunk | undefined {
  for (const field in line) if (isMark(field)) Reflect.deleteProperty(line, field);
  return checkChunk(line);
}

/**
 * An object of JSON as a chunk; `undefined` if something that is part of the answer, or a mark of an
 * operator, has the wrong type. It is changed in place.
 *
 * - Null is as good as missing. Missing fields that every chunk has are filled in.
 * - A wrong value that only describes the answer is removed: statistics that are not numbers of zero or
 *   more, and names, times and reasons that are not texts.
 */
export function checkChunk(line: Line): (ChatChunk & Line) | undefined {
  for (const field in line) if (!checkField(line, field)) return undefined;
  // Some model backends leave `done` out of the final chunk (ollama/ollama-vscode#60).
  const done = line['done'] ?? Boolean(line['done_reason']);
  const message = line['message'] ?? (done === true ? { role: 'assistant' } : undefined);
  if (!isObject(message)) return undefined;
  line['done'] ??= done;
  line['message'] ??= message;
  // Ollama always sends it. Other servers send null, or leave it out.
  message['content'] ??= '';
  return isMessage(message) ? (line as ChatChunk & Line) : undefined;
}

/** Whether the fields of an object that a message can have are of their types. Others are left alone. */
export function isMessage(message: Line): boolean {
  for (const field in message) if (!isMessageField(field, message[field])) return false;
  return true;
}

/** Removes the statistics of an object that are not numbers of zero or more. */
export function checkStatistics(line: Line): void {
  for (const field in line) checkField(line, field);
}

// A `switch` over the fields that are there: tables of checks would double the cost of a short line.

/** Whether a field of the envelope is right, or only described the answer and has been removed. */
function checkField(line: Line, field: string): boolean {
  const value = line[field];
  if (isMissing(value)) return true;
  switch (field) {
    case 'model':
    case 'created_at':
    case 'done_reason':
    case 'remote_model':
    case 'remote_host':
      if (!isText(value)) Reflect.deleteProperty(line, field);
      return true;
    case 'total_duration':
    case 'load_duration':
    case 'prompt_eval_count':
    case 'prompt_eval_duration':
    case 'eval_count':
    case 'eval_duration':
      if (!isStatistic(value)) Reflect.deleteProperty(line, field);
      return true;
    case 'done':
      return typeof value === 'boolean';
    case 'logprobs':
      return areLogprobs(value);
    case 'context':
      return isListOf(value, isNumber);
    case 'phase':
      return ['thinking', 'answer', 'tools', 'done'].includes(value as string);
    case 'merged':
      // The second part of a chunk that bufferForUi cut in two has 0.
      return Number.isSafeInteger(value) && Number(value) >= 0;
    default:
      return !isMark(field) || value === true;
  }
}

function isMark(field: string): boolean {
  switch (field) {
    case 'phase':
    case 'reclassify':
    case 'reset':
    case 'restart':
    case 'merged':
      return true;
    default:
      return false;
  }
}

function isMessageField(field: string, value: unknown): boolean {
  switch (field) {
    case 'role':
    case 'content':
    case 'thinking':
    case 'tool_name':
    case 'tool_call_id':
      return isText(value);
    case 'images':
      return isListOf(value, (image) => typeof image === 'string');
    case 'tool_calls':
      return isListOf(value, isCall);
    default:
      return true;
  }
}

const isNumber = (value: unknown): boolean => typeof value === 'number';

const isNumberOrMissing = (value: unknown): boolean => isMissing(value) || isNumber(value);

const isStatistic = (value: unknown): boolean => Number.isFinite(value) && Number(value) >= 0;

/** Whether it is a call, or a piece of one. */
export function isCall(call: unknown): boolean {
  if (!isObject(call)) return false;
  const { id, index, function: called } = call;
  return (
    isText(id) &&
    isNumberOrMissing(index) &&
    isObject(called) &&
    isText(called['name']) &&
    isNumberOrMissing(called['index'])
  );
}

/** Alternatives of a token are log probabilities too: a list of lists instead of a recursion. */
function areLogprobs(sent: unknown): boolean {
  const lists = [sent];
  const isLogprob = (entry: unknown): boolean => {
    if (!isObject(entry)) return false;
    const { token, logprob, bytes, top_logprobs } = entry;
    lists.push(top_logprobs);
    return isText(token) && isNumberOrMissing(logprob) && isListOf(bytes, isNumber);
  };
  for (const list of lists) if (!isListOf(list, isLogprob)) return false;
  return true;
}
