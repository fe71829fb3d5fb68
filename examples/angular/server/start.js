import { join } from 'node:path';
import { env, exit } from 'node:process';
import { startScriptedOllama } from 'rxjs-ollama/testing/node';
import { demoScript } from './demoScript.js';
import { servePage } from './servePage.js';
import { toUrl } from './toUrl.js';

const folder = join(import.meta.dirname, '../dist');
const { OLLAMA_HOST, PORT = '4200' } = env;

const ollama = OLLAMA_HOST
  ? toUrl(OLLAMA_HOST)
  : (await startScriptedOllama(demoScript.script, { models: demoScript.models })).url;
const page = await servePage({ folder, ollama, port: Number(PORT) }).catch(
  (/** @type {unknown} */ error) => {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    console.error(isTaken ? `Port ${PORT} is taken. Set PORT to another one.` : error);
    exit(1);
  },
);

console.log(`The page is at ${page.url}`);
console.log(
  OLLAMA_HOST
    ? `The models are those of Ollama at ${new URL(ollama).host}.`
    : 'A scripted model answers. Set OLLAMA_HOST to talk to a real one.',
);
