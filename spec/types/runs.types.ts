import { expectTypeOf } from 'expect-type';
import { createClient } from 'redis';
import { of, type Observable, type OperatorFunction } from 'rxjs';
import {
  fromOllamaChat,
  runTools,
  type Approval,
  type IdentifiedToolCall,
  type Streamed,
} from '../../lib/index.js';
import {
  RunError,
  createRuns,
  memoryStore,
  pipeToResponse,
  readFrames,
  sse,
  toNestSse,
  toResponse,
  toSse,
  uiMessages,
  type FollowOptions,
  type FoundRun,
  type LogEntry,
  type MemoryStoreOptions,
  type NestSseEvent,
  type NewRun,
  type NodeResponseLike,
  type OwnerOptions,
  type RunContext,
  type RunErrorCode,
  type RunRecord,
  type RunSignal,
  type RunStore,
  type Runs,
  type RunsOptions,
  type SseFrame,
  type Standing,
  type StartOptions,
} from '../../lib/node/index.js';
import { redisStore, type RedisClientLike, type RedisStoreClients } from '../../lib/redis/index.js';
import {
  runStoreContract,
  type ContractCheck,
  type RunStoreCandidate,
} from '../../lib/testing/node/index.js';

declare const res: NodeResponseLike;
const runs = createRuns();
const ann = { owner: 'ann' };
const chat$ = fromOllamaChat({ model: 'qwen3' });

expectTypeOf(runs).toEqualTypeOf<Runs>();
expectTypeOf(runs.start(() => chat$, ann)).resolves.toEqualTypeOf<{ readonly id: string }>();
expectTypeOf(runs.find('id', ann)).resolves.toEqualTypeOf<FoundRun | undefined>();
expectTypeOf(runs.follow('id', ann)).toEqualTypeOf<Observable<SseFrame>>();
expectTypeOf(runs.stop('id', ann)).resolves.toEqualTypeOf<boolean>();
expectTypeOf(runs.decide('id', 'call', true, ann)).resolves.toEqualTypeOf<boolean>();
expectTypeOf<Parameters<Runs['decide']>[2]>().toEqualTypeOf<Approval>();
expectTypeOf<Parameters<Runs['follow']>[1]>().toEqualTypeOf<FollowOptions>();
expectTypeOf<FollowOptions>().toExtend<OwnerOptions>();
expectTypeOf<Parameters<Runs['start']>[1]>().toEqualTypeOf<StartOptions>();

// A run is a chat or a run of tools, and what it needs to know of itself infers.
void runs.start(({ approve, attempt, input }) => {
  expectTypeOf(attempt).toEqualTypeOf<number>();
  expectTypeOf(input).toEqualTypeOf<unknown>();
  return runTools({ model: 'qwen3' }, { tools: [], approve });
}, ann);
expectTypeOf<RunContext['approve']>().toEqualTypeOf<
  (call: IdentifiedToolCall) => Observable<Approval>
>();
// @ts-expect-error a run has an owner
void runs.start(() => chat$, {});
// @ts-expect-error a run is read by its owner
void runs.follow('id');
// @ts-expect-error texts are not sent
void runs.start(() => chat$.pipe(toSse()), ann);

// A followed run is sent like a chat.
void pipeToResponse(runs.follow('id', ann), res);
void pipeToResponse(runs.follow('id', ann), res, { format: sse({ retry: 1 }) });
expectTypeOf(toResponse(runs.follow('id', ann))).toEqualTypeOf<Response>();
expectTypeOf(runs.follow('id', ann).pipe(toNestSse())).toEqualTypeOf<Observable<NestSseEvent>>();
expectTypeOf(readFrames()).toEqualTypeOf<OperatorFunction<SseFrame, Streamed>>();
void pipeToResponse(runs.follow('id', ann).pipe(readFrames()), res, { format: uiMessages() });
// @ts-expect-error formats of others need what the events were made of
void pipeToResponse(runs.follow('id', ann), res, { format: uiMessages() });

createRuns({ store: memoryStore(), onOrphan: 'restart', restart: () => chat$ });
// @ts-expect-error there are two ways
createRuns({ onOrphan: 'ignore' });
expectTypeOf<Parameters<typeof createRuns>[0]>().toEqualTypeOf<RunsOptions | undefined>();
expectTypeOf<Parameters<typeof memoryStore>[0]>().toEqualTypeOf<MemoryStoreOptions | undefined>();

// @ts-expect-error a time comes from a scheduler
memoryStore({ scheduler: Date });
// @ts-expect-error frames have a name
void of({ data: '{}' }).pipe(readFrames());
// @ts-expect-error a candidate opens a store
runStoreContract({ open: () => ({}) });
expectTypeOf(memoryStore()).toEqualTypeOf<RunStore>();
expectTypeOf<Parameters<RunStore['create']>>().toEqualTypeOf<[run: NewRun]>();
expectTypeOf<RunStore['get']>().returns.resolves.toEqualTypeOf<RunRecord | undefined>();
expectTypeOf<RunStore['append']>().returns.resolves.toEqualTypeOf<Standing | 'behind'>();
expectTypeOf<RunStore['read']>().returns.toEqualTypeOf<AsyncIterable<LogEntry>>();
expectTypeOf<RunStore['signals']>().returns.toEqualTypeOf<AsyncIterable<RunSignal>>();
expectTypeOf<Standing>().toEqualTypeOf<'held' | 'lost' | 'gone'>();

// A client of the package redis fits as it is, and one of ioredis with a wrapper.
const client = createClient();
expectTypeOf<typeof client>().toExtend<RedisClientLike>();
expectTypeOf(redisStore({ client, reader: client.duplicate() })).toEqualTypeOf<RunStore>();
redisStore({ client, reader: [client.duplicate(), client.duplicate()], prefix: '{chat}:' });
// @ts-expect-error what is read blocks its connection
redisStore({ client });
expectTypeOf<Parameters<typeof redisStore>[0]>().toEqualTypeOf<RedisStoreClients>();

declare const store: RunStore;
expectTypeOf(runStoreContract({ open: () => store })).toEqualTypeOf<readonly ContractCheck[]>();
expectTypeOf<RunStoreCandidate['open']>().returns.toEqualTypeOf<RunStore | Promise<RunStore>>();

const error = new RunError('There is no such run.', 'not-found');
expectTypeOf(error.code).toEqualTypeOf<RunErrorCode>();
expectTypeOf(error.statusCode).toEqualTypeOf<400 | 404 | 503>();
expectTypeOf(error.status).toEqualTypeOf<400 | 404 | 503>();
