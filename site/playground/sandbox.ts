import { READY, type Reply, type Request } from './messages.js';
import { readReply } from './readReport.js';
import type { Script } from './script.js';

/** How long a run may take, counted from when the worker is ready. */
export const LIMIT_MS = 1000;
/** How long a worker may take to start. A page in the background is slow. */
const START_MS = 20_000;

/** Why a run has no result: not the fault of the code. */
export class SandboxError extends Error {
  override readonly name = 'SandboxError';
}

/**
 * The policy of the frame that the worker is started in. Workers inherit it: no request of any kind, and no `import`.
 * The frame has an origin of its own, so there is no storage either. A browser starts no module in a worker of such a
 * frame, so the worker is a script.
 */
const POLICY = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; worker-src blob:";

/** Runs in the frame. */
const FRAME = `
onmessage = ({ data, ports: [port] }) => {
  onmessage = null;
  const url = URL.createObjectURL(new Blob([data], { type: 'text/javascript' }));
  let worker;
  port.onmessage = ({ data: { task, message } }) => {
    if (task === 'send') return worker.postMessage(message);
    worker?.terminate();
    if (task === 'stop') return;
    worker = new Worker(url);
    worker.onmessage = (event) => port.postMessage({ said: event.data });
    worker.onerror = (event) => port.postMessage({ failed: String(event.message) });
  };
};
parent.postMessage('frame', '*');
`;

const HTML = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}"><script>${FRAME}</script>`;

async function openFrame(source: string): Promise<{ port: MessagePort; frame: HTMLIFrameElement }> {
  const frame = document.createElement('iframe');
  // The reset of a site may show what is `hidden`.
  frame.style.display = 'none';
  frame.title = 'Where the code of the playground runs';
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.srcdoc = HTML;
  await new Promise<void>((resolve) => {
    addEventListener('message', function listen({ source: from }) {
      if (from !== frame.contentWindow) return;
      removeEventListener('message', listen);
      resolve();
    });
    document.body.append(frame);
  });
  const { port1, port2 } = new MessageChannel();
  frame.contentWindow?.postMessage(source, '*', [port2]);
  return { port: port1, frame };
}

/** Runs scripts, each code in a worker of its own. */
export interface Sandbox {
  /**
   * Runs a script. A run that has not begun when the next one is asked for is skipped.
   *
   * @returns `undefined` if it was skipped
   */
  run(kind: Request['kind'], script: Script): Promise<Reply | undefined>;
  close(): void;
}

/** @param load gives the code of the worker */
export function createSandbox(load: () => Promise<string>): Sandbox {
  let opened: ReturnType<typeof openFrame> | undefined;
  /** The code that the worker has run. Another one gets a worker that nothing was done to. */
  let code: string | undefined;
  let id = 0;
  let busy: Promise<unknown> = Promise.resolve();
  let latest = 0;

  async function start(port: MessagePort): Promise<void> {
    code = undefined;
    await listen(
      port,
      START_MS,
      'The playground could not start.',
      (said) => (said === READY ? true : undefined),
      () => {
        port.postMessage({ task: 'start' });
      },
    );
  }

  async function answer(kind: Request['kind'], script: Script): Promise<Reply> {
    opened ??= load().then(openFrame);
    const { port } = await opened;
    if (code !== script.code) await start(port);
    code = script.code;
    const request: Request = { id: ++id, kind, script };
    try {
      return await listen(
        port,
        LIMIT_MS,
        'It took longer than a second, and was stopped. Is there a loop without an end?',
        (said) => {
          const reply = readReply(said);
          return reply?.id === request.id ? reply : undefined;
        },
        () => {
          port.postMessage({ task: 'send', message: request });
        },
      );
    } catch (error) {
      port.postMessage({ task: 'stop' });
      code = undefined;
      throw error;
    }
  }

  return {
    run(kind, script) {
      const turn = ++latest;
      const result = busy.then(() =>
        kind === 'run' && turn !== latest ? undefined : answer(kind, script),
      );
      busy = result.catch(() => undefined);
      return result;
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

/** Waits for what is accepted of what the worker says. */
function listen<T>(
  port: MessagePort,
  limit: number,
  tooLate: string,
  accept: (said: unknown) => T | undefined,
  begin: () => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      port.onmessage = null;
    };
    const giveUp = (): void => {
      end();
      reject(new SandboxError(tooLate));
    };
    // An answer that came while the page was busy is read before.
    let timer = setTimeout(() => {
      timer = setTimeout(giveUp);
    }, limit);
    port.onmessage = ({ data }: MessageEvent<{ said?: unknown; failed?: unknown }>) => {
      if (typeof data.failed === 'string') {
        end();
        reject(new SandboxError(`The worker failed: ${data.failed.slice(0, 300)}`));
        return;
      }
      const accepted = accept(data.said);
      if (accepted === undefined) return;
      end();
      resolve(accepted);
    };
    begin();
  });
}
