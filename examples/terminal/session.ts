import type { Approve, BufferForUiOptions, Message } from 'rxjs-ollama';
import { filter, finalize, firstValueFrom, takeUntil, tap, type Observable } from 'rxjs';
import { ask, type Chat } from './ask.js';
import type { Model } from './connect.js';
import { createGauge, summarize } from './figures.js';
import type { Screen } from './screen.js';
import { tools } from './tools.js';

const SYSTEM: Message = {
  role: 'system',
  content:
    'You answer questions in a terminal, briefly and in plain text. Call tools for every calculation and for the time.',
};

/** Endings without an answer. */
const FAILED: ReadonlySet<string> = new Set(['max-steps', 'empty', 'thinking-only']);

/** Puts one question, after all that was said before, and shows what comes of it. */
export type Session = (question: string) => Promise<'answered' | 'stopped' | 'failed'>;

export interface SessionOptions {
  readonly model: Model;
  readonly screen: Screen;
  readonly buffer: BufferForUiOptions;
  readonly approve: Approve;
  /** Emits when the answer is to be stopped. */
  readonly interrupt$: Observable<unknown>;
}

export function createSession(options: SessionOptions): Session {
  const { model, screen, interrupt$ } = options;
  let messages: readonly Message[] = [SYSTEM];
  let gauge = createGauge();

  const showStatus = (): void => {
    screen.status(gauge.status());
  };
  const chat: Chat = {
    request: { model: model.name, think: true },
    tools,
    options: model.options,
    buffer: options.buffer,
    approve: options.approve,
    onFigures(figures) {
      gauge.add(figures);
      showStatus();
    },
    onUnsupported(what) {
      screen.note(`(${model.name} does not support ${what}: going on without.)`, 'dim');
    },
  };

  return async (question) => {
    gauge = createGauge();
    showStatus();
    const clock = setInterval(() => {
      gauge.tick();
      showStatus();
    }, 1000);

    const event$ = ask(chat, [...messages, { role: 'user', content: question }]).pipe(
      tap((event) => {
        screen.show(event);
        gauge.follow(event);
        showStatus();
      }),
      finalize(() => {
        clearInterval(clock);
        screen.status('');
      }),
    );
    try {
      // Not to listen any longer is all that it takes to stop the model and the tools.
      const end = await firstValueFrom(
        event$.pipe(
          filter((event) => event.type === 'finish'),
          takeUntil(interrupt$),
        ),
        { defaultValue: undefined },
      );
      // What was stopped or has failed is not remembered: half a turn confuses models.
      if (!end) {
        screen.note(await model.describeStop(), 'bold');
        return 'stopped';
      }
      messages = end.messages;
      screen.note(summarize(end.statistics), 'dim');
      return FAILED.has(end.reason) ? 'failed' : 'answered';
    } catch (error) {
      screen.note(model.advise(error), 'red');
      return 'failed';
    } finally {
      screen.end();
    }
  };
}
