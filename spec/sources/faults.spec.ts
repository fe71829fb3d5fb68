import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  Subject,
  VirtualTimeScheduler,
  firstValueFrom,
  map,
  mergeMap,
  scan,
  take,
  tap,
  type Observable,
} from 'rxjs';
import { isOllamaError } from '../../lib/errors.js';
import { accumulateMessage } from '../../lib/operators/accumulateMessage.js';
import { bufferForUi } from '../../lib/operators/bufferForUi.js';
import { retryChat } from '../../lib/operators/retryChat.js';
import { shareChat } from '../../lib/operators/shareChat.js';
import { splitThinking } from '../../lib/operators/splitThinking.js';
import { timeoutChat } from '../../lib/operators/timeoutChat.js';
import { inTurn } from '../../lib/testing/node/index.js';
import type { ChatChunk } from '../../lib/types/index.js';
import { expectTable } from '../support/matrix.js';
import {
  ANSWER,
  WHOLE,
  faults,
  moments,
  toReply,
  toText,
  type Fault,
  type Moment,
} from './faults.js';
import { ask, createGate, forbidConsole, listen, roundTrip, start, type Heard } from './support.js';

forbidConsole();

/** What subscribers are shown of a chat: the text so far, with each value. */
type Stack = (chat: Observable<ChatChunk>) => readonly Promise<Heard<string>>[];

const addUp = (chat: Observable<ChatChunk>): Observable<string> =>
  chat.pipe(scan((text, { message }) => text + message.content, ''));

const contents = map(({ content }: { readonly content: string }) => content);

const RETRY = { count: 1, delay: 0 };

/** The third of three comes late: with the second chunk, or with the error if there is none. */
function shareOfThree(chat: Observable<ChatChunk>): readonly Promise<Heard<string>>[] {
  const late = new Subject<void>();
  const join = () => {
    late.next();
  };
  let count = 0;
  const onSecond = () => {
    if (++count === 2) join();
  };
  const shared = addUp(chat.pipe(tap({ next: onSecond, error: join }), shareChat()));
  const third = firstValueFrom(
    late.pipe(
      take(1),
      mergeMap(() => listen(shared)),
    ),
  );
  return [listen(shared), listen(shared), third];
}

const stacks: Readonly<Record<string, Stack>> = {
  bare: (chat) => [listen(addUp(chat))],
  'splitThinking, bufferForUi, accumulateMessage': (chat) => [
    listen(chat.pipe(splitThinking(), bufferForUi(), accumulateMessage(), contents)),
  ],
  retryChat: (chat) => [listen(addUp(chat.pipe(retryChat(RETRY))))],
  'retryChat that restarts, accumulateMessage': (chat) => [
    listen(
      chat.pipe(
        retryChat({ ...RETRY, when: 'restart', shouldRetry: () => true }),
        accumulateMessage(),
        contents,
      ),
    ),
  ],
  'shareChat of three': shareOfThree,
};

/** Whether this stack makes a second request, which succeeds. */
function isRetried(stack: string, fault: Fault, moment: Moment): boolean {
  const end = fault.ends[moment];
  if (end === 'complete') return false;
  if (stack !== 'retryChat') return stack.startsWith('retryChat');
  const passing = end === 'connection' || fault.does.includes('503');
  return passing && toText(fault, moment) === '';
}

beforeEach(() => {
  // What `asyncScheduler` keeps time with. They work on, and are counted.
  jest.spyOn(globalThis, 'setInterval');
  jest.spyOn(globalThis, 'clearInterval');
});

const timersSet = () => jest.mocked(setInterval).mock.results.map(({ value }) => value);

function timersPending(): number {
  const cleared = new Set<unknown>(jest.mocked(clearInterval).mock.calls.map(([timer]) => timer));
  return timersSet().filter((timer) => !cleared.has(timer)).length;
}

