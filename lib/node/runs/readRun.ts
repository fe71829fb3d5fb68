import { nextTurn } from '../../transport/nextTurn.js';
import { FIRST_ATTEMPT, formatEventId, readEventId, type SseFrame } from '../../wire/chatEvents.js';
import { compareIds } from './compareIds.js';
import { followsEntry } from './followsEntry.js';
import type { Gateway } from './gateway.js';
import { RunError } from './runError.js';
import type { FollowOptions } from './runs.js';
import { isTerminalFrame, terminalFrame } from '../terminalFrame.js';

/** When a client comes back that could not be served, in ms. */
const RETRY_MS = 1000;

/** What a client reads on after. It has no id: it is not a part of the run. */
const CLOSING = terminalFrame({ type: 'closing', retry: RETRY_MS });

/** After so many characters, connections get time to send them, and other clients their turn. */
const TURN_SIZE = 64 * 1024;

export function notFound(): RunError {
  return new RunError('There is no such run, or no longer.', 'not-found');
}

export function unsure(): RunError {
  return new RunError('Runs are found again after a failure. Ask again in a second.', 'unsure');
}

/**
 * The frames of a run. They are read from the memory of the gateway that has it, and otherwise from the store,
 * and the place changes when the run does.
 */
export async function* readRun(
  { store, isClosing, isUnsure, getSession, enter }: Gateway,
  id: string,
  { owner, after }: FollowOptions,
  signal: AbortSignal,
): AsyncGenerator<SseFrame, void, undefined> {
  const hasLeft = (): boolean => signal.aborted;
  let last = after;
  let isKnown = false;
  let sent = 0;
  while (!hasLeft()) {
    if (isClosing()) {
      yield CLOSING;
      return;
    }
    const session = getSession(id);
    if (session && session.run.owner !== owner) throw notFound();
    const isHere = session !== undefined && isOf(session.run.attempt, last);
    if (isHere) {
      if (session.hasEnded && isComplete(last, session.log.last)) return;
    } else {
      const record = await store.get(id).catch(() => 'failed' as const);
      if (record === 'failed' || (!record && (isKnown || isUnsure()))) {
        yield CLOSING;
        return;
      }
      if (record?.owner !== owner) throw notFound();
      if (record.ended && isComplete(last, record.last)) return;
      if (attemptOf(last) > record.attempt || (record.ended && record.last === undefined)) {
        // It can't be waited for: the store has lost it, or there never was such an event.
        yield gap(formatEventId({ attempt: record.attempt, seq: 1 }));
        return;
      }
      if (hasLeft() || isClosing() || getSession(id) !== session) continue;
    }
    isKnown = true;

    const reading = new AbortController();
    const stop = (): void => {
      reading.abort();
    };
    signal.addEventListener('abort', stop);
    const leave = enter(id, reading);
    try {
      const entries = isHere
        ? session.log.read(last, reading.signal)
        : store.read(id, last, reading.signal);
      for await (const entry of entries) {
        if (!followsEntry(entry, last)) {
          yield gap(entry.id);
          return;
        }
        last = entry.id;
        const { event, data } = entry.frame;
        yield { id: last, event, data };
        if (isTerminalFrame(entry.frame)) return;
        sent += data.length;
        if (sent > TURN_SIZE) {
          sent = 0;
          await new Promise<void>(nextTurn);
        }
        // From here on, this gateway has the frames itself.
        if (session && !isHere && isOf(session.run.attempt, last)) break;
      }
    } catch {
      // The store can't be reached. The client comes back with the last id that it has.
      yield CLOSING;
      return;
    } finally {
      signal.removeEventListener('abort', stop);
      reading.abort();
      leave();
    }
  }
}

/** Whether what comes after an id, or at the beginning, is of an attempt. */
function isOf(attempt: number, last: string | undefined): boolean {
  return attempt === attemptOf(last);
}

function attemptOf(id: string | undefined): number {
  return (id === undefined ? undefined : readEventId(id)?.attempt) ?? FIRST_ATTEMPT;
}

/** Events are missing before this one. */
const gap = (first: string): SseFrame => terminalFrame({ type: 'gap', first });

/** Whether a reader has all of a run that has ended. */
function isComplete(last: string | undefined, end: string | undefined): boolean {
  return last !== undefined && end !== undefined && compareIds(last, end) >= 0;
}
