import { defer, retry, throwError, timer, type Observable } from 'rxjs';
import { fromChatEvents, isOllamaError, type Message, type ToolRunEvent } from 'rxjs-ollama';

/** A chat as the gateway has it. */
export interface StoredChat {
  readonly messages: readonly Message[];
  /** The answer that is under way. */
  readonly run?: string;
}

/** What the page wants to know of an answer, besides its events. */
export interface Watch {
  /** The id of the run has come. */
  onRun(id: string): void;
  /** A gateway has answered: its name. Without a name, none does. */
  onGateway(name: string | undefined): void;
  /** How many answers come first. */
  onPlace(place: number): void;
}

/** The requests of the page. */
export function createApi(key: string) {
  const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' };

  const post = (path: string, body: object = {}): Promise<Response> =>
    fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });

  const read = (from: string | Request, watch: Watch): Observable<ToolRunEvent> => {
    let requests = 0;
    return fromChatEvents<ToolRunEvent>(from, {
      headers,
      // The gateway sends a sign of life every 15 s.
      idle: 45_000,
      async fetch(input, init) {
        if (++requests > 1) watch.onGateway(undefined);
        const response = await fetch(input, init);
        watch.onGateway(response.headers.get('x-gateway') ?? '');
        const run = response.headers.get('x-run-id');
        if (run) watch.onRun(run);
        return response;
      },
      onOther({ name, data }) {
        if (name === 'place') watch.onPlace((JSON.parse(data) as { place: number }).place);
      },
    });
  };

  return {
    /** What the gateway has of a chat; `undefined` if it does not know the key. */
    async load(chat: string): Promise<StoredChat | undefined> {
      const response = await fetch(`/chats/${chat}`, { headers, cache: 'no-store' });
      if (response.status === 401) return undefined;
      if (!response.ok) throw new Error(response.statusText);
      return (await response.json()) as StoredChat;
    },
    /** Asks, and reads the answer. With its key, a question that is sent again is asked once. */
    ask(chat: string, message: string, watch: Watch): Observable<ToolRunEvent> {
      const body = JSON.stringify({ chat, message });
      const once = { 'Idempotency-Key': crypto.randomUUID() };
      return defer(() =>
        read(
          new Request('/chat', { method: 'POST', headers: { ...headers, ...once }, body }),
          watch,
        ),
      ).pipe(
        retry({
          delay: (error: unknown, attempt) =>
            isOllamaError(error, 'connection') && !error.partial && attempt < 5
              ? timer(250 * attempt)
              : throwError(() => error),
        }),
      );
    },
    /** Reads an answer from its start. */
    follow: (run: string, watch: Watch): Observable<ToolRunEvent> =>
      read(`/chat/${run}/events`, watch),
    stop: (run: string) => post(`/chat/${run}/stop`),
    decide: (run: string, call: string, approved: boolean) =>
      post(`/chat/${run}/approve/${encodeURIComponent(call)}`, { approved }),
  };
}
