import { Subject, finalize, type Observable } from 'rxjs';
import { chunk as chunks, type DoneFields } from '../../testing/chunk.js';
import type { ChatChunk, ChatRequest } from '../../types/index.js';

/** Which chats are meant: the last text of the user, or a function of the request. */
export type ChatMatch = string | ((request: ChatRequest) => boolean);

/** A chat that a test answers. Each method emits synchronously. */
export interface TestChat {
  /** As a server would get it. */
  readonly request: ChatRequest;
  /** Whether the code under test has unsubscribed before the end. */
  readonly aborted: boolean;
  /** Whether it has ended: by `done()`, by `error()`, or because it was aborted. */
  readonly closed: boolean;
  /** Sends a piece of the thinking. */
  thinking(text: string): this;
  /** Sends a piece of the answer. */
  answer(text: string): this;
  /** Sends a call of a tool. */
  toolCall(name: string, args: Readonly<Record<string, unknown>>): this;
  /** Sends chunks as they are. */
  chunk(...chunks: readonly ChatChunk[]): this;
  /** Sends the final chunk, and completes. */
  done(fields?: DoneFields): this;
  /** Fails with this, unchanged. `chunk.error('…')` of `rxjs-ollama/testing` makes the error of a server. */
  error(error: unknown): this;
}

/** A chat, and what the code under test subscribes to. */
export interface OpenChat {
  readonly chat: TestChat;
  readonly chunk$: Observable<ChatChunk>;
}

/** Opens a chat. Its methods throw an `Error` after it has ended, since nothing would arrive. */
export function openChat(request: ChatRequest): OpenChat {
  const chunks$ = new Subject<ChatChunk>();
  let ended = false;
  let aborted = false;
  const check = (): void => {
    if (!ended && !aborted) return;
    const why = aborted ? 'the code under test has unsubscribed from it' : 'it has ended';
    throw new Error(`Nothing more can be sent to the chat ${describeChat(request)}: ${why}.`);
  };
  const chat: TestChat = {
    request,
    get aborted() {
      return aborted;
    },
    get closed() {
      return ended || aborted;
    },
    thinking: (text) => chat.chunk(chunks.thinking(text)),
    answer: (text) => chat.chunk(chunks.answer(text)),
    toolCall: (name, args) => chat.chunk(chunks.toolCall(name, args)),
    chunk(...sent) {
      for (const each of sent) {
        check();
        chunks$.next(each);
      }
      return chat;
    },
    done(fields) {
      chat.chunk(chunks.done(fields));
      // Its consumer may have enough.
      if (!aborted) {
        ended = true;
        chunks$.complete();
      }
      return chat;
    },
    error(error) {
      check();
      ended = true;
      chunks$.error(error);
      return chat;
    },
  };
  const chunk$ = chunks$.pipe(
    finalize(() => {
      aborted = !ended;
    }),
  );
  return { chat, chunk$ };
}

/** The last text of the user. */
export const readQuestion = ({ messages = [] }: ChatRequest): string | undefined =>
  messages.findLast(({ role }) => role === 'user')?.content;

/** A chat as errors name it. */
export function describeChat(request: ChatRequest): string {
  const question = readQuestion(request);
  return `of ${request.model}${question === undefined ? '' : ` with ${JSON.stringify(question)}`}`;
}
