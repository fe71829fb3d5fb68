// The engine of the playground: a pipeline runs in virtual time, and every stage of it is recorded.
//
// The landing page uses it like this, without a worker, since the code is its own:
//
//   import { play, type Line } from './playground/engine.js';
//
//   const answer: Line = {
//     events: [{ at: 20, value: chunk.answer('<thi') }, { at: 40, value: chunk.answer('nk>Hm') }],
//     end: { at: 160 },                       // { at, error } fails; without `end` it never ends
//   };
//   const { stages } = play({ source$: [answer] }, ({ source$ }, track) =>
//     track(source$, [
//       ['splitThinking()', splitThinking()],
//       ['bufferForUi({ every: 30 })', bufferForUi({ every: 30 })],
//       ['accumulateMessage()', accumulateMessage()],
//     ]));
//   // One per operator: { label, events: [{ at, value } | { at, end: 'complete' | 'error', error? }], spans, … }
//
// All times are ms. `play` is synchronous, and takes about a tenth of a ms per event.
/* eslint-disable @typescript-eslint/no-deprecated -- what stands between two operators has to be what RxJS has there */
import { Observable, Subscriber, VirtualAction, asyncScheduler, type Subscription } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';

/** What one subscription to an input gets. */
export interface Line {
  /** In the order of time. */
  readonly events: readonly { readonly at: number; readonly value: unknown }[];
  readonly end?: { readonly at: number; readonly error?: unknown } | undefined;
}

/** The time of a subscription. `to` is `Infinity` if it still lasted when the run ended. */
export interface Span {
  readonly from: number;
  to: number;
}

/** What passed a stage. */
export type Event =
  | { readonly at: number; readonly value: unknown; readonly end?: undefined }
  | { readonly at: number; readonly end: 'complete' }
  | { readonly at: number; readonly end: 'error'; readonly error: unknown };

/** What an operator emitted. */
export interface Stage {
  readonly label: string;
  readonly events: Event[];
  readonly spans: Span[];
  readonly clocks: Clock[];
}

/** A timer that an operator has started. */
export interface Clock {
  readonly from: number;
  to: number;
  readonly ms: number;
  /** Whether it ended by itself, and not because it was cancelled. */
  fired: boolean;
}

/** What was subscribed to of an input, each time. */
export interface InputRun extends Span {
  /** Which of the lines of the input it got. */
  readonly line: number;
}

/** A pipeline, from the inputs to the result. */
export interface Played {
  readonly inputs: Readonly<Record<string, readonly InputRun[]>>;
  readonly stages: readonly Stage[];
  /** The results by their labels, if the pipeline has several. */
  readonly results: readonly Stage[];
  /** Virtual time reached its limit, or there were too many events. */
  readonly isCut: boolean;
}

type Operator = (source: Observable<never>) => Observable<unknown>;
type Sources = Readonly<Record<string, Observable<never>>>;
/** Applies operators, each with the label of its stage, and records what each one emits. */
export type Track = (
  source: Observable<never>,
  operators: readonly (readonly [label: string, operator: Operator])[],
) => Observable<never>;

/** Virtual ms after which a run is cut. */
export const MAX_FRAMES = 60_000;
/** Events of all stages together after which a run is cut. */
export const MAX_EVENTS = 20_000;

interface Play {
  readonly scheduler: TestScheduler;
  /** The stage whose operator runs at the moment. */
  current: Stage | undefined;
  count: number;
  isCut: boolean;
  stop: () => void;
}

function within<T>(play: Play, stage: Stage | undefined, run: () => T): T {
  const before = play.current;
  play.current = stage;
  try {
    return run();
  } finally {
    play.current = before;
  }
}

function add(play: Play, { events }: Stage, event: Event): void {
  events.push(event);
  play.count++;
  if (play.count < MAX_EVENTS || play.isCut) return;
  play.isCut = true;
  play.stop();
}

const newStage = (label: string): Stage => ({ label, events: [], spans: [], clocks: [] });

/**
 * Stands between two operators. It records what the one of `stage` emits, and knows that the one of `next` runs while
 * it handles that.
 */
function probe(play: Play, stage: Stage | undefined, next: Stage | undefined): Operator {
  const { scheduler } = play;
  return (source) =>
    new Observable<unknown>((subscriber) => {
      const span: Span = { from: scheduler.now(), to: Infinity };
      stage?.spans.push(span);
      const pass = (event: Event, emit: () => void): void => {
        if (stage) add(play, stage, event);
        within(play, next, emit);
      };
      const inner = new Subscriber<unknown>({
        next: (value) => {
          pass({ at: scheduler.now(), value }, () => {
            subscriber.next(value);
          });
        },
        error: (error: unknown) => {
          pass({ at: scheduler.now(), end: 'error', error }, () => {
            subscriber.error(error);
          });
        },
        complete: () => {
          pass({ at: scheduler.now(), end: 'complete' }, () => {
            subscriber.complete();
          });
        },
      });
      // Before the source is subscribed to, so that a synchronous one stops when the subscriber has enough.
      subscriber.add(inner);
      subscriber.add(() => {
        span.to = scheduler.now();
      });
      within(play, stage, () => source.subscribe(inner));
    });
}

/**
 * A cold Observable that plays a line per subscription, the last one again and again. RxJS's own schedules all
 * values when it is subscribed to, and sorts its queue for each. This one schedules the next value when the one
 * before is due, in the place of the queue that it would have had.
 */
