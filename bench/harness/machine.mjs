// What the figures were measured on, and with.
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import { getNode } from './processes.mjs';

const PEERS = [
  'ollama',
  'ai',
  'ollama-ai-provider-v2',
  '@langchain/ollama',
  '@tanstack/ai',
  '@tanstack/ai-ollama',
  'marked',
];

/** @param {string} folder from bench/ */
async function readVersion(folder) {
  const file = new URL(`../${folder}/package.json`, import.meta.url);
  /** @type {{ name: string, version: string }} */
  const { name, version } = JSON.parse(await readFile(file, 'utf8'));
  return /** @type {const} */ ([name, version]);
}

export async function describeMachine() {
  const [first, ...others] = os.cpus();
  return {
    machine: {
      cpu: first?.model ?? 'unknown',
      cores: others.length + 1,
      memory: `${String(Math.round(os.totalmem() / 2 ** 30))} GiB`,
      system: `${os.type()} ${os.release().split('-')[0] ?? ''} ${os.arch()}`,
      node: execFileSync(getNode(), ['--version'], { encoding: 'utf8' }).trim(),
    },
    versions: Object.fromEntries(
      await Promise.all([
        ...['..', '../node_modules/rxjs'].map(readVersion),
        ...PEERS.map((name) => readVersion(`node_modules/${name}`)),
      ]),
    ),
  };
}
