import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorker } from './bundleWorker.mjs';

const DIAGRAMS = fileURLToPath(new URL('diagrams', import.meta.url));

/** The scripts of all diagrams: together they are smaller than a script of the page. */
const readDiagrams = () =>
  Object.fromEntries(
    readdirSync(DIAGRAMS).map((file) => [
      basename(file, '.json'),
      /** @type {unknown} */ (JSON.parse(readFileSync(join(DIAGRAMS, file), 'utf8'))),
    ]),
  );

/** @type {Record<string, () => Promise<string>>} */
const MODULES = {
  // A text, since the page hands it to a frame of another origin, which can load nothing.
  'virtual:playground-worker': async () => JSON.stringify(await bundleWorker()),
  'virtual:playground-diagrams': () => Promise.resolve(JSON.stringify(readDiagrams())),
};

/** Makes the code of the worker and the scripts of the diagrams modules. */
export const playground = () => ({
  name: 'playground',
  // RxJS with classes: that for older browsers is larger, by 2 kB gzipped of the page.
  config: () => ({ resolve: { conditions: ['es2015'] } }),
  /** @param {string} id */
  resolveId: (id) => (Object.hasOwn(MODULES, id) ? `\0${id}` : undefined),
  /** @param {string} id */
  async load(id) {
    const make = MODULES[id.replace('\0', '')];
    return make && id.startsWith('\0') ? `export default ${await make()};` : undefined;
  },
});
