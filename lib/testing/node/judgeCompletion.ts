import { isObject } from '../../wire/line.js';
import { findEngineError } from './engine.js';
import { parseGoDuration } from './goDuration.js';
import { findTemplateError } from './goTemplate.js';
import { toFullName } from './modelNames.js';
import { findInvalidOption } from './modelOptions.js';
import type { Models } from './models.js';
import type { ReceivedBody } from './received.js';
import { toRefusal, type Verdict } from './verdict.js';
import { toTimestamp } from './wire.js';

/** What `/api/chat` and `/api/generate` answer without a model, in the order of Ollama's own checks. */
export function judgeCompletion(
  chat: boolean,
  body: ReceivedBody,
  models: Models,
): Verdict | undefined {
  const { model = '', top_logprobs, keep_alive } = body;
  if (typeof top_logprobs === 'number' && (top_logprobs < 0 || top_logprobs > 20)) {
    return toRefusal(400, 'top_logprobs must be between 0 and 20');
  }
  const capabilities = models.capabilities(model);
  if (!capabilities) return toRefusal(404, `model '${model}' not found`);

  const idle = chat ? !body.messages?.length : !body.prompt;
  if (idle && isZero(keep_alive)) {
    models.unload(model);
    return { status: 200, answer: toEmptyAnswer(chat, model, 'unload') };
  }
  const refusal =
    (chat ? undefined : judgeRaw(body)) ??
    judgeCapabilities(chat, body, capabilities) ??
    judgeOptions(body);
  if (refusal) return refusal;
  models.load(model);
  if (idle) return { status: 200, answer: toEmptyAnswer(chat, model, 'load') };

  const templateError = chat ? undefined : judgeTemplate(body);
  if (templateError) return templateError;
  const engineError = findEngineError(body, capabilities);
  return engineError && { scenario: [engineError] };
}

function judgeRaw({ raw, template, system, context }: ReceivedBody): Verdict | undefined {
  const hasContext = Array.isArray(context) && context.length > 0;
  return raw && (template || system || hasContext)
    ? toRefusal(400, 'raw mode does not support template, system, or context')
    : undefined;
}

function judgeCapabilities(
  chat: boolean,
  { model = '', think, tools, suffix }: ReceivedBody,
  capabilities: readonly string[],
): Verdict | undefined {
  if (think && !capabilities.includes('thinking')) {
    return toRefusal(400, `${JSON.stringify(model)} does not support thinking`);
  }
  if (!capabilities.includes('completion')) {
    return toRefusal(
      400,
      `${JSON.stringify(model)} does not support ${chat ? 'chat' : 'generate'}`,
    );
  }
  if (chat && tools?.length && !capabilities.includes('tools')) {
    return toRefusal(400, `${toFullName(model)} does not support tools`);
  }
  if (!chat && suffix && !capabilities.includes('insert')) {
    return toRefusal(400, `${toFullName(model)} does not support insert`);
  }
  return undefined;
}

function judgeOptions({ options }: ReceivedBody): Verdict | undefined {
  const invalid = isObject(options) ? findInvalidOption(options) : undefined;
  return invalid === undefined ? undefined : toRefusal(500, invalid);
}

function judgeTemplate({ template }: ReceivedBody): Verdict | undefined {
  const error = typeof template === 'string' ? findTemplateError(template) : undefined;
  return error === undefined ? undefined : toRefusal(500, error);
}

function isZero(duration: unknown): boolean {
  return duration === 0 || (typeof duration === 'string' && parseGoDuration(duration) === 0);
}

function toEmptyAnswer(chat: boolean, model: string, done_reason: string): unknown {
  const nothing = chat ? { message: { role: 'assistant', content: '' } } : { response: '' };
  return { model, created_at: toTimestamp(), ...nothing, done: true, done_reason };
}
