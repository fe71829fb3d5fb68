/** What a service is asked, besides its URL. */
interface Ask {
  /** Sent by POST, as JSON. Without it the request is a GET. */
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * The answer of another service of the app. Its refusals become errors with its words, which the model reads.
 * The services are part of this app, so the shape of an answer is known.
 */
export async function askService<T>(url: string, { body, headers, signal }: Ask = {}): Promise<T> {
  const response = await fetch(url, {
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
    headers: { ...(body && { 'Content-Type': 'application/json' }), ...headers },
    ...(signal && { signal }),
  });
  const answer = (await response.json()) as unknown;
  if (response.ok) return answer as T;
  const { message } = Object(answer) as { message?: unknown };
  throw new Error(typeof message === 'string' ? message : 'The service refused the request.');
}
