import { openReader, type Reader } from './openReader.js';
import type { Question } from './question.js';

/** What a page knows of its run, and of itself. */
interface PageOptions {
  /** The user, as the handlers of these specs know them. */
  readonly user?: string;
  /** The id of the last event that it has read. */
  readonly after?: string;
  /** Names the question, so that it is answered once. */
  readonly key?: string;
}

interface Address {
  readonly url: string;
}

const headersOf = ({ user = 'alice', after, key }: PageOptions): Record<string, string> => ({
  'X-User': user,
  ...(after !== undefined && { 'Last-Event-ID': after }),
  ...(key !== undefined && { 'Idempotency-Key': key }),
});

/** A question, as `fetch` and a bare client ask it. */
export const ask = (question: Question, page: PageOptions = {}) => ({
  method: 'POST' as const,
  headers: { 'Content-Type': 'application/json', ...headersOf(page) },
  body: JSON.stringify({ question: JSON.stringify(question) }),
});

/** Starts a run. */
export async function start(
  { url }: Address,
  question: Question,
  page?: PageOptions,
): Promise<{ id: string; reader: Reader }> {
  const reader = openReader(`${url}/chat`, ask(question, page));
  const { headers } = await reader.response;
  return { id: String(headers['x-run-id']), reader };
}

/** Reads a run, from its beginning or after an event. */
export const follow = ({ url }: Address, id: string, page: PageOptions = {}): Reader =>
  openReader(`${url}/chat/${id}/events`, { headers: headersOf(page) });

/** Reads a run to its end. */
export async function readAll(
  gateway: Address,
  id: string,
  page: PageOptions = {},
): Promise<Reader> {
  const reader = follow(gateway, id, page);
  await reader.ended;
  return reader;
}

/** Stops a run. Returns the status of the answer. */
export async function stop({ url }: Address, id: string, page: PageOptions = {}): Promise<number> {
  const { status } = await fetch(`${url}/chat/${id}/stop`, {
    method: 'POST',
    headers: headersOf(page),
  });
  return status;
}
