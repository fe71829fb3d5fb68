import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { connect, forkJoin, last, lastValueFrom, tap, toArray, type Observable } from 'rxjs';
import {
  OllamaHttpError,
  OllamaStreamError,
  OllamaTruncatedError,
  accumulateMessage,
  accumulateResponse,
  collectToolCalls,
  fromOllamaChat,
  fromOllamaCreate,
  fromOllamaGenerate,
  fromOllamaPull,
  fromOllamaPush,
  splitThinking,
  type ChatChunk,
  type ModelProgress,
} from '../lib/index.js';
import type { Reply } from '../lib/testing/node/index.js';
import { CHAT, start } from './testing/node/support.js';

/** Recorded streams of real servers. They are not ours to publish again, so a clone has none. */
const FOLDER = resolve(__dirname, '..', '../shared/captures');

interface Call {
  readonly function: { readonly arguments: unknown };
}

/** A line of a recording: nothing of the library is used to understand it. */
interface Line {
  readonly message?: {
    readonly content?: string;
    readonly thinking?: string;
    readonly tool_calls?: readonly Call[];
  };
  readonly response?: string;
  readonly thinking?: string;
  readonly logprobs?: readonly unknown[];
  readonly status?: string;
  readonly done?: boolean;
  readonly error?: string;
}

type Endpoint = 'chat' | 'generate' | 'pull' | 'push' | 'create';

interface Capture {
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly text: string;
  /** In the form of a chat, if they are those of an answer. */
  readonly lines: readonly Line[];
}

const readLines = (text: string): Line[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);

/** Only the lines of an answer say which endpoint they are of: for those of progress, the name does. */
function findEndpoint(name: string, lines: readonly Line[]): Endpoint {
  if (lines.some(({ response }) => response !== undefined)) return 'generate';
  if (lines.every(({ status }) => status === undefined)) return 'chat';
  return name.includes('push') ? 'push' : name.includes('create') ? 'create' : 'pull';
}

/** What `/api/generate` says, as `/api/chat` would have said it. */
function toChatLine({ response, thinking, ...line }: Line): Line {
  if (response === undefined) return line;
  const content = { role: 'assistant', content: response };
  return { ...line, message: { ...content, ...(thinking !== undefined && { thinking }) } };
}

