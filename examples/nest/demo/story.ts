import { randomUUID } from 'node:crypto';
import type { ChunkMarks, ToolRunEvent } from 'rxjs-ollama';
import type { ReceivedRequest } from 'rxjs-ollama/testing/node';
import { ask, command, type Answer } from './client.js';
import type { Cluster, Gateway } from './cluster.js';
import { STORY } from './model.js';
import { heading, line, proof, stream } from './screen.js';

const QUESTION = 'Tell me how a lamp is made.';

/** The requests for answers that the models have received. */
const requestsOf = ({ models }: Cluster): ReceivedRequest[] =>
  models.flatMap(({ requests }) => requests.filter(({ path }) => path === '/api/chat'));

/** Those since this was called. */
function countRequests(cluster: Cluster): () => ReceivedRequest[] {
  const before = new Set(requestsOf(cluster));
  return () => requestsOf(cluster).filter((request) => !before.has(request));
}

interface Watch {
  /** Called with the number of each word that is shown. */
  readonly onWord?: (count: number) => void;
  /** Called with each event. */
  readonly onEvent?: (event: ToolRunEvent) => void;
}

/** Shows the text of an answer while it grows, in the color of its gateway. Resolves to all of it. */
async function show(answer: Answer, { onWord, onEvent }: Watch = {}): Promise<string> {
  let text = '';
  let words = 0;
  let gateway = '';
  await answer.event$.forEach((event) => {
    onEvent?.(event);
    if (event.type !== 'chunk') return;
    const { reset, message } = event.chunk as typeof event.chunk & ChunkMarks;
    if (reset && text) {
      text = '';
      stream(' … and from the start:', 'dim');
    }
    if (!message.content) return;
    if (answer.gateway !== gateway) {
      gateway = answer.gateway;
      stream(` [${gateway}]`, 'bold');
    }
    stream(` ${message.content.trimStart()}`, gateway === 'A' ? 'cyan' : 'magenta');
    text += message.content;
    onWord?.(++words);
  });
  return text;
}

/** A client that is thrown from gateway to gateway. */
export async function hop(cluster: Cluster): Promise<void> {
  heading(
    cluster.hasRedis
      ? 'A client is thrown from one gateway to the other, in mid-answer'
      : 'The connection of a client breaks, in mid-answer',
  );
  const requests = countRequests(cluster);
  let breaks = 0;
  const answer = ask(cluster.url, randomUUID(), QUESTION);
  const onWord = (word: number): void => {
    if (word % 7) return;
    breaks++;
    cluster.balancer.toNext();
  };
  const text = await show(answer, { onWord });
  proof(text === STORY, `after ${String(breaks)} breaks, the text is exactly that of the model`);
  proof(requests().length === 1, 'the model was asked once');
}

/** A tool that changes something asks first. */
export async function approveOrder(cluster: Cluster): Promise<void> {
  heading('A tool calls another service of the app, when it is approved');
  const answer = ask(cluster.url, randomUUID(), 'Order two desk lamps.');
  const onEvent = (event: ToolRunEvent): void => {
    if (event.type !== 'tool-approval') return;
    line(`   ${event.reason ?? ''} Yes.`);
    void command(cluster.url, `/chat/${answer.run}/approve/${event.call.id}`, { approved: true });
  };
  await show(answer, { onEvent });
  const response = await fetch(`${cluster.shop.orders}/orders?user=alice`);
  const orders = (await response.json()) as readonly { quantity: number }[];
  const isOrdered = orders.length === 1 && orders[0]?.quantity === 2;
  proof(isOrdered, 'the shop has one order, of two desk lamps');
}

/** A stop reaches the model of another gateway. */
export async function stopElsewhere(cluster: Cluster): Promise<void> {
  heading('A stop at one gateway stops the model of the other');
  const [one, other] = cluster.gateways;
  if (!one || !other) return;
  const requests = countRequests(cluster);
  const answer = ask(one.url, randomUUID(), QUESTION);
  let stoppedAt = 0;
  const onWord = (word: number): void => {
    if (word !== 14) return;
    stoppedAt = performance.now();
    void command(other.url, `/chat/${answer.run}/stop`);
  };
  await show(answer, { onWord });
  const [request] = requests();
  const outcome = await request?.closed;
  const ms = Math.round((request?.closedAt ?? 0) - stoppedAt);
  const names = `asked at ${one.name} and stopped at ${other.name}`;
  proof(outcome === 'aborted', `${names}: the model ended ${String(ms)} ms later`);
}

/** Answers of a user wait for each other. */
export async function waitInLine(cluster: Cluster): Promise<void> {
  heading('The second question of a user waits for the first answer');
  const first = ask(cluster.url, randomUUID(), QUESTION);
  const places: number[] = [];
  const second = ask(cluster.url, randomUUID(), 'Which lamps do you have?', (place) => {
    places.push(place);
    line(`   The second question waits. Answers before it: ${String(place)}. Stop the first one.`);
    void command(cluster.url, `/chat/${first.run}/stop`);
  });
  const secondText = new Promise<string>((resolve, reject) => {
    const onWord = (word: number): void => {
      if (word === 7) show(second).then(resolve, reject);
    };
    show(first, { onWord }).catch(reject);
  });
  const isAnswered = (await secondText).startsWith('We have');
  proof(isAnswered && places.length > 0, 'it was answered when the first answer had ended');
}

/** A gateway that is killed has no chance to say anything. */
export async function killGateway(cluster: Cluster): Promise<void> {
  heading('The gateway that asks the model is killed, in mid-answer');
  const answer = ask(cluster.url, randomUUID(), QUESTION);
  let killedAt = 0;
  let survivedAt = 0;
  let killed: Gateway | undefined;
  const onWord = (word: number): void => {
    if (killed && !survivedAt) survivedAt = performance.now();
    if (word !== 25) return;
    killed = cluster.gateways.find(({ name }) => name === answer.gateway);
    if (!killed) return;
    line(`   kill -9, gateway ${killed.name}. Its lease runs out …`, 'red');
    killedAt = performance.now();
    void killed.kill();
  };
  const text = await show(answer, { onWord });
  const seconds = ((survivedAt - killedAt) / 1000).toFixed(1);
  const isWhole = killed !== undefined && answer.gateway !== killed.name && text === STORY;
  proof(
    isWhole,
    `gateway ${answer.gateway} started the answer again after ${seconds} s, and completed it`,
  );
}
