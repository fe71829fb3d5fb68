import { spawn, type ChildProcess } from 'node:child_process';
import { availableParallelism, setPriority } from 'node:os';
import { afterEach, describe, expect, it } from '@jest/globals';
import { follow, start } from './client.js';
import { textOf } from './openReader.js';
import { makePieces } from './question.js';
import { useChaos } from './setup.js';

const chaos = useChaos();

const RUNS = 200;
const LEASE = 15_000;
/** A run lives for longer than a lease, which therefore has to be renewed. */
const PIECES = 20;
const EVERY = 1000;

/**
 * Less than what other specs get that run at the same time, and as much as the gateways here get: they
 * compete with each other.
 */
const NICE = 10;

const busy: ChildProcess[] = [];
afterEach(() => {
  for (const each of busy.splice(0)) each.kill('SIGKILL');
});

/** Two processes per core that compute for as long as this one is there. */
function makeBusy(): void {
  for (let n = 0; n < 2 * availableParallelism(); n++) {
    const program = `while (process.ppid === ${String(process.pid)});`;
    const child = spawn(process.execPath, ['-e', program], { stdio: 'ignore' });
    setPriority(child.pid ?? 0, NICE);
    busy.push(child);
  }
}

describe(`${String(RUNS)} runs on a machine without idle time`, () => {
  it('are never taken for dead: each has one attempt, and its whole text', async () => {
    const gateways = await chaos.gateways({ lease: LEASE, nice: NICE });
    makeBusy();
    const readers = await Promise.all(
      Array.from({ length: RUNS }, async (_, n) => {
        const pieces = makePieces(PIECES, `${String(n)} `);
        const { id, reader } = await start(gateways[n % 2 ? 1 : 0], { pieces, every: EVERY });
        // It is the one at the other gateway that would take the run over.
        const other = follow(gateways[n % 2 ? 0 : 1], id);
        return { text: pieces.join(''), reader, other };
      }),
    );
    await Promise.all(readers.flatMap(({ reader, other }) => [reader.ended, other.ended]));
    const wrong = readers.filter(({ text, reader, other }) =>
      [reader, other].some(
        ({ frames }) =>
          textOf(frames) !== text ||
          frames.at(-1)?.event !== 'done' ||
          frames.some(({ id }) => !id.startsWith('1-')),
      ),
    );
    expect(wrong).toEqual([]);
    expect(await chaos.model.count()).toBe(RUNS);
    const chats = await Promise.all(
      Array.from({ length: RUNS }, (_, n) => chaos.model.chat(n + 1)),
    );
    const states = await Promise.all(chats.map((chat) => chat.closed()));
    expect(states.filter(({ outcome }) => outcome !== 'completed')).toEqual([]);
  }, 600_000);
});
