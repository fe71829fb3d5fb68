import { MessageChannel as NodeChannel, type MessagePort as NodePort } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

const { MessageChannel } = globalThis;
afterEach(() => {
  Object.assign(globalThis, { MessageChannel });
});

type NextTurn = (callback: () => void) => void;

/** A copy of the module that has no channel yet. */
function load(): NextTurn {
  let nextTurn: NextTurn | undefined;
  jest.isolateModules(() => {
    ({ nextTurn } = jest.requireActual<typeof import('../../lib/transport/nextTurn.js')>(
      '../../lib/transport/nextTurn.js',
    ));
  });
  if (!nextTurn) throw new Error('it was not loaded');
  return nextTurn;
}

const turn = (nextTurn: NextTurn) => new Promise<void>(nextTurn);

/** What keeps this process alive. */
const countPorts = () =>
  process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;

describe('nextTurn', () => {
  it('calls back once each, in order, and not synchronously', async () => {
    const nextTurn = load();
    const log: number[] = [];
    for (const n of [1, 2, 3]) nextTurn(() => log.push(n));
    await Promise.resolve();
    expect(log).toEqual([]);
    await turn(nextTurn);
    expect(log).toEqual([1, 2, 3]);
    await turn(nextTurn);
    expect(log).toEqual([1, 2, 3]);
  });

  it('is a turn of the event loop each time: timers that are due fire between any three', async () => {
    const nextTurn = load();
    await turn(nextTurn);
    let turns = 0;
    let fired = Infinity;
    // Timers are due 1 ms later at the earliest.
    setTimeout(() => (fired = turns), 0);
    const due = performance.now() + 2;
    while (performance.now() < due);
    while (turns < 2000 && fired === Infinity) {
      await turn(nextTurn);
      turns++;
    }
    expect(fired).toBeLessThanOrEqual(2);
  });

  it.each([
    ['an immediate', (start: () => void) => setImmediate(start)],
    ['a timer', (start: () => void) => setTimeout(start, 0)],
    ['a microtask', queueMicrotask],
  ])('comes after what was deferred by setImmediate before it, in %s', async (_, within) => {
    const nextTurn = load();
    const log: string[] = [];
    for (let n = 0; n < 5; n++) {
      await new Promise<void>((resolve) => {
        within(() => {
          setImmediate(() => log.push('immediate'));
          nextTurn(() => {
            log.push('turn');
            resolve();
          });
        });
      });
    }
    expect(log).toEqual(Array(5).fill(['immediate', 'turn']).flat());
  });

  it('keeps the process alive while a callback waits, and no longer', async () => {
    const before = countPorts();
    const nextTurn = load();
    const first = turn(nextTurn).then(countPorts);
    const second = turn(nextTurn);
    expect(countPorts()).toBeGreaterThan(before);
    expect(await first).toBeGreaterThan(before);
    await second;
    expect(countPorts()).toBe(before);
    const third = turn(nextTurn);
    expect(countPorts()).toBeGreaterThan(before);
    await third;
    expect(countPorts()).toBe(before);
  });
});

describe('nextTurn with fake timers', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it.each(['before', 'after'])('calls back when they are installed %s the import', async (when) => {
    if (when === 'before') jest.useFakeTimers();
    const nextTurn = load();
    jest.useFakeTimers();
    await turn(nextTurn);
    await turn(nextTurn);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('nextTurn where ports can not be unreferenced', () => {
  it('closes them when no callback waits, and opens new ones for the next', async () => {
    let opened = 0;
    const closed: unknown[] = [];
    const wrap = (port: NodePort) => {
      port.once('close', () => closed.push(port));
      return {
        postMessage: (data: unknown) => {
          port.postMessage(data);
        },
        close: () => {
          port.close();
        },
        set onmessage(listener: (event: { readonly data: unknown }) => void) {
          port.on('message', (data: unknown) => {
            listener({ data });
          });
        },
      };
    };
    Object.assign(globalThis, {
      MessageChannel: function () {
        opened++;
        const { port1, port2 } = new NodeChannel();
        return { port1: wrap(port1), port2: wrap(port2) };
      },
    });
    const nextTurn = load();
    await Promise.all([turn(nextTurn), turn(nextTurn)]);
    expect(opened).toBe(1);
    await turn(nextTurn);
    expect(opened).toBe(2);
    while (closed.length < 4) await new Promise(setImmediate);
  });
});

describe('nextTurn without MessageChannel', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
  });

  it('is a timer, as the page or the test has it', () => {
    Object.assign(globalThis, { MessageChannel: undefined });
    const log: string[] = [];
    load()(() => log.push('turn'));
    expect(log).toEqual([]);
    jest.advanceTimersByTime(0);
    expect(log).toEqual(['turn']);
    expect(jest.getTimerCount()).toBe(0);
  });
});
