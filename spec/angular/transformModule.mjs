// Makes the ES modules of Angular CommonJS, as jest needs them. ts-jest would take a minute for it.
import { transformSync } from 'esbuild';

export default {
  /**
   * @param {string} code
   * @param {string} sourcefile
   */
  process: (code, sourcefile) =>
    transformSync(code, { format: 'cjs', target: 'es2022', sourcefile, sourcemap: 'inline' }),
};
