// Opens thousands of chats, drops most of them at random moments, and looks at what is left of them.
// npm run soak -- --chats 3000 --concurrency 50 --seed 1
import { fork } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  Subject,
  filter,
  fromEvent,
  ignoreElements,
  lastValueFrom,
  merge,
  mergeMap,
  range,
  takeUntil,
  tap,
  timer,
} from 'rxjs';
import {
  accumulateMessage,
  bufferForUi,
  fromOllamaChat,
  splitThinking,
  timeoutChat,
} from 'rxjs-ollama';
import { startScriptedOllama } from 'rxjs-ollama/testing/node';

/** @typedef {{ completed: number, aborted: number, dropped: number, open: number, connections: number }} Figures */

/** When a chat is dropped, if it is. */
const MOMENTS = /** @type {const} */ (['before the headers', 'in mid-stream', 'at done', 'never']);
const WORDS = 40;
/** By how many bytes the heap may grow from the first third to the last. */
const MAX_GROWTH = 3e6;
/** How long the network may take to close what was dropped, in ms. */
const PATIENCE = 5000;

/** The server, in a process of its own: its memory and its connections are not the client's. */
async function serve() {
  const ollama = await startScriptedOllama(function* ({ body: { model, messages } }) {
    const moment = messages?.[0]?.content;
    if (moment === 'before the headers') {
      process.send?.({ arrived: model });
      yield { fault: 'hang' };
    }
    // What is dropped in mid-stream has no end that could come first.
    for (let n = 0; n < WORDS || moment === 'in mid-stream'; n++) {
      yield { content: `word ${String(n)} `, delay: 4 };
    }
    yield { done: true };
  });
  process.on('message', () => {
    const figures = { completed: 0, aborted: 0, dropped: 0, open: 0 };
    for (const { outcome } of ollama.requests) figures[outcome]++;
    process.send?.({ figures: { ...figures, connections: ollama.openConnections } });
  });
  process.once('disconnect', () => void ollama.close());
  process.send?.({ url: ollama.url });
}

/**
 * The same sequence of numbers in [0, 1) for the same seed.
 * @param {number} seed
 */
function createRandom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @param {string} kind */
const countActive = (kind) =>
  process.getActiveResourcesInfo().filter((resource) => resource === kind).length;

/**
 * Looks again and again until it is so, or patience is at its end.
 * @param {() => boolean | Promise<boolean>} isSo
 */
async function settle(isSo) {
  const end = performance.now() + PATIENCE;
  while (!(await isSo()) && performance.now() < end) await sleep(10);
}

/** @param {{ chats: number, concurrency: number, seed: number }} options */
async function soak({ chats, concurrency, seed }) {
  const collect = globalThis.gc;
  if (!collect) throw new Error('The heap can only be measured with node --expose-gc.');
  const random = createRandom(seed);
  const timersBefore = countActive('Timeout');
  const server = fork(process.argv[1] ?? '', ['--server']);
  // As many listeners as chats wait for its word.
  server.setMaxListeners(0);
  /** @type {[{ url: string }, unknown]} */
  const [{ url }] = /** @type {any} */ (await once(server, 'message'));
  /** @type {import('rxjs').Observable<[{ arrived?: string, figures?: Figures }, unknown]>} */
  const messages$ = /** @type {any} */ (fromEvent(server, 'message'));
  const planned = { 'before the headers': 0, 'in mid-stream': 0, 'at done': 0, never: 0 };

  /** @param {number} n */
  const openChat = (n) => {
    const moment = MOMENTS[Math.floor(random() * MOMENTS.length)] ?? 'never';
    const at = 1 + Math.floor(random() * WORDS);
    const model = `chat-${String(n)}`;
    planned[moment]++;
    /** @type {Subject<void>} */
    const drop = new Subject();
    let count = 0;
    const arrived$ = messages$.pipe(
      filter(([{ arrived }]) => arrived === model),
      mergeMap(() => timer(at)),
    );
    return fromOllamaChat(
      { model, messages: [{ role: 'user', content: moment }] },
      { host: url },
    ).pipe(
      tap(({ done }) => {
        count++;
        if ((moment === 'in mid-stream' && count === at) || (moment === 'at done' && done)) {
          drop.next();
        }
      }),
      timeoutChat({ firstChunk: 600_000, idle: 600_000, total: 600_000 }),
      splitThinking(),
      bufferForUi(),
      accumulateMessage(),
      ignoreElements(),
      takeUntil(merge(drop, arrived$)),
    );
  };

  const getFigures = async () => {
    server.send('figures');
    const [{ figures }] = /** @type {[{ figures: Figures }]} */ (await once(server, 'message'));
    return figures;
  };
  let figures = await getFigures();

  const heaps = [];
  const start = performance.now();
  for (let third = 0; third < 3; third++) {
    const from = Math.round((chats * third) / 3);
    const to = Math.round((chats * (third + 1)) / 3);
    await lastValueFrom(range(from, to - from).pipe(mergeMap(openChat, concurrency)), {
      defaultValue: undefined,
    });
    await settle(async () => (figures = await getFigures()).open === 0);
    collect();
    heaps.push(process.memoryUsage().heapUsed);
  }
  const seconds = (performance.now() - start) / 1000;
  const timers = countActive('Timeout') - timersBefore;
  server.disconnect();
  await once(server, 'exit');
  await settle(() => countActive('TCPSocketWrap') === 0);

  const [first = 0, , last = 0] = heaps;
  const left = planned['before the headers'] + planned['in mid-stream'];
  const finished = planned['at done'] + planned.never;
  /** @param {number} bytes */
  const toMegabytes = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;
  const is = (/** @type {number} */ value, /** @type {number} */ wanted) =>
    /** @type {const} */ ([String(value), String(wanted), value === wanted]);
  const checks = {
    'dropped early, closed at the server': is(figures.aborted, left),
    'at done or later, completed at the server': is(figures.completed, finished),
    'responses still open': is(figures.open, 0),
    // One a chat; and one whose rest is still being read when the next chat begins.
    'connections kept for reuse': /** @type {const} */ ([
      String(figures.connections),
      `at most ${String(2 * concurrency)}`,
      figures.connections <= 2 * concurrency,
    ]),
    'timers left': is(timers, 0),
    'sockets left without the server': is(countActive('TCPSocketWrap'), 0),
    'heap, last third against first': /** @type {const} */ ([
      `${toMegabytes(first)} to ${toMegabytes(last)}`,
      `at most ${toMegabytes(MAX_GROWTH)} more`,
      last - first <= MAX_GROWTH,
    ]),
  };
  console.log(`${String(chats)} chats in ${seconds.toFixed(1)} s, seed ${String(seed)}:`, planned);
  console.table(
    Object.entries(checks).map(([what, [seen, wanted, ok]]) => ({ what, seen, wanted, ok })),
  );
  if (Object.values(checks).some(([, , ok]) => !ok)) process.exitCode = 1;
}

const { values } = parseArgs({
  options: {
    chats: { type: 'string', default: '3000' },
    concurrency: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    server: { type: 'boolean', default: false },
  },
});
if (values.server) await serve();
else {
  await soak({
    chats: Number(values.chats),
    concurrency: Number(values.concurrency),
    seed: Number(values.seed),
  });
}
