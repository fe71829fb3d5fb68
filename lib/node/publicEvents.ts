import { defer, map, type MonoTypeOperatorFunction } from 'rxjs';
import type { ToolRunEvent } from '../tools/events.js';
import { isSendable, toResult } from '../tools/step.js';
import type { Message } from '../types/index.js';
import type { PublicErrors } from './publicErrors.js';
import { isRunEvent } from './streamed.js';

/**
 * Replaces what a client must not get. Other values pass as they are.
 *
 * - The error of a tool, and its text for the model, quote paths and hosts. The text is also in `results`.
 * - `finish` has the whole history, with the system prompt. The client gets the messages of this run.
 */
export function publicEvents<T>(errors: PublicErrors): MonoTypeOperatorFunction<T> {
  return (source) =>
    defer(() => {
      const toPublic = createPublicRun(errors);
      return source.pipe(
        map((value) => (isRunEvent(value) ? (toPublic(value) as T & ToolRunEvent) : value)),
      );
    });
}

function createPublicRun({ ofCall }: PublicErrors): (event: ToolRunEvent) => ToolRunEvent {
  /** What stands in place of a text for the model. */
  const publicTexts = new Map<string, string>();
  const messages: Message[] = [];

  const toPublicResult = (result: Message): Message => {
    const content = publicTexts.get(result.content);
    return content === undefined ? result : { ...result, content };
  };

  return (event) => {
    switch (event.type) {
      case 'tool-error': {
        const { step, call, text: secret } = event;
        const error = ofCall(call, event.error);
        const text = `Error: ${error.message}`;
        publicTexts.set(secret, text);
        if (!step) messages.push(toResult(call, text));
        return { type: 'tool-error', step, call, error, text };
      }
      case 'tool-result':
      case 'tool-denied':
        // Those of an earlier run's calls are in no `step-finish`.
        if (!event.step) messages.push(toResult(event.call, event.text));
        return event;
      case 'step-finish': {
        const { message } = event;
        const results = event.results.map(toPublicResult);
        if (isSendable(message)) messages.push(message);
        messages.push(...results);
        return { ...event, results };
      }
      case 'finish':
        return { ...event, messages };
      default:
        return event;
    }
  };
}
