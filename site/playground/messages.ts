import type { Report } from './report.js';
import type { Script } from './script.js';

/** From the page to the worker. */
export interface Request {
  readonly id: number;
  readonly kind: 'run' | 'spec';
  readonly script: Script;
}

/** From the worker to the page. */
export type Reply =
  | { readonly id: number; readonly kind: 'run'; readonly report: Report }
  | { readonly id: number; readonly kind: 'spec'; readonly text: string }
  | { readonly id: number; readonly kind: 'error'; readonly message: string };

/** What the worker says when it can take a request. */
export const READY = 'ready';
/** Characters of a code or a spec at most. */
export const MAX_CODE = 200_000;
