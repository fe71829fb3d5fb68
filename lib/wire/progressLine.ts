import type { ModelProgress, ProgressLine } from '../types/index.js';
import { isMissing, isText, type Line } from './line.js';

/**
 * A line of `/api/pull`, `/api/push` or `/api/create`; `undefined` if it is not one: `status` has to be a
 * text, and `digest` a text or absent. Wrong numbers count as absent.
 */
export function toProgressLine(line: Line): ProgressLine | undefined {
  return typeof line['status'] === 'string' && isText(line['digest'])
    ? (line as ProgressLine & Line)
    : undefined;
}

/** The sum over the layers of a model. */
export interface ProgressTotal {
  /** Takes in a line that came at the time `now`, in ms, and gives the progress of all layers. */
  add(line: ProgressLine, now: number): ModelProgress;
}

interface Layer {
  completed: number;
  total: number;
}

/** How many bytes had been received at a time. */
interface Mark {
  readonly at: number;
  readonly received: number;
}

/** The rate is measured since the last mark but one: over one to two windows. */
const WINDOW_MS = 3000;
const MS_PER_S = 1e3;

/** A number of bytes; 0 for anything else that a server or a client sent in its place. */
function toCount(sent: unknown): number {
  return Number.isFinite(sent) ? Math.max(0, Number(sent)) : 0;
}

/** Starts measuring. The work per line doesn't depend on the number of layers. */
export function createProgress(): ProgressTotal {
  const layers = new Map<string, Layer>();
  let completed = 0;
  let total = 0;
  let ratio = 0;
  /** Without the bytes of each layer that were complete on its first line. */
  let received = 0;
  let marks: readonly [Mark, Mark] | undefined;

  const update = (key: string, done: number, size: number): void => {
    const known = layers.get(key);
    const layer = known ?? { completed: 0, total: 0 };
    // A download that starts over doesn't lower what was shown.
    const more = Math.max(0, done - layer.completed);
    const larger = Math.max(0, size - layer.total);
    layer.completed += more;
    layer.total += larger;
    completed += more;
    total += larger;
    if (known) received += more;
    else layers.set(key, layer);
  };

  const measure = (now: number): number | undefined => {
    const mark = { at: now, received };
    marks ??= [mark, mark];
    const [since, latest] = marks;
    if (now - latest.at >= WINDOW_MS) marks = [latest, mark];
    return now > since.at ? ((received - since.received) / (now - since.at)) * MS_PER_S : undefined;
  };

  return {
    add(line, now) {
      const { status, digest } = line;
      const size = toCount(line.total);
      let bytesPerSecond: number | undefined;
      if (size) {
        update(digest ?? status, toCount(line.completed), size);
        ratio = Math.max(ratio, Math.min(1, completed / total));
        bytesPerSecond = measure(now);
      } else if (status === 'success') ratio = 1;
      return {
        status,
        ...(!isMissing(digest) && { digest }),
        completed,
        total,
        ratio,
        ...(bytesPerSecond !== undefined && { bytesPerSecond }),
      };
    },
  };
}
