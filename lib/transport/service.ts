import { adviseOnFetch, adviseOnGateway, adviseOnStatus, type Advise } from './advice.js';

/** What answers requests, as errors speak of it. */
export interface Service {
  readonly name: string;
  /** What a user sets to reach another one. */
  readonly setting: string;
  /** What it has to be set to for this URL. */
  readonly readRoot: (url: string) => string | undefined;
  readonly adviseOnStatus: Advise;
  readonly adviseOnFetch: (words: string) => string;
}

export const OLLAMA: Service = {
  name: 'Ollama',
  setting: 'host',
  readRoot: (url) => /^(.*)\/api\/\w+$/.exec(url)?.[1],
  adviseOnStatus,
  adviseOnFetch: (words) =>
    adviseOnFetch(
      words,
      (origin) =>
        `Is it running, and does OLLAMA_ORIGINS name ${origin}? ` +
        'Chromium also asks whether the page may reach the local network.',
    ),
};

/** A server of the user's own, in front of Ollama. */
export const GATEWAY: Service = {
  name: 'The server',
  setting: 'the URL',
  readRoot: (url) => url,
  adviseOnStatus: adviseOnGateway,
  adviseOnFetch: (words) =>
    adviseOnFetch(
      words,
      (origin) => `Is it running, and does it allow requests of ${origin} (CORS)?`,
    ),
};
