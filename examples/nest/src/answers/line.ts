import { Queue, QueueEvents, Worker, type ConnectionOptions, type Job } from 'bullmq';
import {
  NEVER,
  concatMap,
  defer,
  distinctUntilChanged,
  filter,
  finalize,
  firstValueFrom,
  fromEvent,
  map,
  merge,
  share,
  shareReplay,
  startWith,
  switchMap,
  take,
  timer,
  type Observable,
} from 'rxjs';

/** Where the answers of a user wait for each other. */
export interface Line {
  /** Subscribes to the run when it is its turn. The turn ends with the run. */
  inTurn<T>(user: string, run: string, run$: Observable<T>): Observable<T>;
  /** How many answers come before this run, whenever that changes. */
  place(user: string, run: string): Observable<number>;
  close(): Promise<void>;
}

/** Without Redis, nobody waits. */
export const NO_LINE: Line = {
  inTurn: (_user, _run, run$) => run$,
  place: () => NEVER,
  close: () => Promise.resolve(),
};

export interface LineOptions {
  readonly connection: ConnectionOptions;
  readonly users: Iterable<string>;
  /** How many answers a user may have at a time. */
  readonly parallel: number;
  /** After so many ms without a sign of life, a gateway counts as lost. */
  readonly lease: number;
  /** Whether a run has ended, or has neither a gateway nor a reader. */
  readonly isOver: (run: string) => Promise<boolean>;
  readonly stop: (user: string, run: string) => void;
  readonly onError: (error: Error) => void;
}

/**
 * A queue of BullMQ per user. A job is the place of a run in the line, and has the id of the run. The worker that
 * gets a job holds the turn until the run is over. The model is asked by the gateway that has the run, which
 * may be another one.
 *
 * When the gateway of a worker is lost, another worker gets the job again, and holds the turn of the same run.
 */
export function createLine(options: LineOptions): Line {
  const lines = new Map([...options.users].map((user) => [user, createLineOf(user, options)]));
  const lineOf = (user: string): Line => lines.get(user) ?? NO_LINE;
  return {
    inTurn: (user, run, run$) => lineOf(user).inTurn(user, run, run$),
    place: (user, run) => lineOf(user).place(user, run),
    async close() {
      await Promise.all([...lines.values()].map((line) => line.close()));
    },
  };
}

/** What happens to jobs, of which the line is made. */
const CHANGES = ['waiting', 'active', 'progress', 'completed', 'failed', 'removed'] as const;

function createLineOf(user: string, options: LineOptions): Line {
  const { connection, parallel, lease, isOver, stop, onError } = options;
  const name = `answers-${user}`;
  const queue = new Queue(name, {
    connection,
    // A run that is started again gets into the line again.
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  });
  const events = new QueueEvents(name, { connection });
  events.setMaxListeners(0);

  const change$ = merge(
    ...CHANGES.map((change) =>
      fromEvent(events, change, ({ jobId: run }: { jobId: string }) => ({ change, run })),
    ),
  ).pipe(share());
  const changeOf = (run: string, change: (typeof CHANGES)[number]) =>
    change$.pipe(filter((each) => each.run === run && each.change === change));

  /** Holds the turn of a run. */
  const hold = async (
    { id: run = '' }: Job,
    _token?: string,
    signal?: AbortSignal,
  ): Promise<void> => {
    const left$ = changeOf(run, 'progress');
    // It has left before this worker listened, or can't say so.
    const over$ = timer(0, lease).pipe(
      // While Redis can't be reached, the run may go on.
      concatMap(() => isOver(run).catch(() => false)),
      filter(Boolean),
    );
    const cancelled$ = signal ? fromEvent(signal, 'abort') : NEVER;
    await firstValueFrom(merge(left$, over$, cancelled$), { defaultValue: undefined });
    if (signal?.aborted) stop(user, run);
  };
  const worker = new Worker(name, hold, {
    connection,
    concurrency: parallel,
    lockDuration: lease,
    stalledInterval: lease,
    // However often gateways are lost.
    maxStalledCount: Number.MAX_SAFE_INTEGER,
  });
  queue.on('error', onError);
  events.on('error', onError);
  worker.on('error', onError);
  // `concurrency` is that of one worker, this is that of all.
  queue.setGlobalConcurrency(parallel).catch(onError);

  /** Whether it is its turn. It is asked again later, also when Redis could not be reached. */
  const enter = async (run: string): Promise<boolean> => {
    try {
      await queue.add('answer', {}, { jobId: run });
      return (await queue.getJobState(run)) === 'active';
    } catch {
      return false;
    }
  };
  const leave = async (run: string): Promise<void> => {
    // A job that a worker has can't be removed: it is told.
    if (!(await queue.remove(run))) await queue.updateJobProgress(run, 'left');
  };

  const line$ = change$.pipe(
    startWith(undefined),
    switchMap(() => Promise.all([queue.getActiveCount(), queue.getRanges(['wait'], 0, -1, true)])),
    map(([active, waiting]) => ({ active, waiting })),
    shareReplay({ bufferSize: 1, refCount: true }),
  );

  return {
    inTurn: (_user, run, run$) =>
      defer(() => {
        const entered$ = timer(0, lease).pipe(concatMap(() => enter(run)));
        const turn$ = merge(
          changeOf(run, 'active'),
          // It has been its turn for long, or the event was lost.
          entered$.pipe(filter(Boolean)),
        );
        return turn$.pipe(
          take(1),
          switchMap(() => run$),
          finalize(() => {
            leave(run).catch(() => undefined);
          }),
        );
      }),
    place: (_user, run) =>
      line$.pipe(
        map(({ active, waiting }) => ({ active, place: waiting.indexOf(run) })),
        filter(({ place }) => place >= 0),
        map(({ active, place }) => active + place),
        distinctUntilChanged(),
      ),
    async close() {
      // It may hold the turn of a run of another gateway. Another worker gets that job when its lock runs out.
      await worker.close(true);
      await Promise.all([events.close(), queue.close()]);
    },
  };
}
