import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { startScriptedOllama, type Script } from '../../lib/testing/node/index.js';
import { root, type Document } from './documents.js';

const run = promisify(execFile);

/** A block of TypeScript on a page, with a block below it that has what the first one prints. */
export interface Sample {
  readonly heading: string;
  readonly code: string;
}

/** At most one line of prose stands between the two blocks. */
const SAMPLE =
  /^```ts\n((?:(?!```)[^\n]*\n)*)```\n\n(?:[^\n`#|][^\n]*\n\n)?```text\n((?:(?!```)[^\n]*\n)*)(?=```$)/gm;

/** The samples of a page, in their order. */
export function findSamples({ text }: Document): Sample[] {
  return Array.from(text.matchAll(SAMPLE), (match) => ({
    heading: /^#+ (.*)$(?![^]*^#+ )/m.exec(text.slice(0, match.index))?.[1] ?? '',
    code: match[1] ?? '',
  }));
}

/** The page with what the samples print now. */
export function showPrinted({ text }: Document, printed: readonly string[]): string {
  let at = 0;
  return text.replace(SAMPLE, (shown: string, _code: string, old: string) => {
    const kept = shown.slice(0, shown.length - old.length);
    return kept + (printed[at++] ?? '');
  });
}

/** The official client has no setting by environment: its default address is replaced. */
const REDIRECT = `{
  const { fetch } = globalThis;
  globalThis.fetch = (input, init) =>
    fetch(typeof input === 'string'
      ? input.replace('http://127.0.0.1:11434', process.env.OLLAMA_HOST) : input, init);
}`;

/**
 * Runs each sample in a process of its own, with a scripted server of its own as the default host, and
 * returns what each one prints. What a sample writes to its standard error fails the run.
 */
export async function runSamples(
  samples: readonly Sample[],
  scripts: Readonly<Record<string, Script>>,
): Promise<string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'samples-'));
  try {
    const files = samples.map((_, i) => path.join(folder, `sample${String(i)}.ts`));
    await Promise.all(files.map((file, i) => writeFile(file, samples[i]?.code ?? '')));
    await build({
      entryPoints: files,
      alias: {
        'rxjs-ollama/testing/node': path.join(root, 'lib/testing/node/index.ts'),
        'rxjs-ollama/testing': path.join(root, 'lib/testing/index.ts'),
        'rxjs-ollama': path.join(root, 'lib/index.ts'),
      },
      nodePaths: [path.join(root, 'node_modules')],
      banner: { js: REDIRECT },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outExtension: { '.js': '.mjs' },
      outdir: folder,
      logLevel: 'silent',
    });
    const printed: string[] = [];
    for (const [i, { heading }] of samples.entries()) {
      const ollama = await startScriptedOllama(scripts[heading]);
      try {
        const env = { ...process.env, OLLAMA_HOST: ollama.url };
        const file = path.join(folder, `sample${String(i)}.mjs`);
        const { stdout, stderr } = await run(process.execPath, [file], { env, timeout: 60_000 });
        if (stderr) throw new Error(`"${heading}" wrote to its standard error: ${stderr}`);
        printed.push(`${stdout.replace(/ +$/gm, '').trimEnd()}\n`);
      } finally {
        await ollama.close();
      }
    }
    return printed;
  } finally {
    await rm(folder, { recursive: true });
  }
}
