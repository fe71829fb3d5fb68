// The engine of the playground: a pipeline runs in virtual time, and every stage of it is recorded.
//
// The landing page uses it like this, without a worker, since the code is its own:
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
import { Observable, Subscriber, type Subscription } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { createTrack } from './createTrack.js';
import { MAX_FRAMES } from './limits.js';
import type { InputRun, Line, Played, Sources, Stage, Track } from './played.js';
import { probe } from './probe.js';
import { newStage, type Run } from './run.js';
import { scripted } from './scripted.js';
import { watchClocks } from './watchClocks.js';

type Built = Observable<unknown> | Readonly<Record<string, unknown>>;

const NO_OBSERVABLE =
  'The code has to end with an Observable, such as source$.pipe(…), or with an object of several.';

/** The Observables that code ends with, by their labels. */
function listResults(built: Built): (readonly [label: string, result: Observable<unknown>])[] {
  const all = Object.entries(built instanceof Observable ? { result: built } : { ...built });
  const results = all.flatMap(([label, result]) =>
    result instanceof Observable ? [[label, result as Observable<unknown>] as const] : [],
  );
  if (!results.length || results.length < all.length) throw new TypeError(NO_OBSERVABLE);
  return results;
}

/** A synchronous result may end before `subscribe` returns. */
function subscribeTo(result: Observable<unknown>, subscriptions: Subscription[]): void {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- it is there before the result is subscribed to
  const subscriber = new Subscriber<unknown>({
    next: () => undefined,
    error: () => undefined,
    complete: () => undefined,
  });
  subscriptions.push(subscriber);
  result.subscribe(subscriber);
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
  build: (sources: Sources, track: Track) => Built,
  stopAt = Infinity,
): Played {
  const scheduler = new TestScheduler(() => undefined);
  const subscriptions: Subscription[] = [];
  const run: Run = {
    ...{ scheduler, current: undefined, count: 0, isCut: false },
    stop: () => {
      for (const subscription of subscriptions) subscription.unsubscribe();
    },
  };
  const { track, stagesOf } = createTrack(run);
  const names = Object.keys(inputs);
  const runs = Object.fromEntries(names.map((name) => [name, [] as InputRun[]]));
  const results: Stage[] = [];
  let stages: readonly Stage[] = [];

  const restore = watchClocks(run);
  try {
    scheduler.run(() => {
      // `run` has set it to `Infinity`.
      scheduler.maxFrames = MAX_FRAMES;
      const sources = Object.fromEntries(
        names.map((name) => [name, scripted(run, inputs[name] ?? [], runs[name] ?? [])]),
      );
      for (const [label, result] of listResults(build(sources, track))) {
        const stage = newStage(label);
        results.push(stage);
        const chain = stagesOf(result);
        if (chain.length > stages.length) stages = chain;
        scheduler.schedule(() => {
          subscribeTo(probe(run, stage, undefined)(result as Observable<never>), subscriptions);
        });
      }
      if (stopAt !== Infinity) scheduler.schedule(run.stop, stopAt);
    });
    // What remains was due after the limit.
    if (scheduler.actions.length) run.isCut = true;
  } finally {
    restore();
  }
  return { inputs: runs, stages, results, isCut: run.isCut };
}
