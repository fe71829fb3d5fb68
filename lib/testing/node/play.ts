import type { ServerResponse } from 'node:http';
import { unlessGone, type Recording } from './recording.js';
import { toReply, type Script, type Step, type Steps } from './script.js';
import { createStage } from './stage.js';
import { sendJson, toGoJson } from './wire.js';

type StepIterator = Iterator<Step, unknown> | AsyncIterator<Step, unknown>;

/** Plays the scenario of one request, step by step, until it ends or the client has gone. */
export async function play(
  script: Script,
  response: ServerResponse,
  recording: Recording,
): Promise<void> {
  const { gone } = recording;
  let iterator: StepIterator | undefined;
  try {
    const scenario = typeof script === 'function' ? script(recording) : script;
    const reply = toReply(await unlessGone(Promise.resolve(scenario), gone));
    const stage = createStage(reply, response, recording);
    iterator = iterate(reply.steps);
    for (;;) {
      const next = iterator.next();
      const { done, value } = 'then' in next ? await unlessGone(next, gone) : next;
      if (done || (await stage.perform(value))) break;
    }
    await stage.end();
  } catch (error) {
    // A response that nobody reads any more isn't worth an error.
    if (!gone.aborted) fail(response, error);
  } finally {
    release(iterator);
  }
}

function iterate(steps: Steps): StepIterator {
  return Symbol.asyncIterator in steps ? steps[Symbol.asyncIterator]() : steps[Symbol.iterator]();
}

/** Lets a generator run its `finally`; one that is waiting for something does so whenever that comes. */
function release(iterator: StepIterator | undefined): void {
  Promise.resolve()
    .then(() => iterator?.return?.())
    .catch(() => undefined);
}

/** The client sees what went wrong in a script, as it would see what went wrong in a model. */
function fail(response: ServerResponse, error: unknown): void {
  const body = { error: `the script failed: ${String(error)}` };
  if (response.headersSent) response.end(`${toGoJson(body)}\n`);
  else sendJson(response, 500, body);
}
