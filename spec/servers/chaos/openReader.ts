import { once } from 'node:events';
import { request as createRequest, type IncomingMessage } from 'node:http';

/** An event as it was written. */
export interface Frame {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** A bare client that reads the events of one response. It knows nothing of this library. */
export interface Reader {
  /** Resolves when the headers are there. */
  readonly response: Promise<IncomingMessage>;
  readonly frames: readonly Frame[];
  /** All of the body so far. */
  readonly text: string;
  /** Resolves when there are so many frames. Rejects if the response ends before. */
  until(count: number): Promise<void>;
  /** Resolves when the response has ended, or its connection has. */
  readonly ended: Promise<void>;
  /** Leaves in the middle of the response. */
  leave(): void;
}

interface ReaderOptions {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export function openReader(url: string, options: ReaderOptions = {}): Reader {
  const { method = 'GET', headers = {}, body } = options;
  const request = createRequest(url, { method, headers, agent: false });
  const frames: Frame[] = [];
  let text = '';
  let rest = '';
  let check: () => void = () => undefined;

  const response = once(request, 'response').then(([incoming]) => incoming as IncomingMessage);
  response.catch(() => undefined);
  const ended = once(request, 'close').then(() => undefined);
  request.on('error', () => undefined);
  request.on('response', (incoming) => {
    incoming.on('error', () => undefined);
    incoming.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      const blocks = (rest + piece).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        // The others are comments.
        if (/^(?:id|event): /.test(block)) frames.push(readFrame(block));
      }
      check();
    });
  });
  request.end(body);

  return {
    response,
    frames,
    get text() {
      return text;
    },
    async until(count) {
      const reached = new Promise<void>((resolve) => {
        check = () => {
          if (frames.length >= count) resolve();
        };
        check();
      });
      const early = ended.then(() => {
        throw new Error(`The response ended after ${String(frames.length)} events: ${text}`);
      });
      early.catch(() => undefined);
      await Promise.race([reached, early]);
    },
    ended,
    leave() {
      request.destroy();
    },
  };
}

/** `closing` and `gap` have no id: they are no events of the run. */
function readFrame(block: string): Frame {
  const fields = block.split('\n').map((line): [string, string] => {
    const [name = ''] = line.split(': ', 1);
    return [name, line.slice(name.length + 2)];
  });
  return { id: '', event: '', data: '', ...Object.fromEntries(fields) };
}

/** Of a chat; a run of tools has it as `chunk`. */
interface ChunkData {
  readonly message: { readonly content: string };
}

/** The text that the chunks of these events say. */
export function textOf(frames: readonly Frame[]): string {
  return frames
    .filter(({ event }) => event === 'chunk')
    .map(({ data }) => {
      const value = JSON.parse(data) as ChunkData & { chunk?: ChunkData };
      return (value.chunk ?? value).message.content;
    })
    .join('');
}
