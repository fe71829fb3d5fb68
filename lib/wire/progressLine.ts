import type { ModelProgress, ProgressLine } from '../types/index.js';

/** Adds up what the server says of each layer. */
export interface ProgressTotal {
  /** Takes in a line that came at the time `now`, in ms, and gives where all layers are. */
  add(line: ProgressLine, now: number): ModelProgress;
}

interface Layer {
  completed: number;
  total: number;
}

/** Bytes that had come at a time. */
interface Mark {
  readonly at: number;
  readonly received: number;
}

/** The rate is that of the time since the last mark but one: of one to two windows. */
const WINDOW_MS = 3000;
const MS_PER_S = 1e3;

/** Starts measuring. The work for a line is the same however many layers there are. */
export function createProgress(): ProgressTotal {
  const layers = new Map<string, Layer>();
  let completed = 0;
  let total = 0;
  let ratio = 0;
  /** Without what was there already when the server first told of a layer. */
  let received = 0;
  let marks: readonly [Mark, Mark] | undefined;

  const update = ({ status, digest = status, ...line }: ProgressLine, size: number): void => {
    const known = layers.get(digest);
    const layer = known ?? { completed: 0, total: 0 };
    // A download that starts over doesn't take back what was shown.
    const more = Math.max(0, (line.completed ?? 0) - layer.completed);
    const larger = Math.max(0, size - layer.total);
    layer.completed += more;
    layer.total += larger;
    completed += more;
    total += larger;
    if (known) received += more;
    else layers.set(digest, layer);
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
      let bytesPerSecond: number | undefined;
      if (line.total) {
        update(line, line.total);
        ratio = Math.max(ratio, Math.min(1, completed / total));
        bytesPerSecond = measure(now);
      } else if (status === 'success') ratio = 1;
      return {
        status,
        ...(digest !== undefined && { digest }),
        completed,
        total,
        ratio,
        ...(bytesPerSecond !== undefined && { bytesPerSecond }),
      };
    },
  };
}
