import { concat, of, throwError, type Observable } from 'rxjs';
import { chunk, type ScriptedClient } from '../../lib/testing/index.js';
import type { RunToolsOptions } from '../../lib/tools/runTools.js';
import type { ToolRunEvent } from '../../lib/tools/events.js';
import type { ChatChunk } from '../../lib/types/index.js';
import { model, run, tool } from '../tools/support.js';

const { answer, done, thinking, toolCall } = chunk;

/** What no client may get: in the errors below, and in the prompt. */
export const SECRETS = ['/etc/models', 'gpu1.internal', 'sk-123', 'You are a pirate', 'at Object.'];

export const secretError = (): Error =>
  Object.assign(new Error('ENOENT /etc/models at gpu1.internal with sk-123'), {
    stack: 'Error: ENOENT\n    at Object.open (/etc/models)',
  });

export const add = tool('add', ({ call }) => {
  const { x, y } = call.function.arguments;
  return { sum: Number(x) + Number(y) };
});
export const count = tool('count', () => of('1', '2', '3'));
export const pay = tool('pay', () => 'paid', {
  needsApproval: () => ({ reason: 'It costs 5 €.' }),
});
export const broken = tool('broken', () => throwError(() => secretError()));

/** A run that thinks, calls two tools and answers. */
export const twoTools = (options?: Partial<RunToolsOptions>): Observable<ToolRunEvent> =>
  run(
    model(
      of(
        thinking('Hm, '),
        thinking('17.'),
        answer('Let me see.'),
        toolCall('add', { x: 17, y: 23 }, 'call_a'),
        toolCall('count', {}, 'call_b'),
        done(),
      ),
      of(answer('It is '), answer('40.'), done()),
    ),
    [add, count, pay, broken],
    options,
  );

/** A run of which one call fails. */
export const failingTool = (): Observable<ToolRunEvent> =>
  run(model(of(toolCall('broken', {}, 'call_x'), done()), of(answer('Sorry.'), done())), [broken]);

/** A run that asks for approval, and answers when it is resumed. */
export const paying = (options: Partial<RunToolsOptions>): Observable<ToolRunEvent> =>
  run(payingModel(), [add, pay], options);

export const payingModel = (): ScriptedClient =>
  model(
    of(
      answer('I pay.'),
      toolCall('add', { x: 1, y: 2 }, 'call_a'),
      toolCall('pay', { amount: 5 }, 'call_p'),
      done(),
    ),
    of(answer('Done.'), done()),
  );

/** An answer that breaks off. */
export const failing = (error: unknown): Observable<ChatChunk> =>
  concat(
    of(thinking('Hm.'), answer('Hel')),
    throwError(() => error),
  );
