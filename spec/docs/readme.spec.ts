import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { startScriptedOllama } from '../../lib/testing/node/index.js';
import { findCode, readDocument, root } from './documents.js';

const run = promisify(execFile);

describe('the README', () => {
  const { file, text } = readDocument('README.md');

  it('has at most 150 lines', () => {
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(150);
  });

  it('begins with code that prints the answer as it grows', async () => {
    const [first] = findCode({ file, text });
    const folder = await mkdtemp(path.join(tmpdir(), 'readme-'));
    const outfile = path.join(folder, 'first.cjs');
    await build({
      stdin: { contents: first?.code ?? '', loader: 'ts', resolveDir: root },
      alias: { 'rxjs-ollama': path.join(root, 'lib/index.ts') },
      bundle: true,
      platform: 'node',
      outfile,
    });
    const ollama = await startScriptedOllama(['Air scatters ', 'blue light.', { done: true }]);
    try {
      const env = { ...process.env, OLLAMA_HOST: ollama.url };
      const { stdout, stderr } = await run(process.execPath, [outfile], { env });
      expect(stdout.trim().split('\n').at(-1)).toBe('Air scatters blue light.');
      expect(stderr).toBe('');
      expect(ollama.requests).toHaveLength(1);
    } finally {
      await ollama.close();
      await rm(folder, { recursive: true });
    }
  });
});
