import { SpanKind, type Attributes, type Context, type Span } from '@opentelemetry/api';
import { assertChunk } from '../core/message/boundary.js';
import { createMessage } from '../core/message/message.js';
import { readCount, readDuration } from '../core/message/statistics.js';
import type { AnyChatChunk, ChatRequest, ChunkMarks, Message } from '../types/index.js';
import { writeMessages } from './content.js';
import {
  ATTRIBUTE,
  FINISH_ERROR,
  MODALITY,
  ATTEMPTS,
  DURATIONS,
  OPERATION,
  PROVIDER,
} from './conventions.js';
import { createEnding, withError } from './ending.js';
import type { RequestAttributes } from './requestAttributes.js';
import { safely } from './safely.js';
import type { Stopwatch } from './stopwatch.js';
import type { Telemetry } from './telemetry.js';

const MS_PER_S = 1e3;
/**
 * After so many chunks in one ms, only each eighth one reads the clock: in bulk, reading it costs more than all else
 * here. It is that many chunks later, at most, that the end of a burst is noticed.
 */
const BURST = 8;

/** The span and the metrics of one chat. */
export interface ChatTrace {
  readonly span: Span;
  /** @throws TypeError if the first value is not a chunk */
  readonly add: (chunk: AnyChatChunk & ChunkMarks) => void;
  readonly fail: (error: unknown) => void;
  /**
   * The stream has completed, or the subscriber has unsubscribed. What counts is the final chunk: with it the chat
   * is complete, without it the chat was cancelled.
   */
  readonly end: () => void;
}

/** What a chat has besides its chunks. */
export interface ChatStart {
  readonly request?: ChatRequest | undefined;
  /** What is recorded as the prompt, where content is. */
  readonly prompt?: readonly Message[] | undefined;
  readonly attributes: RequestAttributes;
  readonly parent: Context;
  /** Runs since the request. */
  readonly stopwatch: Stopwatch;
}

/** Starts the span of a chat. */
export function startChat(telemetry: Telemetry, start: ChatStart): ChatTrace {
  const { request, prompt, attributes, parent, stopwatch } = start;
  const { capture, measure, isLatest } = telemetry;
  const isStreamed = request?.stream !== false;
  const sent = prompt && capture?.(prompt);
  const message = capture && createMessage();
  let model = request?.model;
  let common = attributes.common;
  let firstAt: number | undefined;
  let latestAt = 0;
  /** How many chunks have come since the clock has moved. */
  let burst = 0;
  let attempts = 1;
  let final: AnyChatChunk | undefined;

  const span = telemetry.startSpan(
    nameSpan(model),
    SpanKind.CLIENT,
    { ...attributes.all, [ATTRIBUTE.inputMessages]: sent && safely(() => writeMessages(sent)) },
    stopwatch,
    parent,
  );

  const begin = (chunk: AnyChatChunk, at: number): void => {
    assertChunk(chunk);
    firstAt = latestAt = at;
    common = { ...common, [ATTRIBUTE.responseModel]: chunk.model };
    if (model === undefined) {
      model = chunk.model;
      common[ATTRIBUTE.model] = model;
      safely(() =>
        span.updateName(nameSpan(chunk.model)).setAttribute(ATTRIBUTE.model, chunk.model),
      );
    }
    if (isStreamed) measure('firstChunk', at / MS_PER_S, common);
  };

  const measureTokens = (
    of: 'input' | 'output',
    count: number | undefined,
    errorType: string | undefined,
  ): void => {
    if (isLatest) {
      const isText = count !== undefined && (of === 'output' || !hasImages(request));
      const modality = isText ? MODALITY.text : MODALITY.unknown;
      measure(`${of}Tokens`, count ?? 0, withError(common, errorType));
      measure(`${of}Usage`, count ?? 0, { ...common, [ATTRIBUTE.tokenModality]: modality });
    } else if (count !== undefined) measure(`${of}Tokens`, count, common);
  };

  const finish = (seconds: number, errorType: string | undefined): Attributes => {
    const inputTokens = readCount(final?.prompt_eval_count);
    const outputTokens = readCount(final?.eval_count);
    measure('chatDuration', seconds, withError(common, errorType));
    measureTokens('input', inputTokens, errorType);
    measureTokens('output', outputTokens, errorType);
    const reason = final ? final.done_reason : FINISH_ERROR;
    const answer = message && firstAt !== undefined && capture([message.snapshot()]);
    return {
      [ATTRIBUTE.responseModel]: common[ATTRIBUTE.responseModel],
      [ATTRIBUTE.finishReasons]: reason === undefined ? undefined : [reason],
      [ATTRIBUTE.timeToFirstChunk]:
        isStreamed && firstAt !== undefined ? firstAt / MS_PER_S : undefined,
      [ATTRIBUTE.inputTokens]: inputTokens,
      [ATTRIBUTE.outputTokens]: outputTokens,
      ...readDurations(final),
      [ATTEMPTS]: attempts > 1 ? attempts : undefined,
      [ATTRIBUTE.outputMessages]: answer ? safely(() => writeMessages(answer)) : undefined,
    };
  };
  const ending = createEnding(span, parent, stopwatch, telemetry, finish);

  return {
    span,
    add(chunk) {
      const at = burst > BURST && burst % BURST ? latestAt : stopwatch.elapsed();
      burst = at === latestAt ? burst + 1 : 0;
      if (chunk.reset) {
        attempts++;
        final = undefined;
      }
      if (firstAt === undefined) begin(chunk, at);
      else if (at > latestAt) {
        // Chunks of one read of the network arrive together, and are one measurement: a histogram costs more than
        // all else that is done for a chunk.
        if (isStreamed) measure('nextChunk', (at - latestAt) / MS_PER_S, common);
        latestAt = at;
      }
      if (chunk.done) final = chunk;
      message?.add(chunk);
    },
    fail: ending.fail,
    end() {
      if (final) ending.complete();
      else ending.stop('cancelled');
    },
  };
}

function nameSpan(model: string | undefined): string {
  return model === undefined ? OPERATION.chat : `${OPERATION.chat} ${model}`;
}

function hasImages(request: ChatRequest | undefined): boolean {
  return !!request?.messages?.some(({ images }) => images?.length);
}

/** The server's durations, in seconds. It leaves out those that are zero. */
function readDurations(final: AnyChatChunk | undefined): Attributes {
  const attributes: Attributes = {};
  for (const field of DURATIONS) {
    const ms = readDuration(final?.[field]);
    if (ms !== undefined) attributes[`${PROVIDER}.${field}`] = ms / MS_PER_S;
  }
  return attributes;
}
