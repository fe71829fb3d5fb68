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

const post = (body: unknown, page: PageOptions = {}) => ({
  method: 'POST' as const,
  headers: { 'Content-Type': 'application/json', ...headersOf(page) },
  body: JSON.stringify(body),
});

/** A question, as `fetch` and a bare client ask it. */
export const ask = (question: Question, page?: PageOptions) =>
  post({ question: JSON.stringify(question) }, page);

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

/** Starts a run whose tool needs approval. With `later` it ends at the call. */
export async function startWork(
  { url }: Address,
  question: Question,
  later = false,
): Promise<{ id: string; reader: Reader }> {
  const reader = openReader(`${url}/work`, post({ question: JSON.stringify(question), later }));
  const { headers } = await reader.response;
  return { id: String(headers['x-run-id']), reader };
}

/** Decides on a call of a run that waits. Returns the status of the answer. */
export async function decide(
  { url }: Address,
  id: string,
  call: string,
  page: PageOptions = {},
): Promise<number> {
  const path = `/work/${id}/calls/${encodeURIComponent(call)}`;
  return (await fetch(url + path, post({ approved: true }, page))).status;
}

/** Decides on calls of a run that has ended with them, and reads the run that goes on. */
export const goOn = (
  { url }: Address,
  id: string,
  decisions: Readonly<Record<string, boolean>>,
  page: PageOptions = {},
): Reader => openReader(`${url}/work/${id}/decisions`, post(decisions, page));

/** Stops a run. Returns the status of the answer. */
export async function stop({ url }: Address, id: string, page: PageOptions = {}): Promise<number> {
  const { status } = await fetch(`${url}/chat/${id}/stop`, {
    method: 'POST',
    headers: headersOf(page),
  });
  return status;
}