function scripted(play: Play, lines: readonly Line[], runs: InputRun[]): Observable<never> {
  const { scheduler } = play;
  return new Observable<never>((subscriber) => {
    const line = Math.min(runs.length, lines.length - 1);
    const { events, end } = lines[line] ?? { events: [] };
    const run: InputRun = { from: scheduler.now(), to: Infinity, line };
    runs.push(run);
    const first = scheduler.index + 1;
    scheduler.index += events.length + 1;
    let action: Subscription | undefined;

    const scheduleAt = (n: number): void => {
      const due = n < events.length ? events[n] : end;
      if (!due) return;
      const { index } = scheduler;
      const work = (): void => {
        if (n < events.length) {
          scheduleAt(n + 1);
          subscriber.next(events[n]?.value as never);
        } else if (end && 'error' in end) subscriber.error(end.error);
        else subscriber.complete();
      };
      action = new VirtualAction(scheduler, work, first + n).schedule(
        undefined,
        run.from + due.at - scheduler.now(),
      );
      scheduler.index = Math.max(index, scheduler.index);
    };
    scheduleAt(0);
    return () => {
      run.to = scheduler.now();
      action?.unsubscribe();
    };
  });
}

/** Records the timers of `asyncScheduler`, which is the one that operators have without a scheduler. */
function watchClocks(play: Play): () => void {
  const { scheduler } = play;
  const before = Object.getOwnPropertyDescriptor(asyncScheduler, 'schedule');
  const schedule = asyncScheduler.schedule.bind(asyncScheduler);
  asyncScheduler.schedule = (work, ms = 0, state) => {
    const stage = play.current;
    const clock: Clock = { from: scheduler.now(), to: Infinity, ms, fired: false };
    const action = schedule<typeof state>(
      function (next) {
        clock.fired = true;
        clock.to = scheduler.now();
        within(play, stage, () => {
          work.call(this, next);
        });
      },
      ms,
      state,
    );
    action.add(() => {
      clock.to = Math.min(clock.to, scheduler.now());
    });
    stage?.clocks.push(clock);
    return action;
  };
  return () => {
    Reflect.deleteProperty(asyncScheduler, 'schedule');
    if (before) Object.defineProperty(asyncScheduler, 'schedule', before);
  };
}

/**
 * Runs a pipeline in virtual time.
 *
 * @param inputs the lines of each input, one per subscription; the last one is played again and again
 * @param build gets the inputs as cold Observables, and returns the result, or several by their labels
 * @param stopAt when the consumer unsubscribes
 */
export function play(
  inputs: Readonly<Record<string, readonly Line[]>>,
  build: (
    sources: Sources,
    track: Track,
  ) => Observable<unknown> | Readonly<Record<string, unknown>>,
  stopAt = Infinity,
): Played {
  const scheduler = new TestScheduler(() => undefined);
  const play: Play = {
    ...{ scheduler, current: undefined, count: 0, isCut: false },
    stop: () => undefined,
  };
  /** The stages that lead to an Observable. */
  const chains = new WeakMap<object, readonly Stage[]>();
  const track: Track = (source, operators) => {
    const stages = operators.map(([label]) => newStage(label));
    const entered = probe(play, undefined, stages[0])(source);
    const result = operators.reduce((before, [, operator], n) => {
      const after = operator(before as Observable<never>) as Observable<never>;
      return probe(play, stages[n], stages[n + 1])(after);
    }, entered);
    chains.set(result, [...(chains.get(source) ?? []), ...stages]);
    return result as Observable<never>;
  };
  const runs = Object.fromEntries(Object.keys(inputs).map((name) => [name, [] as InputRun[]]));
  const results: Stage[] = [];
  let stages: readonly Stage[] = [];

  const restore = watchClocks(play);
  try {
    scheduler.run(() => {
      // `run` has set it to `Infinity`.
      scheduler.maxFrames = MAX_FRAMES;
      const sources = Object.fromEntries(
        Object.entries(inputs).map(([name, lines]) => [
          name,
          scripted(play, lines, runs[name] ?? []),
        ]),
      );
      const built = build(sources, track);
      const all = built instanceof Observable ? { result: built } : { ...built };
      if (!Object.keys(all).length) throw new TypeError(NO_OBSERVABLE);
      const subscriptions: Subscription[] = [];
      play.stop = () => {
        for (const subscription of subscriptions) subscription.unsubscribe();
      };
      for (const [label, result] of Object.entries(all)) {
        if (!(result instanceof Observable)) throw new TypeError(NO_OBSERVABLE);
        const stage = newStage(label);
        results.push(stage);
        const chain = chains.get(result) ?? [];
        if (chain.length > stages.length) stages = chain;
        scheduler.schedule(() => {
          // A synchronous result may end before `subscribe` returns.
          const subscriber = new Subscriber<unknown>({
            next: () => undefined,
            error: () => undefined,
            complete: () => undefined,
          });
          subscriptions.push(subscriber);
          probe(play, stage, undefined)(result as Observable<never>).subscribe(subscriber);
        });
      }
      if (stopAt !== Infinity) scheduler.schedule(play.stop, stopAt);
    });
    // What remains was due after the limit.
    if (scheduler.actions.length) play.isCut = true;
  } finally {
    restore();
  }
  return { inputs: runs, stages, results, isCut: play.isCut };
}

const NO_OBSERVABLE =
  'The code has to end with an Observable, such as source$.pipe(…), or with an object of several.';
