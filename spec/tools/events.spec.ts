import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  VirtualTimeScheduler,
  concat,
  concatMap,
  delay,
  from,
  map,
  of,
  throwError,
  timer,
  type Observable,
} from 'rxjs';
import { chunk, scriptedClient } from '../../lib/testing/index.js';
import type { ToolRunEvent } from '../../lib/tools/events.js';
import { runTools } from '../../lib/tools/runTools.js';
import type { ChatChunk, ToolCall } from '../../lib/types/index.js';
import { delta } from '../support/chunks.js';
import { REQUEST, only, rawCall, tool } from './support.js';

const { answer, done } = chunk;

/** How a call fares, and how long it takes. */
interface PlannedCall {
  readonly fate: 'value' | 'progress' | 'error' | 'approved' | 'denied' | 'unknown' | 'invalid';
  readonly takes: number;
}

interface PlannedRun {
  /** Of each step the calls of its chunks, the final one last, and the time before each. */
  readonly steps: readonly (readonly {
    readonly calls: readonly PlannedCall[];
    readonly after: number;
  }[])[];
  readonly concurrency: number;
}

const runs: fc.Arbitrary<PlannedRun> = fc.record({
  steps: fc.array(
    fc.array(
      fc.record({
        calls: fc.array(
          fc.record({
            fate: fc.constantFrom<PlannedCall['fate'][]>(
              'value',
              'progress',
              'error',
              'approved',
              'denied',
              'unknown',
              'invalid',
            ),
            takes: fc.nat(30),
          }),
          { maxLength: 3 },
        ),
        after: fc.nat(20),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    { minLength: 1, maxLength: 3 },
  ),
  concurrency: fc.integer({ min: 1, max: 4 }),
});

const toCall = ({ fate, takes }: PlannedCall): ToolCall =>
  rawCall(fate, fate === 'invalid' ? '{' : { takes });

const takes = (call: ToolCall): number => Number(call.function.arguments['takes']);

function play({ steps, concurrency }: PlannedRun): ToolRunEvent[] {
  const scheduler = new VirtualTimeScheduler(undefined, 10_000);
  const later = (call: ToolCall) => timer(takes(call), scheduler);
  const client = scriptedClient((_, i) =>
    from(steps[i] ?? [{ calls: [], after: 0 }]).pipe(
      concatMap(({ calls, after }, j): Observable<ChatChunk> => {
        const { message } = calls.length ? delta({ tool_calls: calls.map(toCall) }) : answer('Hm');
        const isFinal = j + 1 >= (steps[i]?.length ?? 1);
        return of(isFinal ? { ...done(), message } : delta(message)).pipe(delay(after, scheduler));
      }),
    ),
  );
  const tools = [
    tool('value', ({ call }) => later(call)),
    tool('progress', ({ call }) => concat(of('half'), later(call))),
    tool('error', ({ call }) =>
      later(call).pipe(concatMap(() => throwError(() => new Error('no network')))),
    ),
    ...['approved', 'denied'].map((name) =>
      tool(name, ({ call }) => later(call), { needsApproval: true }),
    ),
    tool('invalid', () => 'never'),
  ];
  const events: ToolRunEvent[] = [];
  let completed = false;
  runTools(
    REQUEST,
    {
      ...{ tools, concurrency, scheduler },
      approve: (call) => later(call).pipe(map(() => call.function.name === 'approved')),
    },
    { client },
  ).subscribe({
    next: (event) => events.push(event),
    complete: () => {
      completed = true;
    },
  });
  scheduler.flush();
  expect(completed).toBe(true);
  return events;
}

/** The life of a call that fares so. */
const LIVES: Readonly<Record<PlannedCall['fate'], RegExp>> = {
  value: /^tool-call tool-start tool-progress tool-result$/,
  progress: /^tool-call tool-start tool-progress tool-progress tool-result$/,
  error: /^tool-call tool-start tool-error$/,
  approved: /^tool-call tool-approval tool-start tool-progress tool-result$/,
  denied: /^tool-call tool-approval tool-denied$/,
  unknown: /^tool-call tool-error$/,
  invalid: /^tool-call tool-error$/,
};

const typesOf = (events: readonly ToolRunEvent[]): string =>
  events.map(({ type }) => type).join(' ');

describe('the events of any run', () => {
  const check = (rule: (events: ToolRunEvent[], run: PlannedRun) => void) => {
    fc.assert(
      fc.property(runs, (run) => {
        rule(play(run), run);
      }),
      { numRuns: 60 },
    );
  };

  it('end with finish, and nothing else does', () => {
    check((events) => {
      expect(events.findIndex(({ type }) => type === 'finish')).toBe(events.length - 1);
    });
  });

  it('come step by step, and a step ends with step-finish', () => {
    check((events) => {
      const steps = only(events, 'step-finish').map(({ step }) => step);
      expect(steps).toEqual(steps.map((_, i) => i + 1));
      let current = 1;
      for (const { type, step } of events.slice(0, -1)) {
        expect(step).toBe(current);
        if (type === 'step-finish') current++;
      }
    });
  });

  it('tell the life of each call in its order', () => {
    check((events) => {
      for (const { call } of only(events, 'tool-call')) {
        const life = events.filter((event) => 'call' in event && event.call === call);
        expect(typesOf(life)).toMatch(LIVES[call.function.name as PlannedCall['fate']]);
      }
    });
  });

  it('have the calls of a chunk after it, in their order, and before the next', () => {
    check((events, { steps }) => {
      const planned = steps.map((chunks) =>
        chunks.flatMap(({ calls }) => ['chunk', ...calls.map(({ fate }) => fate)]),
      );
      const happened = only(events, 'step-finish').map(({ step }) =>
        events.flatMap((event) => {
          if (event.step !== step) return [];
          if (event.type === 'tool-call') return [event.call.function.name];
          return event.type === 'chunk' ? ['chunk'] : [];
        }),
      );
      // A step without calls is the last one.
      const length = planned.findIndex((each) => each.every((what) => what === 'chunk'));
      const expected = length < 0 ? [...planned, ['chunk']] : planned.slice(0, length + 1);
      expect(happened).toEqual(expected);
    });
  });

  it('give one result for each call, in the order of the calls, with what was told', () => {
    check((events) => {
      for (const { step, results } of only(events, 'step-finish')) {
        const texts = new Map(
          events.flatMap((event) => ('text' in event ? [[event.call, event.text] as const] : [])),
        );
        const calls = only(events, 'tool-call').filter((event) => event.step === step);
        expect(results).toEqual(
          calls.map(({ call }) => ({
            role: 'tool',
            content: texts.get(call),
            tool_name: call.function.name,
          })),
        );
      }
    });
  });

  it('have no more tools at a time than concurrency says', () => {
    check((events, { concurrency }) => {
      const running = new Set<ToolCall>();
      for (const event of events) {
        if (event.type === 'tool-start') running.add(event.call);
        else if ('text' in event) running.delete(event.call);
        expect(running.size).toBeLessThanOrEqual(concurrency);
      }
    });
  });

  it('sum up in the finish', () => {
    check((events) => {
      const steps = only(events, 'step-finish');
      expect(only(events, 'finish')).toMatchObject([
        {
          messages: [
            ...REQUEST.messages,
            ...steps.flatMap(({ message, results }) => [message, ...results]),
          ],
          statistics: { eval_count: 100 * steps.length },
        },
      ]);
    });
  });
});