/** Lets one chat run into a fault, and through its end. */
async function run(fault: Fault, moment: Moment, toSubscribers: Stack) {
  const { gate, open } = createGate();
  const ollama = await start(inTurn(toReply(fault, moment, gate), ANSWER));
  // Time for the clocks of the chat, which goes on only when nothing more can come.
  const clock = new VirtualTimeScheduler();
  const before = moments[moment];
  let chunks = 0;
  const chat = ask(ollama).pipe(
    tap(() => {
      if (++chunks === before) open();
    }),
    timeoutChat({ firstChunk: 1000, idle: 1000, scheduler: clock }),
  );
  const subscribers = toSubscribers(chat);
  await ollama.received();
  if (before === 0) open();
  await gate;
  if (fault.ends[moment] === 'timeout') clock.flush();
  const heard = await Promise.all(subscribers);

  const attempts = ollama.requests.length;
  await Promise.all(ollama.requests.map(({ closed }) => closed));
  // A connection that is free again is so in the next turn: only such a one serves the round trip.
  await nextTurn();
  await roundTrip(ollama);
  return {
    heard,
    attempts,
    connections: ollama.openConnections,
    timers: timersPending(),
    clocks: clock.actions.length,
  };
}

/** How the chat ended, to the last subscriber, and the checks behind that. */
function judge(told: Heard<string>, text: string): string {
  const { values, error, count } = told;
  expect(values.filter((value) => !WHOLE.startsWith(value))).toEqual([]);
  expect(values.at(-1) ?? '').toBe(text);
  // Nothing came after the end.
  expect(count).toBe(values.length + 1);
  if (error === undefined) return 'complete';
  if (!isOllamaError(error)) throw new Error('not an error of this library', { cause: error });
  expect(error.partial?.content ?? '').toBe(text);
  return error.code;
}

const cases = faults.flatMap((fault) =>
  (Object.keys(moments) as Moment[])
    .filter((moment) => fault.ends[moment])
    .flatMap((moment) => Object.keys(stacks).map((stack) => ({ fault, moment, stack }))),
);

/** Codes of errors stand out. */
const toWords = (end = '') => (end === 'complete' ? end : `\`${end}\``);

let timers = 0;
let succeeded = 0;
const seen = new Map<string, { readonly ends: Set<string>; checks: number }>();

describe('a server in trouble', () => {
  it.each(cases.map((one) => [one.fault.does, one.moment, one.stack, one] as const))(
    '%s, %s: %s',
    async (does, moment, name, { fault }) => {
      const toSubscribers = stacks[name];
      if (!toSubscribers) throw new Error(`no stack is called ${name}`);
      const again = isRetried(name, fault, moment);
      const end = again ? 'complete' : fault.ends[moment];
      const { heard, connections, ...left } = await run(fault, moment, toSubscribers);

      expect(left).toEqual({ attempts: again ? 2 : 1, timers: 0, clocks: 0 });
      // A request that is aborted and made again at once gets a connection of its own.
      expect(connections).toBeLessThanOrEqual(again && fault.ends[moment] === 'timeout' ? 2 : 1);
      timers += timersSet().length;
      for (const told of heard) {
        expect(judge(told, again ? WHOLE : toText(fault, moment))).toBe(end);
      }
      const cell = seen.get(`${does},${moment}`) ?? { ends: new Set(), checks: 0 };
      seen.set(`${does},${moment}`, cell);
      cell.ends.add(again ? 'again' : toWords(fault.ends[moment]));
      cell.checks += expect.getState().assertionCalls;
      succeeded++;
    },
  );

  it('is in the table of docs/reliability.md', () => {
    const columns = Object.keys(moments);
    if (succeeded < cases.length) throw new Error('Not all specs of the table have held.');
    const rows = faults.map(({ does }) => [
      does,
      ...columns.map((moment) => {
        const { ends, checks } = seen.get(`${does},${moment}`) ?? {};
        return ends ? `${[...ends].join(', ')} (${String(checks)})` : '–';
      }),
    ]);
    // Else that none was left would say nothing.
    expect(timers).toBeGreaterThan(0);
    const checks = [...seen.values()].reduce((sum, cell) => sum + cell.checks, 0);
    const total = [`**${String(cases.length)} chats, ${String(checks)} checks**`];
    expectTable('faults', ['the server', ...columns], [...rows, [...total, '', '', '', '']]);
  });
});
