import { readFileSync } from 'node:fs';

/** @typedef {{ repository?: string | { url: string }, homepage?: string }} Manifest */

/**
 * Where the repository and the site are. package.json is the one place that says it; while it has no address,
 * links into the repository are shown as paths, and the site is at the root of any origin.
 *
 * @param {Manifest} manifest
 */
export function toAddresses({ repository, homepage }) {
  const url = typeof repository === 'string' ? repository : repository?.url;
  const site = homepage === undefined ? undefined : new URL(homepage);
  return {
    repository: url?.replace(/^git\+|\.git$/g, ''),
    homepage: {
      origin: site?.origin,
      base: (site?.pathname ?? '/').replace(/\/?$/, '/'),
    },
  };
}

/** Like every npm script, it runs at the root of the repository. */
export function readAddresses() {
  /** @type {Manifest} */
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
  return toAddresses(manifest);
}
