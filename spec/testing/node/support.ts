import { afterEach } from '@jest/globals';
import { startScriptedOllama, type ScriptedOllama } from '../../../lib/testing/node/index.js';

const started: ScriptedOllama[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((ollama) => ollama.close()));
});

/** `startScriptedOllama`, closed when the test ends. */
export async function start(
  ...args: Parameters<typeof startScriptedOllama>
): Promise<ScriptedOllama> {
  const ollama = await startScriptedOllama(...args);
  started.push(ollama);
  return ollama;
}

export const CHAT = { model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] };

export function post(
  ollama: ScriptedOllama,
  path: string,
  body: unknown,
  init: RequestInit = {},
): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return fetch(ollama.url + path, { method: 'POST', body: text, ...init });
}

export const chat = (ollama: ScriptedOllama, body: object = {}, init?: RequestInit) =>
  post(ollama, '/api/chat', { ...CHAT, ...body }, init);

export type Line = Record<string, unknown> & { readonly message?: Record<string, unknown> };

export const toLines = (text: string): Line[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);

export const toContents = (lines: readonly Line[]) =>
  lines.map(({ message }) => message?.['content']);

/** The reader of a response's body, and what one read of it gives as text. */
export function readerOf(response: Response) {
  if (!response.body) throw new Error('no body');
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  return {
    read: async () => decoder.decode((await reader.read()).value, { stream: true }),
    cancel: () => reader.cancel(),
  };
}

/** A promise to hold a scenario back with, and the key to it. */
export function createGate() {
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { gate, open };
}

/** The code of what lies under a rejection: `fetch` wraps what the network says. */
export async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  const error: unknown = await promise.then(
    () => new Error('it was not rejected'),
    (reason: unknown) => reason,
  );
  const { cause = error } = error as { cause?: unknown };
  return (cause as NodeJS.ErrnoException).code ?? String(cause);
}
