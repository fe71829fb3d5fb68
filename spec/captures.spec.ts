import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { connect, forkJoin, last, lastValueFrom, toArray, type Observable } from 'rxjs';
import {
  OllamaHttpError,
  OllamaStreamError,
  accumulateMessage,
  accumulateResponse,
  collectToolCalls,
  fromOllamaChat,
  splitThinking,
  type ChatChunk,
} from '../lib/index.js';
import type { Reply } from '../lib/testing/node/index.js';
import { CHAT, start } from './testing/node/support.js';

/** Recorded streams of real servers. They are nobody's to publish again, so a clone has none. */
const FOLDER = resolve(__dirname, '..', '../shared/captures');

/** A line of a recording: nothing of the library is used to understand it. */
interface Line {
  readonly message?: {
    readonly content?: string;
    readonly thinking?: string;
    readonly tool_calls?: readonly { readonly function: { readonly arguments: unknown } }[];
  };
  readonly response?: string;
  readonly error?: string;
}

interface Capture {
  readonly name: string;
  readonly text: string;
  readonly lines: readonly Line[];
}

const readLines = (text: string): Line[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);

/** What `/api/generate` says, as `/api/chat` would have said it. */
function toChat(text: string): string {
  const lines = readLines(text).map(({ response, ...line }) =>
    response === undefined ? line : { ...line, message: { role: 'assistant', content: response } },
  );
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

function readCapture(file: string): Capture {
  const recorded = readFileSync(join(FOLDER, file), 'utf8');
  const isChat = readLines(recorded).some(({ message }) => message);
  const text = isChat ? recorded : toChat(recorded);
  return { name: file.replace('.ndjson', ''), text, lines: readLines(text) };
}

/** A few servers leave `content` out of a chunk that has none. */
const fillContent = ({ message, ...line }: Line): Line => ({
  ...line,
  message: { content: '', ...message },
});

/** A plain sum over the lines. */
function sum(lines: readonly Line[]) {
  let content = '';
  let thinking = '';
  const calls = [];
  for (const { message } of lines) {
    content += message?.content ?? '';
    thinking += message?.thinking ?? '';
    for (const call of message?.tool_calls ?? []) {
      const args = call.function.arguments === '' ? {} : call.function.arguments;
      calls.push({ ...call, function: { ...call.function, arguments: args } });
    }
  }
  const { message: _, ...final } = lines.at(-1) ?? {};
  return { content, thinking, calls, final };
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

async function stream(reply: Reply): Promise<Observable<ChatChunk>> {
  const { url: host } = await start(reply);
  return fromOllamaChat(CHAT, { host });
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

const whole = captures.filter(({ lines }) => !lines.some(({ error }) => error !== undefined));
const broken = captures.filter(({ lines }) => lines.length > 1 && lines.at(-1)?.error);
const refused = captures.filter(({ lines }) => lines.length === 1 && lines[0]?.error);

const CUTTINGS: readonly NonNullable<Reply['cutting']>[] = ['line', 'whole', 7, 1];
const SMALL = 10_000;

const cases = whole.flatMap((capture) =>
  CUTTINGS.filter((cutting) => cutting !== 1 || capture.text.length < SMALL).map(
    (cutting) => [capture.name, cutting, capture] as const,
  ),
);

/** Recordings of models that think in tags, and what comes before and after the closing one. */
const tagged = whole.flatMap(({ name, text, lines }) => {
  const [before = '', after] = sum(lines).content.split('</think>');
  return after === undefined ? [] : [{ name, text, before, after, lines }];
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
      const counts = { whole, broken, refused, opened, stray };
      const empty = Object.entries(counts).filter(([, found]) => found.length === 0);
      expect(empty).toEqual([]);
      expect(captures).toHaveLength(whole.length + broken.length + refused.length);
    });

    it.each(cases)('%s, cut by %s, adds up to its lines', async (_, cutting, { text, lines }) => {
      const chat$ = await stream(send(text, cutting));
      const { chunks, message, response, collected } = await lastValueFrom(chat$.pipe(sumUp));
      const { content, thinking, calls, final } = sum(lines);
      expect(chunks).toEqual(lines.map(fillContent));
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

    it.each(opened)('$name thinks between its tags', async ({ text, before, after }) => {
      const chat$ = await stream(send(text, 7));
      const message = await lastValueFrom(chat$.pipe(splitThinking(), accumulateMessage()));
      expect(message.thinking).toBe(before.replace('<think>', '').trimStart());
      expect(message.content).toBe(after.trimStart());
    });

    it.each(stray)('$name thinks before its lone tag', async ({ text, before, after }) => {
      const chat$ = await stream(send(text, 7));
      const { chunks, message } = await lastValueFrom(chat$.pipe(splitThinking(), sumUp));
      expect(chunks.filter((chunk) => 'reclassify' in chunk)).toHaveLength(1);
      expect(message.thinking).toBe(before);
      expect(message.content).toBe(after.trimStart());
    });

    it.each(broken)('$name fails with what came before', async ({ text, lines }) => {
      for (const cutting of CUTTINGS) {
        const chat$ = await stream(send(text, cutting));
        const error = await rejection(lastValueFrom(chat$));
        expect(error).toBeInstanceOf(OllamaStreamError);
        expect(error).toMatchObject({
          message: lines.at(-1)?.error,
          partial: { role: 'assistant', content: sum(lines).content },
        });
      }
    });

    it.each(refused)('$name fails as a refused request', async ({ text, lines }) => {
      const chat$ = await stream({ steps: [{ raw: text }], status: 404 });
      const error = await rejection(lastValueFrom(chat$));
      expect(error).toBeInstanceOf(OllamaHttpError);
      expect(error).toMatchObject({ status: 404, body: text });
      expect(String(error)).toContain(lines[0]?.error);
    });
  });
}
