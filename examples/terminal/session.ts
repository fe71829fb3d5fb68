import type { BufferForUiOptions, Message } from 'rxjs-ollama';
import { endWith, finalize, firstValueFrom, ignoreElements, takeUntil, tap } from 'rxjs';
import { ask, type Chat } from './ask.js';
import type { Model } from './connect.js';
import { createGauge } from './figures.js';
import { interrupt$ } from './interrupts.js';
import type { Screen } from './screen.js';
import { tools } from './tools.js';

const SYSTEM: Message = {
  role: 'system',
  content:
    'You answer questions in a terminal, briefly and in plain text. Call tools for every calculation and for the time.',
};

/** Puts one question, after all that was said before, and shows what comes of it. */
export type Session = (question: string) => Promise<'answered' | 'stopped' | 'failed'>;

export function createSession(model: Model, screen: Screen, buffer: BufferForUiOptions): Session {
  let messages: readonly Message[] = [SYSTEM];
  let gauge = createGauge();

  const showStatus = (): void => {
    screen.status(gauge.status());
  };
  const chat: Chat = {
    request: { model: model.name, think: true, tools: tools.map(({ definition }) => definition) },
    options: model.options,
    tools,
    buffer,
    onFigures(figures) {
      gauge.add(figures);
      showStatus();
    },
    onUnsupported(what) {
      screen.note(`(${model.name} does not support ${what}: going on without.)`, 'dim');
    },
  };

  return async (question) => {
    const said: Message[] = [{ role: 'user', content: question }];
    gauge = createGauge();
    showStatus();
    const clock = setInterval(() => {
      gauge.tick();
      showStatus();
    }, 1000);

    const answer$ = ask(chat, [...messages, ...said]).pipe(
      tap((event) => {
        if ('chunk' in event) {
          screen.chunk(event.chunk);
          return;
        }
        screen.message(event.message);
        said.push(event.message);
        if (event.message.role === 'assistant') gauge.endRequest();
      }),
      finalize(() => {
        clearInterval(clock);
        screen.status('');
      }),
    );
    try {
      // Not to listen any longer is all that it takes to stop the model.
      const outcome = await firstValueFrom(
        answer$.pipe(ignoreElements(), endWith('answered' as const), takeUntil(interrupt$)),
        { defaultValue: 'stopped' as const },
      );
      if (outcome === 'stopped') {
        screen.note(await model.describeStop(), 'bold');
      } else {
        // What was stopped or has failed is not remembered: half a turn confuses models.
        messages = [...messages, ...said];
        screen.note(gauge.summary(), 'dim');
      }
      return outcome;
    } catch (error) {
      screen.note(model.advise(error), 'red');
      return 'failed';
    } finally {
      screen.end();
    }
  };
}
