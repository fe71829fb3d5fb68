// A scripted Ollama in a process of its own. The question of a chat says what the model answers, and a second
// port lets the specs release the answer piece by piece: so nothing depends on time.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startScriptedOllama, type ReceivedRequest, type Step } from 'rxjs-ollama/testing/node';
import type { ModelUrls, Question } from './question.js';

/** How many pieces of an answer the model may say. */
function createGate() {
  let released = 0;
  const waiting: { at: number; open: () => void }[] = [];
  return {
    reach(at: number): Promise<void> | undefined {
      if (at <= released) return undefined;
      return new Promise((open) => waiting.push({ at, open }));
    },
    release(count: number): void {
      released += count;
      for (const each of waiting) if (each.at <= released) each.open();
    },
  };
}

type Gate = ReturnType<typeof createGate>;

const gates = new Map<ReceivedRequest, Gate>();

function gateOf(request: ReceivedRequest): Gate {
  const gate = gates.get(request) ?? createGate();
  gates.set(request, gate);
  return gate;
}

function* answer(request: ReceivedRequest): Generator<Step> {
  const gate = gateOf(request);
  const { messages = [] } = request.body;
  const question = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  const { pieces, longer = 1, call, every } = JSON.parse(question) as Question;
  const said = pieces.flatMap((piece) => Array<string>(longer).fill(piece.repeat(longer)));
  const steps =
    call && messages.at(-1)?.role === 'user'
      ? [{ tool_calls: [{ function: call }] }, { done: true }]
      : [...said.map((content) => ({ content })), { done: true }];
  for (const [index, step] of steps.entries()) {
    const delay = every ?? gate.reach(index + 1);
    yield delay === undefined ? step : { ...step, delay };
  }
}

const ollama = await startScriptedOllama(answer);

/** The orders that were paid back. */
const refunds: string[] = [];

/** What the specs ask: how many chats there were, and to release, await or look at the n-th. */
async function steer(incoming: IncomingMessage): Promise<unknown> {
  const { pathname, searchParams } = new URL(incoming.url ?? '', 'http://localhost');
  if (pathname === '/count') return ollama.requests.length;
  const [, order] = /^\/refunds\/(.+)$/.exec(pathname) ?? [];
  if (order) return `refund ${String(refunds.push(order))}`;
  if (pathname === '/refunds') return refunds;
  const request = await ollama.received(Number(searchParams.get('n')));
  if (pathname === '/release') {
    gateOf(request).release(Number(searchParams.get('pieces')));
    return true;
  }
  if (pathname === '/closed') await request.closed;
  return { outcome: request.outcome, lines: request.linesWritten };
}

const control = createServer((incoming, response: ServerResponse) => {
  void steer(incoming).then((value) => response.end(JSON.stringify(value)));
});
control.listen(0, '127.0.0.1', () => {
  const { port } = control.address() as AddressInfo;
  const urls: ModelUrls = { ollama: ollama.url, control: `http://127.0.0.1:${String(port)}` };
  process.send?.(urls);
});
process.on('disconnect', () => process.exit());