function readCapture(file: string): Capture {
  const text = readFileSync(join(FOLDER, file), 'utf8');
  const name = file.replace('.ndjson', '');
  const lines = readLines(text);
  const endpoint = findEndpoint(name, lines);
  return { name, endpoint, text, lines: endpoint === 'generate' ? lines.map(toChatLine) : lines };
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

const readCalls = ({ message }: Line): Call[] =>
  (message?.tool_calls ?? []).map((call) => {
    const args = call.function.arguments === '' ? {} : call.function.arguments;
    return { ...call, function: { ...call.function, arguments: args } };
  });

/**
 * The chunks that the lines are. A few servers leave `content` out of a chunk that has none. A call
 * without arguments might be the first piece of one: it comes at the end, and so do those behind it.
 */
function toChunks(lines: readonly Line[]): unknown[] {
  const all = lines.flatMap(({ message }) => message?.tool_calls ?? []);
  const held = !all.every((call) => isObject(call.function.arguments));
  return lines.map(({ message, ...line }, at) => {
    const { tool_calls, ...rest } = { content: '', ...message };
    const own = held
      ? at === lines.length - 1
        ? lines.flatMap(readCalls)
        : undefined
      : tool_calls;
    return { ...line, message: { ...rest, ...(own && { tool_calls: own }) } };
  });
}

/** A plain sum over the lines. */
function sum(lines: readonly Line[]) {
  const { message: _, ...final } = lines.at(-1) ?? {};
  const logprobs = lines.flatMap((line) => line.logprobs ?? []);
  return {
    content: lines.map(({ message }) => message?.content ?? '').join(''),
    thinking: lines.map(({ message }) => message?.thinking ?? '').join(''),
    calls: lines.flatMap(readCalls),
    final: { ...final, ...(logprobs.length && { logprobs }) },
  };
}

/** The same, of what the operators make of a chat. */
const sumUp = connect((chunk$: Observable<ChatChunk>) =>
  forkJoin({
    chunks: chunk$.pipe(toArray()),
    message: chunk$.pipe(accumulateMessage(), last()),
    response: chunk$.pipe(accumulateResponse(), last()),
    collected: chunk$.pipe(collectToolCalls()),
  }),
);

const send = (text: string, cutting: NonNullable<Reply['cutting']>): Reply => ({
  steps: text.split(/(?<=\n)/).map((raw) => ({ raw })),
  cutting,
});

const answers = {
  chat: (host: string) => fromOllamaChat(CHAT, { host }),
  generate: (host: string) => fromOllamaGenerate({ model: CHAT.model, prompt: 'Hi' }, { host }),
};

const progress = {
  pull: (host: string) => fromOllamaPull({ model: CHAT.model }, { host }),
  push: (host: string) => fromOllamaPush({ model: CHAT.model }, { host }),
  create: (host: string) => fromOllamaCreate({ model: CHAT.model, from: CHAT.model }, { host }),
};

const isAnswer = (endpoint: Endpoint): endpoint is keyof typeof answers => endpoint in answers;

async function stream(endpoint: Endpoint, reply: Reply): Promise<Observable<ChatChunk>> {
  if (!isAnswer(endpoint)) throw new Error(`${endpoint} has no chunks.`);
  const { url } = await start(reply);
  return answers[endpoint](url);
}

async function streamProgress(
  endpoint: Endpoint,
  reply: Reply,
): Promise<Observable<ModelProgress>> {
  if (isAnswer(endpoint)) throw new Error(`${endpoint} has no progress.`);
  const { url } = await start(reply);
  return progress[endpoint](url);
}

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => new Error('It was not rejected.'),
    (error: unknown) => error,
  );

const captures = existsSync(FOLDER)
  ? readdirSync(FOLDER)
      .filter((file) => file.endsWith('.ndjson'))
      .map(readCapture)
  : [];

const chats = captures.filter(({ endpoint }) => isAnswer(endpoint));
const failed = chats.filter(({ lines }) => lines.at(-1)?.error !== undefined);
const broken = failed.filter(({ lines }) => lines.length > 1);
const refused = failed.filter(({ lines }) => lines.length === 1);
const cut = chats.filter(({ lines }) => lines.at(-1)?.done === false);
const whole = chats.filter((capture) => !failed.includes(capture) && !cut.includes(capture));

const models = captures.filter((capture) => !chats.includes(capture));
const done = models.filter(({ lines }) => lines.at(-1)?.error === undefined);
const undone = models.filter((capture) => !done.includes(capture));

const CUTTINGS: readonly NonNullable<Reply['cutting']>[] = ['line', 'whole', 7, 1];
const SMALL = 10_000;

const cases = whole.flatMap((capture) =>
  CUTTINGS.filter((cutting) => cutting !== 1 || capture.text.length < SMALL).map(
    (cutting) => [capture.name, cutting, capture] as const,
  ),
);

/** Recordings of models that think in tags, and what comes before and after the closing one. */
const tagged = whole.flatMap(({ name, endpoint, text, lines }) => {
  const [before = '', after] = sum(lines).content.split('</think>');
  return after === undefined ? [] : [{ name, endpoint, text, before, after }];
});
const opened = tagged.filter(({ before }) => before.startsWith('<think>'));
const stray = tagged.filter(({ before }) => !before.includes('<think>'));

