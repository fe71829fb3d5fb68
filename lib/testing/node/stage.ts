import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { addUp, createAnswer, type Filled } from './answer.js';
import { createBody } from './body.js';
import { unlessGone, type Exchange } from './exchange.js';
import type { ErrorStep, FaultStep, Reply, Step } from './script.js';
import { BARE_JSON_TYPE, JSON_TYPE, NDJSON_TYPE, sendWhole, toGoJson } from './wire.js';

/** Where the steps of a scenario become a response. */
export interface Stage {
  /** Does one step; `true` if the scenario ends with it. */
  perform(step: Step): Promise<boolean>;
  end(): Promise<void>;
}

const encoder = new TextEncoder();

export function createStage(reply: Reply, response: ServerResponse, exchange: Exchange): Stage {
  const { gone } = exchange;
  const streams = exchange.body.stream !== false && exchange.path !== '/api/embed';
  const answer = createAnswer(exchange.path, exchange.body);
  const body = createBody(response, exchange, reply.cutting ?? 'line');
  /** What waits to be added up, where nothing streams. */
  const lines: Filled[] = [];

  const setHeaders = (contentType: string): void => {
    response.setHeader('Content-Type', contentType);
    for (const [name, value] of Object.entries(reply.headers ?? {})) {
      response.setHeader(name, value);
    }
  };
  const sendHead = (): void => {
    const status = reply.status ?? 200;
    setHeaders(streams && status < 400 ? NDJSON_TYPE : JSON_TYPE);
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
    const json = toGoJson({ error });
    if (response.headersSent || (streams && reply.status !== undefined)) {
      await write(json + newline);
      return false;
    }
    setHeaders(streams ? BARE_JSON_TYPE : JSON_TYPE);
    // The error of a stream is sent as a stream is: without a length.
    if (streams) response.writeHead(status).end(json);
    else sendWhole(response, reply.status ?? status, json);
    return true;
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
      exchange.drop(fault);
    }
    return unlessGone(new Promise<boolean>(() => undefined), gone);
  };

  return {
    async perform(scripted) {
      const step = typeof scripted === 'string' ? { content: scripted } : scripted;
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
      if (sum && !response.headersSent) {
        const json = encoder.encode(toGoJson(answer.write(sum)));
        response.setHeader('Content-Length', json.length);
        await write(json);
      }
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
