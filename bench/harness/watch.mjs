// A scripted server that watches what a process does to it.
import { library } from './library.mjs';

/**
 * @typedef {import('rxjs-ollama/testing/node').Steps} Steps
 * @typedef {import('rxjs-ollama/testing/node').ReceivedRequest} ReceivedRequest
 */

/** A promise, and what resolves it. */
function createGate() {
  /** @type {(value?: unknown) => void} */
  let open = () => undefined;
  const opened = new Promise((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/**
 * Runs a job against a server that answers with these steps. A job ends with a request for the model `over`, which
 * is answered when its first chat has ended. A request for the model `arrived` is answered when that chat has come.
 * Steps can wait for `left`, which resolves when the job does nothing more.
 * @template T
 * @param {(left: Promise<unknown>) => Steps} script
 * @param {(host: string) => Promise<T>} job
 */
export async function watch(script, job) {
  const { startScriptedOllama } = await library('testing/node');
  const [arrived, left, over] = [createGate(), createGate(), createGate()];
  const ollama = await startScriptedOllama(({ body: { model } }) => {
    if (model === 'arrived') return [{ delay: arrived.opened }, { done: true }];
    if (model === 'over') return [{ delay: over.opened }, { done: true }];
    arrived.open();
    return script(left.opened);
  });
  /** @param {(request: ReceivedRequest) => boolean} matches */
  const find = async (matches) => {
    for (let n = 1; ; n++) {
      const request = await ollama.received(n);
      if (matches(request)) return request;
    }
  };
  const isChat = (/** @type {ReceivedRequest} */ { path, body: { model = '' } }) =>
    path === '/api/chat' && !['arrived', 'over'].includes(model);

  const done = job(ollama.url);
  const [chat] = await Promise.race([
    Promise.all([find(isChat), find(({ body }) => body.model === 'over')]),
    // A job that fails makes no such request.
    done.then(() => {
      throw new Error('The job has ended without a request for the model "over".');
    }),
  ]);
  /** Whether the client had closed the request before it had headers. */
  const early = chat.outcome === 'aborted';
  left.open();
  const outcome = await chat.closed;
  over.open();
  const said = await done;
  const { linesWritten } = chat;
  const requests = ollama.requests.filter(isChat);
  await ollama.close();
  return { said, early, outcome, linesWritten, requests };
}
