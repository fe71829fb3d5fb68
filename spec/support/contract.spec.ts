import { describe, expect, it } from '@jest/globals';
import {
  EMPTY,
  NEVER,
  Observable,
  ReplaySubject,
  auditTime,
  bufferTime,
  catchError,
  concatAll,
  concatWith,
  defer,
  delay,
  dematerialize,
  exhaustMap,
  ignoreElements,
  map,
  materialize,
  mergeMap,
  mergeWith,
  noop,
  of,
  pipe,
  retry,
  scan,
  startWith,
  tap,
  throwError,
  throwIfEmpty,
  timestamp,
  toArray,
  type MonoTypeOperatorFunction,
  type OperatorFunction,
  type SchedulerLike,
} from 'rxjs';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk } from '../../lib/types/index.js';
import { checksFor, describeOperatorContract, type Candidate } from './contract.js';

const { answer } = chunk;

type Operator = OperatorFunction<ChatChunk, unknown>;

const scream = (error: Error) => (): never => {
  throw error;
};

const good: readonly Candidate[] = [
  { name: 'map', operator: () => map((chunk) => ({ ...chunk })), keepsType: true },
  { name: 'scan', operator: () => scan((text, { message }) => text + message.content, '') },
  { name: 'tap', operator: () => tap(noop), keepsType: true, throwing: (e) => tap(scream(e)) },
  { name: 'toArray', operator: () => toArray(), emitsLater: true },
  { name: 'auditTime', operator: (scheduler) => auditTime(16, scheduler), emitsLater: true },
  {
    name: 'delay (of errors too)',
    operator: (scheduler) => pipe(materialize(), delay(16, scheduler), dematerialize()),
    keepsType: true,
    emitsLater: true,
  },
];

good.forEach(describeOperatorContract);

const eager: Operator = (source) => {
  const replay = new ReplaySubject<ChatChunk>(Infinity);
  source.subscribe(replay);
  return replay;
};

/** The usual `new Observable`; a synchronous source has ended by the time that its teardown is known. */
function byHand(createTeardown: (unsubscribe: () => void) => () => void): Operator {
  return (source) =>
    new Observable((out) => {
      const subscription = source.subscribe({
        next: (chunk) => {
          out.next(chunk);
        },
        error: (error: unknown) => {
          out.error(error);
        },
        complete: () => {
          out.complete();
        },
      });
      return createTeardown(() => {
        subscription.unsubscribe();
      });
    });
}

const leavesLate = (scheduler: SchedulerLike) =>
  byHand((unsubscribe) => () => {
    scheduler.schedule(unsubscribe);
  });

const statePerFactory = (): Operator => {
  let n = 0;
  return map(() => n++);
};

const statePerApplication = (): Operator => (source) => source.pipe(statePerFactory());

const stateAfterNext: Operator = (source) =>
  new Observable((out) => {
    let text = '';
    return source.subscribe(({ message }) => {
      out.next(text + message.content);
      text += message.content;
    });
  });

const growing: Operator = (source) =>
  defer(() => {
    const chunks: ChatChunk[] = [];
    return source.pipe(map((chunk) => (chunks.push(chunk), chunks)));
  });

const overwriting = tap(({ message }: ChatChunk) => Object.assign(message, { content: '' }));

const leavesTimers = (scheduler: SchedulerLike): MonoTypeOperatorFunction<ChatChunk> =>
  tap(() => scheduler.schedule(noop, 1000));

const withoutFigures = map(({ model, message, done }: ChatChunk) => ({ model, message, done }));

