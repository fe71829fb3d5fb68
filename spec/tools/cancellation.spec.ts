import { describe, expect, it, jest } from '@jest/globals';
import { NEVER, Subscription, of, type Observable } from 'rxjs';
import { TestScheduler, type RunHelpers } from 'rxjs/testing';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk } from '../../lib/types/index.js';
import { delta } from '../support/chunks.js';
import { model, rawCall, run, toLabel, tool } from './support.js';

const { done, toolCall } = chunk;

type Cold = ReturnType<RunHelpers['cold']>;

/** The marbles of a run: two steps with calls, progress, a queue, approvals and a timeout. */
const MARBLES = {
  model1: '  --a--w----(d|)',
  slow: '         ---p----p------|',
  gate: '         -----t',
  gated: '             ----(p|)',
  queued: '                      -----(p|)',
  model2: '                            --x-a-(d|)',
  endless: '                             -p-p-p-p-p-p-p-p-p-p-p',
  model3: '                                            --a--(d|)',
};

const values: Readonly<Record<string, ChatChunk>> = {
  a: delta({ content: 'Hello' }),
  w: delta({ tool_calls: ['slow', 'gated', 'queued'].map((name) => rawCall(name, {})) }),
  x: toolCall('endless'),
  d: done(),
};

interface Entry {
  readonly frame: number;
  readonly label: string;
}

interface Use {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

interface Outcome {
  readonly log: readonly Entry[];
  /** What was subscribed to, and from when till when; till the end of time if it never was let go. */
  readonly uses: readonly Use[];
  /** When each tool started, ended by itself, and had its signal aborted. */
  readonly signals: readonly { readonly name: string; readonly aborted: number }[];
  /** How many actions of the scheduler were still to come right after the consumer had left. */
  readonly pending: number;
}

/** Runs it, and leaves at a frame, or when so many events have come. */
function play({
  frame,
  event,
}: { readonly frame?: number; readonly event?: number } = {}): Outcome {
  const log: Entry[] = [];
  const uses: Use[] = [];
  const signals: { name: string; aborted: number }[] = [];
  let pending = 0;
  const scheduler = new TestScheduler(() => undefined);
  scheduler.run(({ cold, flush }) => {
    const sources = new Map<string, Cold>();
    const source = <T>(
      name: keyof typeof MARBLES,
      dictionary?: Readonly<Record<string, T>>,
    ): Observable<T> => {
      const made = cold<T>(MARBLES[name].trim(), dictionary);
      sources.set(name, made);
      return made;
    };
    const answers = (['model1', 'model2', 'model3'] as const).map((name) => source(name, values));
    const watched = (name: 'slow' | 'gated' | 'queued' | 'endless', needsApproval = false) => {
      const values$ = source<string>(name);
      const execute = ({ signal }: { readonly signal: AbortSignal }) => {
        const entry = { name, aborted: Infinity };
        signals.push(entry);
        signal.addEventListener('abort', () => {
          entry.aborted = scheduler.frame;
        });
        return values$;
      };
      return tool(name, execute, { needsApproval });
    };
    const tools = [watched('slow'), watched('gated', true), watched('queued'), watched('endless')];
    const gate = source('gate', { t: true });
    const subscription = new Subscription();
    const leave = () => {
      subscription.unsubscribe();
      pending = scheduler.actions.length;
    };
    // Before anything else of that frame happens.
    if (frame !== undefined) scheduler.schedule(leave, frame);
    const note = (label: string) => {
      log.push({ frame: scheduler.frame, label });
      if (log.length === event) leave();
    };
    subscription.add(
      run(model(...answers), tools, {
        approve: () => gate,
        concurrency: 1,
        toolTimeout: 16,
      }).subscribe({
        next: (happened) => {
          note(toLabel(happened));
        },
        error: () => {
          note('error');
        },
        complete: () => {
          note('complete');
        },
      }),
    );
    flush();
    for (const [name, { subscriptions }] of sources) {
      for (const { subscribedFrame, unsubscribedFrame } of subscriptions) {
        uses.push({ name, from: subscribedFrame, to: unsubscribedFrame });
      }
    }
  });
  return { log, uses, signals, pending };
}

describe('leaving a run', () => {
  const whole = play();
  const last = whole.log.at(-1)?.frame ?? 0;

  it('has a run worth leaving', () => {
    const labels = whole.log.map(({ label }) => label);
    expect(labels).toEqual(
      expect.arrayContaining([
        ...['tool-start slow', 'tool-progress slow', 'tool-result slow', 'tool-start gated'],
        ...['tool-result queued', 'tool-error endless', 'step-finish', 'finish', 'complete'],
      ]),
    );
    expect(last).toBeGreaterThan(50);
    expect(whole.uses.map(({ name }) => name).sort()).toEqual(Object.keys(MARBLES).sort());
    expect(whole.uses.every(({ to }) => to <= last)).toBe(true);
    // Only the one that took too long was aborted.
    expect(whole.signals.filter(({ aborted }) => aborted <= last).map(({ name }) => name)).toEqual([
      'endless',
    ]);
  });

  it.each(Array.from({ length: last + 1 }, (_, frame) => frame))(
    'at frame %i lets go of everything in that frame',
    (frame) => {
      const left = play({ frame });
      // What came before is the same, and nothing comes after.
      expect(left.log).toEqual(whole.log.filter((entry) => entry.frame < frame));
      // The model, each tool and each question that was open was let go of in this frame.
      expect(left.uses).toEqual(
        whole.uses
          .filter(({ from }) => from < frame || from === 0)
          .map((use) => ({ ...use, to: Math.min(use.to, frame) })),
      );
      // The tools that ran were told, and those that were through were not.
      expect(left.signals).toEqual(
        whole.signals.flatMap(({ name, aborted }) => {
          const { from, to } = whole.uses.find((use) => use.name === name) ?? { from: 0, to: 0 };
          if (from >= frame) return [];
          return [{ name, aborted: to < frame ? aborted : frame }];
        }),
      );
      expect(left.pending).toBe(0);
    },
  );

  it.each(Array.from(whole.log, ({ label }, i) => [i + 1, label] as const))(
    'at event %i, %s, lets go of everything before the next one',
    (event) => {
      const left = play({ event });
      const now = left.log.at(-1)?.frame ?? 0;
      expect(left.log).toEqual(whole.log.slice(0, event));
      expect(left.uses.filter(({ from, to }) => from > now || to > now)).toEqual([]);
      expect(left.pending).toBe(0);
      const open = ({ name }: { readonly name: string }) =>
        !left.log.some(({ label }) => label === `tool-result ${name}`);
      expect(left.signals.filter(open).every(({ aborted }) => aborted <= now)).toBe(true);
      expect(left.signals.filter((tool) => !open(tool)).map(({ aborted }) => aborted)).toEqual(
        left.signals.filter((tool) => !open(tool)).map(() => Infinity),
      );
    },
  );

  it('leaves no real timer behind', () => {
    jest.useFakeTimers();
    const x = tool('x', () => NEVER);
    const client = model(of(toolCall('x'), done()));
    const subscription = run(client, [x], { toolTimeout: 1000 }).subscribe();
    expect(jest.getTimerCount()).toBe(1);
    subscription.unsubscribe();
    expect(jest.getTimerCount()).toBe(0);
  });
});
