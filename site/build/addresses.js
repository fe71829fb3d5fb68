import { readFileSync } from 'node:fs';

/**
 * Where the repository and the site are, from package.json alone. Neither has an address yet.
 * Like every npm script, it runs at the root of the repository.
 */
export function readAddresses() {
  const { repository, homepage } =
    /** @type {{ repository?: string | { url: string }, homepage?: string }} */ (
      JSON.parse(readFileSync('package.json', 'utf8'))
    );
  const url = typeof repository === 'string' ? repository : repository?.url;
  return { repository: url?.replace(/^git\+|\.git$/g, ''), homepage };
}