/** By the check that has to catch it: what is wrong, and an operator that has it wrong. */
const flawed: Readonly<Record<string, Readonly<Record<string, Omit<Candidate, 'name'>>>>> = {
  'does nothing until it is subscribed to, and then subscribes once': {
    'an eager subscription': { operator: () => eager },
    'a second subscription': {
      operator: () => (source) => source.pipe(mergeWith(source.pipe(ignoreElements()))),
    },
  },
  'is silent as long as the source is': {
    'a value of its own': { operator: () => startWith(answer('')) },
  },
  'completes when the source is empty': {
    'an error for nothing': { operator: () => throwIfEmpty() },
  },
  'completes when the source does, be it slow or synchronous': {
    'no end': { operator: () => concatWith(NEVER) },
  },
  'forwards the very error of the source, and lets go': {
    'a swallowed error': { operator: () => catchError(() => EMPTY) },
    'a flattened error': {
      operator: () => catchError((error: unknown) => throwError(() => new Error(String(error)))),
    },
    'a request made again': { operator: () => retry(1) },
  },
  'lets go of the source in the call of unsubscribe, at any time and in any chain': {
    'no teardown': { operator: () => byHand(() => noop) },
    'a late unsubscription': { operator: leavesLate },
  },
  'lets go of the source inside the very next in which the consumer leaves': {
    'a late unsubscription': { operator: leavesLate },
  },
  'tears down from the source downwards': {
    'a late unsubscription': { operator: leavesLate },
  },
  'stops a synchronous source as soon as the consumer leaves': {
    'a naive constructor': { operator: () => byHand((unsubscribe) => unsubscribe) },
  },
  'stops a synchronous source as soon as the consumer has enough': {
    'a naive constructor': { operator: () => byHand((unsubscribe) => unsubscribe) },
    'an undeclared delay': { operator: () => toArray() },
  },
  'begins anew with each subscription to one result': {
    'state per application': { operator: statePerApplication },
  },
  'begins anew when retried after half of the chunks': {
    'state per application': { operator: statePerApplication },
  },
  'serves two sources at once through one operator value': {
    'state per operator value': { operator: statePerFactory },
  },
  'keeps order and loses nothing when fed from within next': {
    'state that changes after next': { operator: () => stateAfterNext },
    'deafness while sending': { operator: () => exhaustMap((chunk) => of(chunk)), keepsType: true },
    'parts sent around what comes in between': {
      operator: () => mergeMap(({ message }) => [message.thinking, message.content]),
    },
  },
  'changes neither what it was given nor what it gave': {
    'input overwritten': { operator: () => overwriting },
    'output that changes afterwards': { operator: () => growing },
  },
  'sets no timer but on the given scheduler': {
    'a timer of its own': { operator: () => auditTime(16) },
    'a half-wired timer': {
      operator: (scheduler) => pipe(auditTime(8, scheduler), auditTime(16)),
      emitsLater: true,
    },
  },
  'reads no clock but that of the given scheduler': {
    'a clock of its own': { operator: () => timestamp() },
  },
  'leaves no timer when it has ended': {
    'a forgotten timer': { operator: leavesTimers },
  },
  'leaves no timer when the consumer has left': {
    'a forgotten timer': { operator: leavesTimers },
  },
  'keeps no timer while the source is silent': {
    'a timer that ticks on': { operator: (scheduler) => bufferTime(16, scheduler) },
  },
  'gives all text and calls that came, wherever and however the source ends': {
    'held text dropped on error': { operator: () => pipe(toArray(), concatAll()), keepsType: true },
    'text overtaken': { operator: (scheduler) => auditTime(16, scheduler), keepsType: true },
    'text doubled': { operator: () => mergeMap((chunk) => [chunk, chunk]), keepsType: true },
  },
  'leaves statistics and unknown fields of the final chunk as they are': {
    'figures left out': { operator: () => withoutFigures, keepsType: true },
  },
  'hands what a callback throws to the consumer as it is, and to nobody else': {
    'a callback error swallowed': {
      operator: () => tap(noop),
      throwing: (error) =>
        pipe(
          tap(scream(error)),
          catchError(() => EMPTY),
        ),
    },
    'a callback error reported as unhandled too': {
      operator: () => tap(noop),
      throwing: (error) =>
        pipe(
          tap(() => of(0).subscribe(scream(error))),
          tap(scream(error)),
        ),
    },
  },
};

describe('the operator contract', () => {
  for (const [rule, candidates] of Object.entries(flawed)) {
    it.each(Object.entries(candidates))(`"${rule}" catches %s`, (name, candidate) => {
      const subject = { name, ...candidate };
      const check = checksFor(subject).find((each) => each.name === rule);
      expect(check).toBeDefined();
      // Caught is what an expectation says: a check that breaks down has caught nothing.
      expect(() => check?.run(subject)).toThrow(/expect\(/);
    });
  }

  it('has no check that never catches anything', () => {
    const names = good.flatMap(checksFor).map(({ name }) => name);
    expect(new Set(Object.keys(flawed))).toEqual(new Set(names));
  });
});
