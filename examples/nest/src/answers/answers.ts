import {
  BadRequestException,
  ConflictException,
  Inject,
  Injectable,
  Logger,
  NotFoundException,
  type BeforeApplicationShutdown,
} from '@nestjs/common';
import { context } from '@opentelemetry/api';
import {
  EMPTY,
  Observable,
  catchError,
  concat,
  connect,
  defer,
  ignoreElements,
  map,
  merge,
  takeUntil,
  takeWhile,
  tap,
} from 'rxjs';
import {
  keepTurns,
  runTools,
  type Approval,
  type Message,
  type OllamaClient,
  type ToolRunEvent,
} from 'rxjs-ollama';
import {
  createRuns,
  type ClientRun,
  type RunContext,
  type RunStore,
  type Runs,
} from 'rxjs-ollama/node';
import { traceRun, traceTools } from 'rxjs-ollama/otel';
import { Chats } from './chats.js';
import { CONFIG, type Config } from '../config.js';
import { toFrame, type Frame } from './frames.js';
import { keepMessages } from './keepMessages.js';
import { NO_LINE, createLine, type Line } from './line.js';
import { OLLAMA } from '../ollama.js';
import { RUN_STORE, Redis } from '../redis.js';
import { Shutdown } from '../shutdown.js';
import { Tools } from '../tools.js';

/** What a client asks for. */
export interface Question {
  /** The chat that it belongs to. */
  readonly chat: string;
  readonly model: string;
  /** The same question with the same key is asked once. */
  readonly key?: string | undefined;
  /** Whether a call that needs an approval ends the run, for protocols that ask again with the decision. */
  readonly suspends?: boolean;
  /** What the model is sent, made of the messages that the server has stored. */
  readonly read: (stored: readonly Message[]) => ClientRun;
}

/** What a run is started with, also again by another gateway: JSON. */
interface Input extends ClientRun, Pick<Question, 'chat' | 'model' | 'key' | 'suspends'> {
  readonly user: string;
}

/** A client that shuts down asks again after so many ms. */
const RETRY = 250;
/** How many messages a chat may have. */
const MOST_MESSAGES = 400;
/** The model is sent the end of a long chat. */
const keepLast = keepTurns(20);

/** The answers of the models: runs that go on without their clients, one at a time for each user. */
@Injectable()
export class Answers implements BeforeApplicationShutdown {
  readonly #logger = new Logger('Answers');
  readonly #runs: Runs;
  readonly #line: Line;

