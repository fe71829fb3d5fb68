import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { BrowserContext, Page } from 'playwright-core';
import { startServer, type StartedServer } from '../support/startServer.js';

/** What page.ts exports, in the page. */
export type Kit = typeof import('./page.js');

// An icon of its own keeps the browser from asking for one.
const HTML =
  '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script src="/kit.js"></script><body>';

/**
 * Serves a page at an origin of its own.
 *
 * @param entry the script of the page, in this folder
 * @param answer answers all requests but those for the page
 */
export async function servePage(
  entry = 'page.ts',
  answer?: RequestListener,
): Promise<StartedServer> {
  const { outputFiles } = await build({
    entryPoints: [join(__dirname, entry)],
    bundle: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'kit',
    define: { 'process.env.NODE_ENV': '"production"' },
    write: false,
    // The package by its name: that is the build, by way of package.json.
    tsconfigRaw: {},
  });
  const script = outputFiles[0]?.text;
  return startServer(
    createServer((request, response) => {
      if (request.method === 'POST' && answer) {
        answer(request, response);
        return;
      }
      const isScript = request.url === '/kit.js';
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
      response.end(isScript ? script : HTML);
    }),
  );
}

/**
 * Waits until something holds in the page, hidden or not: Playwright by itself would look once a frame.
 * The condition runs in the page.
 */
export async function until(page: Page, condition: (wanted: string) => boolean, wanted: string) {
  await page.waitForFunction(condition, wanted, { polling: 20 });
}

interface TraceEvent {
  readonly name: string;
  readonly cat: string;
  readonly pid: number;
  readonly tid: number;
  /** The CPU time that its thread spent on it, in µs; absent when that is none. */
  readonly tdur?: number;
}

/**
 * The CPU time of every task of the page's main thread while something runs, in ms. Not the time on the
 * clock: on a busy machine a task may wait long for a core. Which thread it is, is told by the mark.
 */
export async function traceTasks(
  context: BrowserContext,
  run: () => Promise<unknown>,
): Promise<number[]> {
  const session = await context.browser()?.newBrowserCDPSession();
  if (!session) throw new Error('Nothing to trace: the context has no browser.');
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => {
    events.push(...(value as object[] as TraceEvent[]));
  });
  const complete = new Promise<void>((resolve) => {
    session.once('Tracing.tracingComplete', () => {
      resolve();
    });
  });
  const includedCategories = ['toplevel', 'blink.user_timing'];
  await session.send('Tracing.start', { traceConfig: { includedCategories } });
  await run();
  await session.send('Tracing.end');
  await complete;
  await session.detach();

  const mark = events.find(({ cat, name }) => cat === 'blink.user_timing' && name === 'chat');
  return events
    .filter(({ name }) => name === 'ThreadControllerImpl::RunTask')
    .filter(({ pid, tid }) => pid === mark?.pid && tid === mark.tid)
    .map(({ tdur = 0 }) => tdur / 1000);
}
