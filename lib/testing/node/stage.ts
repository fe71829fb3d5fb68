import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { addUp, createAnswer, type Filled } from './answer.js';
import { createBody } from './body.js';
import { unlessGone, type Recording } from './recording.js';
import type { ErrorStep, FaultStep, Reply, Step } from './script.js';
import { JSON_TYPE, NDJSON_TYPE, sendJson, toGoJson } from './wire.js';

/** Where the steps of a scenario become a response. */
export interface Stage {
  /** Does one step; `true` if the scenario ends with it. */
  perform(step: Step): Promise<boolean>;
  end(): Promise<void>;
}

const encoder = new TextEncoder();

export function createStage(reply: Reply, response: ServerResponse, recording: Recording): Stage {
  const { gone } = recording;
  const streams = recording.body.stream !== false && recording.path !== '/api/embed';
  const answer = createAnswer(recording.path, recording.body);
  const body = createBody(response, recording, reply.cutting ?? 'line');
  /** What waits to be added up, where nothing streams. */
  const lines: Filled[] = [];

  const sendHead = (): void => {
    const status = reply.status ?? 200;
    response.setHeader('Content-Type', streams && status < 400 ? NDJSON_TYPE : JSON_TYPE);
    for (const [name, value] of Object.entries(reply.headers ?? {}))
      response.setHeader(name, value);
    response.writeHead(status);
  };

  const write = (data: string | Uint8Array): Promise<void> => {
    if (!response.headersSent) sendHead();
    return body.write(typeof data === 'string' ? encoder.encode(data) : data);
  };

  const pause = async (delay: number | PromiseLike<unknown>): Promise<void> => {
    if (delay === 0) return;
    await body.flush();
    if (typeof delay === 'number') await sleep(delay, undefined, { signal: gone });
    else await unlessGone(delay, gone);
  };

  const raise = async ({ error, status = 500, newline = '\n' }: ErrorStep): Promise<boolean> => {
    const early = !response.headersSent && (reply.status === undefined || !streams);
    if (early) sendJson(response, reply.status ?? status, { error }, reply.headers);
    else await write(toGoJson({ error }) + newline);
    return early;
  };

  const breakDown = async ({ fault }: FaultStep): Promise<boolean> => {
    if (fault === 'cut') {
      const line = toGoJson(answer.write(addUp(lines) ?? answer.fill({})));
      await write(line.slice(0, line.length / 2));
      return true;
    }
    await body.flush();
    if (fault !== 'hang') {
      // What was written before has to be out: a connection that is torn down forgets it.
      if (response.headersSent) await unlessGone(settle(response), gone);
      recording.drop(fault);
    }
    return unlessGone(new Promise<boolean>(() => undefined), gone);
  };

  return {
    async perform(given) {
      const step = typeof given === 'string' ? { content: given } : given;
      await pause(step.delay ?? reply.delay ?? 0);
      if ('fault' in step) return breakDown(step);
      if ('error' in step) return raise(step);
      if ('raw' in step) await write(step.raw);
      else if (Object.keys(step).some((key) => key !== 'delay')) {
        const line = answer.fill(step);
        if (streams) await write(toGoJson(answer.write(line)) + (step.newline ?? '\n'));
        else lines.push(line);
      }
      return false;
    },
    async end() {
      if (response.writableEnded) return;
      const sum = addUp(lines);
      if (sum && !response.headersSent) await write(toGoJson(answer.write(sum)));
      await body.flush();
      if (!response.headersSent) sendHead();
      response.end();
    },
  };
}

/** Waits until the system has taken all that was written. */
function settle(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.socket?.write('', () => {
      resolve();
    });
  });
}