  constructor(
    @Inject(CONFIG) { API_KEYS, ANSWERS_PER_USER, GRACE, LEASE }: Config,
    @Inject(RUN_STORE) store: RunStore,
    @Inject(OLLAMA) private readonly client: OllamaClient,
    @Inject(Redis) redis: Redis,
    @Inject(Chats) private readonly chats: Chats,
    @Inject(Tools) private readonly tools: Tools,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
  ) {
    const make = (context: RunContext): Observable<ToolRunEvent> => this.#make(context);
    this.#runs = createRuns({
      store,
      grace: GRACE,
      lease: LEASE,
      onOrphan: 'restart',
      restart: make,
    });
    this.#line = redis.client
      ? createLine({
          connection: redis.client,
          users: new Set(API_KEYS.values()),
          parallel: ANSWERS_PER_USER,
          lease: LEASE,
          isOver: async (run) => {
            const record = await store.get(run);
            if (!record || record.ended) return true;
            return !record.leaseMs && !(await store.isPresent(run));
          },
          stop: (owner, run) => {
            this.#runs.stop(run, { owner }).catch(this.#log);
          },
          onError: this.#log,
        })
      : NO_LINE;
  }

  /** Starts the answer to a question, and resolves to its id. */
  async ask(user: string, { chat, model, key, suspends = false, read }: Question): Promise<string> {
    this.shutdown.refuse();
    const known = await this.chats.load(user, chat);
    if (known.run !== undefined) {
      if (key !== undefined && key === known.key) return known.run;
      const run = known.isOver ? undefined : await this.#runs.find(known.run, { owner: user });
      if (run && !run.ended) {
        throw new ConflictException(
          'This chat has an answer under way. Stop it, or wait for its end.',
        );
      }
    }
    if (known.messages.length > MOST_MESSAGES) {
      throw new BadRequestException('This chat is full. Start another one.');
    }
    const input: Input = { ...read(known.messages), user, chat, model, key, suspends };
    const { id } = await this.#runs.start((context) => this.#make(context), {
      owner: user,
      key: key && `${chat} ${key}`,
      input,
    });
    return id;
  }

  /** The events of an answer after an id: those so far, then live, then one that ends them. */
  async follow(user: string, run: string, after?: string): Promise<Observable<Frame>> {
    this.shutdown.refuse();
    await this.#find(user, run);
    const place$ = this.#line.place(user, run).pipe(
      map((place) => toFrame('place', { place })),
      // The answer does not depend on it.
      catchError(() => EMPTY),
    );
    const closing$ = this.shutdown.closing$.pipe(
      map(() => toFrame('closing', { type: 'closing', retry: RETRY })),
    );
    return this.#runs.follow(run, { owner: user, after }).pipe(
      // It waits in line until its first event.
      connect((frame$) => merge(frame$, place$.pipe(takeUntil(frame$)), closing$)),
      takeWhile(({ event }) => !ENDS.has(event), true),
    );
  }

  async stop(user: string, run: string): Promise<boolean> {
    await this.#find(user, run);
    return this.#runs.stop(run, { owner: user });
  }

  async decide(user: string, run: string, call: string, approval: Approval): Promise<void> {
    await this.#find(user, run);
    if (await this.#runs.decide(run, call, approval, { owner: user })) return;
    throw new ConflictException('The call does not wait for a decision.');
  }

  /** Clients read on at another gateway, while this one completes its answers. What is left restarts there. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.shutdown.drain();
    await this.#runs.close();
    await this.#line.close();
  }

  async #find(owner: string, run: string): Promise<void> {
    if (!(await this.#runs.find(run, { owner })))
      throw new NotFoundException('There is no such run.');
  }

  #make({ id, input, approve }: RunContext): Observable<ToolRunEvent> {
    const { user, chat, model, key, suspends, messages, decisions } = input as Input;
    const save = (kept: readonly Message[], isOver: boolean): Promise<void> =>
      this.chats.save(user, chat, { messages: kept, run: id, isOver, ...(key && { key }) });
    const request = { model, messages };
    const run$ = runTools(request, {
      client: this.client,
      tools: traceTools(this.tools.of(user, id)),
      decisions,
      approve: suspends ? () => 'suspend' : approve,
      prepareStep: (_, all) => ({ messages: [...keepLast(all)] }),
    }).pipe(traceRun({ request, agentName: 'shop-assistant', conversationId: chat }));
    return concat(
      defer(() => save(messages, false)).pipe(ignoreElements()),
      this.#line.inTurn(user, id, inThisContext(run$)),
    ).pipe(
      keepMessages(messages, (kept) => save(kept, true).catch(this.#log)),
      tap({ error: this.#log }),
      this.shutdown.count(),
    );
  }

  /** The client is told no more than a code. */
  readonly #log = (error: unknown): void => {
    this.#logger.error(error instanceof Error ? `${error.name}: ${error.message}` : error);
  };
}

/** Its turn comes by an event of Redis, and not by the request that it belongs to. */
function inThisContext<T>(run$: Observable<T>): Observable<T> {
  const here = context.active();
  return new Observable((subscriber) => context.with(here, () => run$.subscribe(subscriber)));
}

const ENDS: ReadonlySet<string> = new Set([
  'done',
  'failed',
  'stopped',
  'abandoned',
  'closing',
  'gap',
]);
