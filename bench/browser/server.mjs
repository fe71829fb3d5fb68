// The servers, in a process of their own: one for the page, and on another origin one for the chat,
// which sends so many chunks a second for so many seconds.
import { once } from 'node:events';
import { createServer } from 'node:http';
import process from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { createText } from './text.mjs';

/** @type {typeof import('rxjs-ollama/testing/node')} */
const { startScriptedOllama } = await import(
  new URL('../../dist/esm/testing/node/index.js', import.meta.url).href
);

const [chunks = 0, perSecond = 0] = process.argv.slice(2).map(Number);
const PAGE = `<!doctype html>
<meta charset="utf-8">
<title>A chat</title>
<link rel="icon" href="data:,">
<style>
  body { font: 16px/1.5 sans-serif; max-width: 45rem; height: 100vh; margin: auto; display: flex; flex-direction: column }
  main { flex: 1; overflow-y: auto }
  .plain { white-space: pre-wrap }
  textarea { font: inherit; margin: 1rem 0 }
</style>
<main><p><b>You</b></p><p>Tell me all about it.</p><p><b>qwen3</b></p><article></article></main>
<textarea placeholder="Your next question"></textarea>`;

/** Not a timer a chunk: what is late catches up. */
async function* pace() {
  const begun = performance.now();
  for (const [n, content] of createText(chunks).entries()) {
    while (performance.now() < begun + (n * 1000) / perSecond) await setTimeout(1);
    yield content;
  }
  yield { done: true };
}

const ollama = await startScriptedOllama(pace);
const pages = createServer((_, response) => {
  response.setHeader('content-type', 'text/html').end(PAGE);
}).listen(0, '127.0.0.1');
await once(pages, 'listening');
const address = pages.address();
const port = typeof address === 'object' ? address?.port : 0;
process.send?.({ page: `http://127.0.0.1:${String(port)}`, host: ollama.url });
process.once('disconnect', () => process.exit());
