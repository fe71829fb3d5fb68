import { READY, type Reply, type Request } from './messages.js';
import { openFrame, type Frame } from './openFrame.js';
import { readReply } from './readReport.js';
import type { Script } from './script.js';
import { waitForWorker } from './waitForWorker.js';

/** How long a run may take, counted from when the worker is ready. */
const LIMIT_MS = 1000;
const TOO_LONG = 'It took longer than a second, and was stopped. Is there a loop without an end?';
/** How long a worker may take to start. A page in the background is slow. */
const START_MS = 20_000;
const NOT_STARTED = 'The playground could not start.';

/** Runs scripts, each code in a worker of its own. */
export interface Sandbox {
  /** Runs a script when all that was asked before is answered. */
  ask(kind: Request['kind'], script: Script): Promise<Reply>;
  close(): void;
}

/** @param load gives the code of the worker */
export function createSandbox(load: () => Promise<string>): Sandbox {
  let opened: Promise<Frame> | undefined;
  /** The code that the worker has run. Another one gets a worker that nothing was done to. */
  let code: string | undefined;
  let id = 0;
  let busy: Promise<unknown> = Promise.resolve();

  async function open(): Promise<MessagePort> {
    opened ??= load().then(openFrame);
    try {
      return (await opened).port;
    } catch (error) {
      // The next run loads it again.
      opened = undefined;
      throw error;
    }
  }

  async function start(port: MessagePort): Promise<void> {
    code = undefined;
    const isReady = (said: unknown) => (said === READY ? true : undefined);
    await waitForWorker(port, START_MS, NOT_STARTED, isReady, () => {
      port.postMessage({ task: 'start' });
    });
  }

  async function answer(kind: Request['kind'], script: Script): Promise<Reply> {
    const port = await open();
    if (code !== script.code) await start(port);
    code = script.code;
    const request: Request = { id: ++id, kind, script };
    const isReply = (said: unknown) => {
      const reply = readReply(said);
      return reply?.id === request.id ? reply : undefined;
    };
    try {
      return await waitForWorker(port, LIMIT_MS, TOO_LONG, isReply, () => {
        port.postMessage({ task: 'send', message: request });
      });
    } catch (error) {
      port.postMessage({ task: 'stop' });
      code = undefined;
      throw error;
    }
  }

  return {
    ask(kind, script) {
      const reply = busy.then(() => answer(kind, script));
      busy = reply.catch(() => undefined);
      return reply;
    },
    close() {
      void opened?.then(({ port, frame }) => {
        port.close();
        frame.remove();
      });
      opened = undefined;
    },
  };
}
