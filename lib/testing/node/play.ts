import type { ServerResponse } from 'node:http';
import { unlessGone, type Exchange } from './exchange.js';
import { toReply, type Script, type Step, type Steps } from './script.js';
import { createStage } from './stage.js';
import { sendJson, toGoJson } from './wire.js';

type StepIterator = Iterator<Step, unknown> | AsyncIterator<Step, unknown>;

/**
 * Plays the scenario of one request, step by step, until it ends or the client has gone.
 *
 * @param onStep is called before each step
 */
export async function play(
  script: Script,
  response: ServerResponse,
  exchange: Exchange,
  onStep?: (step: Step) => void,
): Promise<void> {
  const { gone } = exchange;
  let iterator: StepIterator | undefined;
  try {
    const scenario = typeof script === 'function' ? script(exchange) : script;
    const reply = toReply(await unlessGone(Promise.resolve(scenario), gone));
    const stage = createStage(reply, response, exchange);
    iterator = iterate(reply.steps);
    for (;;) {
      const next = iterator.next();
      const { done, value } = 'then' in next ? await unlessGone(next, gone) : next;
      if (done) break;
      onStep?.(value);
      if (await stage.perform(value)) break;
    }
    await stage.end();
  } catch (error) {
    // Without a reader, no error is written.
    if (!gone.aborted) fail(response, error);
  } finally {
    release(iterator);
  }
}

function iterate(steps: Steps): StepIterator {
  return Symbol.asyncIterator in steps ? steps[Symbol.asyncIterator]() : steps[Symbol.iterator]();
}

/** Ends a generator, so that its `finally` runs; a generator that waits for a promise ends after that. */
function release(iterator: StepIterator | undefined): void {
  Promise.resolve()
    .then(() => iterator?.return?.())
    .catch(() => undefined);
}

/** Sends the error of a script as Ollama sends the error of a model. */
function fail(response: ServerResponse, error: unknown): void {
  const body = { error: `the script failed: ${String(error)}` };
  if (response.headersSent) response.end(`${toGoJson(body)}\n`);
  else sendJson(response, 500, body);
}
