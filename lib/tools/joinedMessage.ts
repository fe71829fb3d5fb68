import { createMessage } from '../core/message/message.js';
import { STATISTICS } from '../core/message/statistics.js';
import { omit } from '../core/omit.js';
import type { ChatChunk, ChatDeltaChunk, ChatFinalChunk, ChunkMarks } from '../types/index.js';
import type { FinishEvent, ToolRunEvent } from './events.js';

/** The messages of a run as one. */
export interface JoinedMessage {
  /** The chunks of the one message that an event leads to: one, or none. */
  next(event: ToolRunEvent): readonly ChatChunk[];
}

type Chunk = ChatChunk & ChunkMarks;

interface Texts {
  readonly thinking?: string;
  readonly content: string;
}

const NO_TEXT: Texts = { content: '' };
/** A run that only suspends calls of an earlier run has no chunk. */
const NO_CHUNK: Chunk = {
  model: '',
  created_at: '',
  message: { role: 'assistant', content: '' },
  done: false,
};
const MARKS = ['phase', 'reset', 'restart', 'reclassify'];
const FINAL = ['done_reason', ...STATISTICS];

/** Starts the one message of a run. */
export function createJoinedMessage(): JoinedMessage {
  let message = createMessage();
  /** The texts of the steps before this one. */
  let before = NO_TEXT;
  /** The texts of all finished messages. A step has several only with a client of the user's own. */
  let finished = NO_TEXT;
  let last = NO_CHUNK;

  const add = (chunk: Chunk): readonly Chunk[] => {
    const boundary = message.add(chunk);
    const isVoid = boundary === 'again' || boundary === 'restart';
    const { reclassify, done } = chunk;
    last = chunk;
    if (boundary === 'restart') finished = before;
    if (!done && !hasCalls(chunk) && !isVoid && !chunk.reset && !reclassify) return [chunk];

    const delta = toDelta(chunk);
    const earlier = finished;
    if (done) finished = join(earlier, message.snapshot());
    // These marks are about one step. In the one message they would be about the steps before it, too.
    if ((isVoid && hasText(earlier)) || (reclassify && earlier.content)) {
      const all = join(earlier, message.snapshot());
      return [{ ...delta, reset: true, message: { ...delta.message, ...all } }];
    }
    if (isVoid) return [{ ...delta, reset: true }];
    if (reclassify) return [{ ...delta, reclassify }];
    return done && !hasText(chunk.message) ? [] : [delta];
  };

  const endStep = (): void => {
    if (!last.done) finished = join(finished, message.snapshot());
    before = finished;
    message = createMessage();
  };

  const end = ({ reason, pending, statistics }: FinishEvent): ChatFinalChunk => ({
    ...omit(last, 'logprobs', 'merged', ...MARKS, ...FINAL),
    message: { role: 'assistant', content: '', ...(pending && { tool_calls: pending }) },
    done: true,
    done_reason: reason,
    ...statistics,
  });

  return {
    next(event) {
      if (event.type === 'chunk') return add(event.chunk);
      if (event.type === 'finish') return [end(event)];
      if (event.type === 'step-finish') endStep();
      return [];
    },
  };
}

function hasCalls({ message }: ChatChunk): boolean {
  return Boolean(message.tool_calls?.length);
}

function hasText({ thinking, content }: Texts): boolean {
  return Boolean(thinking || content);
}

function join(one: Texts, other: Texts): Texts {
  const thinking = (one.thinking ?? '') + (other.thinking ?? '');
  return { content: one.content + other.content, ...(thinking && { thinking }) };
}

/** The chunk without what ends a message, and without its calls. */
function toDelta(chunk: Chunk): ChatDeltaChunk & ChunkMarks {
  const { tool_calls: _, ...message } = chunk.message;
  return { ...omit(chunk, ...MARKS, ...FINAL), message, done: false };
}
