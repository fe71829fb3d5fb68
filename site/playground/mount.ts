import { mountPlayground } from './page/mountPlayground.js';

/** The playground with what the bundler of the site makes. */
export const mountHere = (root: HTMLElement): (() => void) =>
  mountPlayground(root, {
    loadWorker: async () => (await import('virtual:playground-worker')).default,
    loadEditor: () => import('./editor.js'),
    loadDiagram: async (name) => {
      const { default: diagrams } = await import('virtual:playground-diagrams');
      return Object.hasOwn(diagrams, name) ? diagrams[name] : undefined;
    },
  });
