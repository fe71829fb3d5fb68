import { fromChatEvents, type ToolRunEvent } from 'rxjs-ollama';
import type { Observable } from 'rxjs';
import { KEY } from './cluster.js';

/** An answer, and what a client sees besides its events. */
export interface Answer {
  readonly event$: Observable<ToolRunEvent>;
  /** The gateway that it comes from at the moment. */
  readonly gateway: string;
  /** The id of the run. */
  readonly run: string;
}

const HEADERS = { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' };

/**
 * Asks a gateway, and reads the answer as a page does.
 *
 * @param onPlace called with how many answers come first
 */
export function ask(
  url: string,
  chat: string,
  message: string,
  onPlace: (place: number) => void = () => undefined,
): Answer {
  const seen = { gateway: '', run: '' };
  const request = new Request(`${url}/chat`, {
    method: 'POST',
    headers: HEADERS,
    body: JSON.stringify({ chat, message }),
  });
  const event$ = fromChatEvents<ToolRunEvent>(request, {
    reconnect: { count: 20, delay: { initial: 20, max: 500 } },
    async fetch(input, init) {
      const response = await fetch(input, init);
      seen.gateway = response.headers.get('x-gateway') ?? seen.gateway;
      seen.run = response.headers.get('x-run-id') ?? seen.run;
      return response;
    },
    onOther({ name, data }) {
      if (name === 'place') onPlace((JSON.parse(data) as { place: number }).place);
    },
  });
  return {
    event$,
    get gateway() {
      return seen.gateway;
    },
    get run() {
      return seen.run;
    },
  };
}

/** Sends a command about a run. */
export async function command(url: string, path: string, body: object = {}): Promise<void> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: HEADERS,
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
}