if (captures.length === 0) {
  describe('recorded streams', () => {
    it('are not in this clone, so none is streamed', () => {
      expect(existsSync(FOLDER)).toBe(false);
    });
  });
} else {
  describe('a recorded stream', () => {
    it('is there of every kind', () => {
      const counts = { whole, broken, refused, cut, opened, stray, done, undone };
      const empty = Object.entries(counts).filter(([, found]) => found.length === 0);
      expect(empty).toEqual([]);
    });

    it.each(cases)('%s, cut by %s, adds up to its lines', async (_, cutting, capture) => {
      const { endpoint, text, lines } = capture;
      const chat$ = await stream(endpoint, send(text, cutting));
      const { chunks, message, response, collected } = await lastValueFrom(chat$.pipe(sumUp));
      const { content, thinking, calls, final } = sum(lines);
      expect(chunks).toEqual(toChunks(lines));
      expect(message).toEqual({
        role: 'assistant',
        content,
        ...(thinking && { thinking }),
        ...(calls.length && { tool_calls: calls }),
      });
      expect(response).toEqual({ ...final, message });
      expect(collected).toEqual(
        calls.map((call, place) => ({ id: `call_${String(place)}`, ...call })),
      );
    });

    it.each(opened)('$name thinks between its tags', async ({ endpoint, text, before, after }) => {
      const chat$ = await stream(endpoint, send(text, 7));
      const message = await lastValueFrom(chat$.pipe(splitThinking(), accumulateMessage()));
      expect(message.thinking).toBe(before.replace('<think>', '').trimStart());
      expect(message.content).toBe(after.trimStart());
    });

    it.each(stray)(
      '$name thinks before its lone tag',
      async ({ endpoint, text, before, after }) => {
        const chat$ = await stream(endpoint, send(text, 7));
        const { chunks, message } = await lastValueFrom(chat$.pipe(splitThinking(), sumUp));
        expect(chunks.filter((chunk) => 'reclassify' in chunk)).toHaveLength(1);
        expect(message.thinking).toBe(before);
        expect(message.content).toBe(after.trimStart());
      },
    );

    it.each(broken)('$name fails with what came before', async ({ endpoint, text, lines }) => {
      for (const cutting of CUTTINGS) {
        const chat$ = await stream(endpoint, send(text, cutting));
        const error = await rejection(lastValueFrom(chat$));
        expect(error).toBeInstanceOf(OllamaStreamError);
        expect(error).toMatchObject({
          message: lines.at(-1)?.error,
          partial: { role: 'assistant', content: sum(lines).content },
        });
      }
    });

    it.each(cut)('$name fails as incomplete', async ({ endpoint, text, lines }) => {
      for (const cutting of CUTTINGS) {
        const chat$ = await stream(endpoint, send(text, cutting));
        const error = await rejection(lastValueFrom(chat$));
        expect(error).toBeInstanceOf(OllamaTruncatedError);
        expect(error).toMatchObject({ partial: { content: sum(lines).content } });
      }
    });

    it.each(refused)('$name fails as a refused request', async ({ endpoint, text, lines }) => {
      const chat$ = await stream(endpoint, { steps: [{ raw: text }], status: 404 });
      const error = await rejection(lastValueFrom(chat$));
      expect(error).toBeInstanceOf(OllamaHttpError);
      expect(error).toMatchObject({ status: 404, body: text });
      expect(String(error)).toContain(lines[0]?.error);
    });

    it.each(done)('$name shows each status, and ends', async ({ endpoint, text, lines }) => {
      for (const cutting of CUTTINGS) {
        const progress$ = await streamProgress(endpoint, send(text, cutting));
        const all = await lastValueFrom(progress$.pipe(toArray()));
        expect(all.map(({ status }) => status)).toEqual(lines.map(({ status }) => status));
        expect(all.at(-1)).toMatchObject({ status: 'success', ratio: 1 });
      }
    });

    it.each(undone)('$name fails after its statuses', async ({ endpoint, text, lines }) => {
      for (const cutting of CUTTINGS) {
        const progress$ = await streamProgress(endpoint, send(text, cutting));
        const seen: string[] = [];
        const error = await rejection(
          lastValueFrom(progress$.pipe(tap((p) => seen.push(p.status)))),
        );
        expect(seen).toEqual(lines.slice(0, -1).map(({ status }) => status));
        expect(error).toBeInstanceOf(OllamaStreamError);
        expect(error).toMatchObject({ message: lines.at(-1)?.error });
      }
    });
  });
}
