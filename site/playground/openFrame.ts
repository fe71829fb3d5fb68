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

/** A frame, and the port by which it gets what its worker has to do. */
export interface Frame {
  readonly port: MessagePort;
  readonly frame: HTMLIFrameElement;
}

/** Opens the frame. Its worker has the code of `source`. */
export async function openFrame(source: string): Promise<Frame> {
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
