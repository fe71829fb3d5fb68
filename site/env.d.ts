/// <reference types="vite/client" />

// It has no types of its own.
declare module 'vitepress/dist/client/app/utils.js' {
  /** The script of the page at a path of this site. */
  export function pathToFile(path: string): string | null;
}
