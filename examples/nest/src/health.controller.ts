import { Controller, Get, Inject, ServiceUnavailableException } from '@nestjs/common';
import { SkipThrottle } from '@nestjs/throttler';
import { lastValueFrom, takeUntil, takeWhile, timer } from 'rxjs';
import type { OllamaPool } from 'rxjs-ollama/node';
import { Public } from './auth.js';
import { OLLAMA } from './ollama.js';
import { Redis } from './redis.js';
import { Shutdown } from './shutdown.js';

/** How long the hosts may take to say how they are, in ms. */
const PATIENCE = 2000;

/** For whoever restarts the process, or sends it requests. */
@Controller('health')
@Public()
@SkipThrottle()
export class HealthController {
  constructor(
    @Inject(OLLAMA) private readonly pool: OllamaPool,
    @Inject(Redis) private readonly redis: Redis,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
  ) {}

  /** The process answers. */
  @Get()
  live(): object {
    return { status: 'ok' };
  }

  /** It can answer questions: an Ollama is up, and so is Redis, if there is one. */
  @Get('ready')
  async ready(): Promise<object> {
    this.shutdown.refuse();
    const hosts$ = this.pool.hosts$.pipe(
      takeWhile((all) => all.some(({ status }) => status === 'unknown'), true),
      // A host that is silent is not up.
      takeUntil(timer(PATIENCE)),
    );
    const hosts = await lastValueFrom(hosts$, { defaultValue: [] });
    const state = {
      ollama: hosts.some(({ status }) => status === 'up'),
      redis: this.redis.client?.isReady ?? true,
    };
    if (state.ollama && state.redis) return { status: 'ok', ...state };
    throw new ServiceUnavailableException({ status: 'unavailable', ...state });
  }
}
