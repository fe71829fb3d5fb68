import { OllamaToolError, type OllamaError } from '../errors.js';
import type { ToolCall } from '../types/index.js';
import { checkChunk, checkStatistics, isCall, isMessage } from './chatChunk.js';
import { fromPublicError, type ValueName } from './chatEvents.js';
import { isListOf, isMissing, isObject, isText, type Line } from './line.js';

/**
 * Whether an object is an event of a run of tools, with all that its type promises. It is changed in place:
 * statistics that are wrong are removed, and the error of a `tool-error` becomes an error of its class.
 */
export function checkRunEvent(type: ValueName, event: Line): boolean {
  event['type'] = type;
  const { step, call } = event;
  if (!(Number.isSafeInteger(step) && Number(step) >= 0)) return false;
  switch (type) {
    case 'chunk':
      return isObject(event['chunk']) && checkChunk(event['chunk']) !== undefined;
    case 'tool-call':
    case 'tool-start':
    case 'tool-progress':
      return isIdentifiedCall(call);
    case 'tool-approval':
      return isIdentifiedCall(call) && isText(event['reason']);
    case 'tool-result':
      return isIdentifiedCall(call) && hasText(event, 'text') && isTrue(event['fromProgress']);
    case 'tool-denied':
      return isIdentifiedCall(call) && hasText(event, 'text');
    case 'tool-error':
      if (!(isIdentifiedCall(call) && hasText(event, 'text'))) return false;
      event['error'] = readToolError(event['error'], call);
      return true;
    case 'step-finish':
      return (
        hasText(event, 'reason') &&
        isWholeMessage(event['message']) &&
        isRequiredList(event['results'], isWholeMessage) &&
        isListOf(event['pending'], isIdentifiedCall) &&
        areStatistics(event['statistics'])
      );
    case 'finish':
      return (
        hasText(event, 'reason') &&
        isRequiredList(event['messages'], isWholeMessage) &&
        isListOf(event['pending'], isIdentifiedCall) &&
        areStatistics(event['statistics'])
      );
  }
}

const hasText = (event: Line, field: string): boolean => typeof event[field] === 'string';

const isTrue = (value: unknown): boolean => isMissing(value) || value === true;

/** `arguments` that are not an object are text, as the model sent them: such a call has a `tool-error`. */
function isIdentifiedCall(call: unknown): call is ToolCall & Line {
  if (!isObject(call) || !isCall(call) || typeof call['id'] !== 'string') return false;
  const { name, arguments: args } = call['function'] as Line;
  return typeof name === 'string' && (isObject(args) || isText(args));
}

function isWholeMessage(message: unknown): boolean {
  return (
    isObject(message) &&
    typeof message['role'] === 'string' &&
    typeof message['content'] === 'string' &&
    isMessage(message)
  );
}

const isRequiredList = (value: unknown, isElement: (element: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(isElement);

function areStatistics(value: unknown): boolean {
  if (isObject(value)) checkStatistics(value);
  return isObject(value);
}

/** A code of no class stands for something that the tool threw. */
function readToolError(sent: unknown, call: ToolCall & Line): OllamaError {
  return fromPublicError(
    { ...(isObject(sent) && sent), call },
    undefined,
    (message) => new OllamaToolError(message, call),
  );
}
