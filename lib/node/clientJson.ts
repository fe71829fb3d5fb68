import { readApproval, type Approval } from '../tools/approval.js';
import { isObject, type Line } from '../wire/line.js';
import { refuseClient } from './clientHistory.js';

/** Where something stands in a client's request. */
export type Path = readonly PropertyKey[];

/** @throws OllamaValidationError unless it is an object */
export function readObject(value: unknown, path: Path): Line {
  if (isObject(value)) return value;
  throw refuseClient(path, 'It has to be an object.');
}

/** @throws OllamaValidationError unless it is a list */
export function readList(value: unknown, path: Path): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  throw refuseClient(path, 'It has to be a list.');
}

/** @throws OllamaValidationError unless it is a string */
export function readString(value: unknown, path: Path): string {
  if (typeof value === 'string') return value;
  throw refuseClient(path, 'It has to be a string.');
}

/** What a client decides on a call. It can't leave the call undecided. */
export function readClientApproval(answer: unknown): Approval {
  const decision = readApproval(answer);
  return decision === 'suspend' ? false : decision;
}

const IMAGE = /^data:image\/[\w.+-]+;base64,/i;

/** An image of a message. No URL is fetched: it would be fetched by this server, on behalf of a client. */
export function readImage(url: unknown, path: Path): string {
  if (typeof url === 'string' && IMAGE.test(url)) return url;
  throw refuseClient(path, 'Only images are accepted, as base64 in a data: URL.');
}
