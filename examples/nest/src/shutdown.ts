import type { Server } from 'node:http';
import { Inject, Injectable, ServiceUnavailableException } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import {
  BehaviorSubject,
  ReplaySubject,
  defer,
  filter,
  finalize,
  firstValueFrom,
  merge,
  timer,
  type MonoTypeOperatorFunction,
  type Observable,
} from 'rxjs';
import { CONFIG, type Config } from './config.js';

/** Lets answers end before the process does. */
@Injectable()
export class Shutdown {
  readonly #open = new BehaviorSubject(0);
  readonly #closing = new ReplaySubject<void>(1);
  #isClosing = false;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
  ) {}

  /** Emits when the gateway shuts down, or if it does. */
  readonly closing$: Observable<void> = this.#closing.asObservable();

  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** @throws ServiceUnavailableException when the gateway shuts down: the client asks another one */
  refuse(): void {
    if (this.#isClosing) throw new ServiceUnavailableException('This gateway shuts down.');
  }

  /** The gateway waits for the end of what it is applied to. */
  count<T>(): MonoTypeOperatorFunction<T> {
    return (source) =>
      defer(() => {
        this.#open.next(this.#open.value + 1);
        return source.pipe(
          finalize(() => {
            this.#open.next(this.#open.value - 1);
          }),
        );
      });
  }

  /**
   * Accepts no more connections, tells the clients to read on elsewhere, and resolves when all that is counted
   * has ended, or `SHUTDOWN` is over.
   */
  async drain(): Promise<void> {
    this.#isClosing = true;
    (this.host.httpAdapter.getHttpServer() as Server).close();
    this.#closing.next();
    const idle$ = this.#open.pipe(filter((open) => !open));
    await firstValueFrom(merge(idle$, timer(this.config.SHUTDOWN)), { defaultValue: 0 });
  }
}
