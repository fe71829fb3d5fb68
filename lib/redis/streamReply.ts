/** An entry of a stream: its id, and its fields with their values. */
export interface StreamEntry {
  readonly id: string;
  readonly fields: ReadonlyMap<string, string>;
}

/** Reads the reply of `XRANGE`. */
export function readEntries(reply: unknown): StreamEntry[] {
  return (reply as [string, string[]][]).map(([id, values]) => {
    const fields = new Map<string, string>();
    for (let at = 0; at + 1 < values.length; at += 2) {
      fields.set(values[at] ?? '', values[at + 1] ?? '');
    }
    return { id, fields };
  });
}

/** Reads the reply of `XREAD`: pairs in RESP2, a map in RESP3. */
export function readStreams(reply: unknown): [string, StreamEntry[]][] {
  if (!reply) return [];
  const pairs: [string, unknown][] = Array.isArray(reply)
    ? (reply as [string, unknown][])
    : reply instanceof Map
      ? [...(reply as Map<string, unknown>)]
      : Object.entries(reply);
  return pairs.map(([key, entries]) => [key, readEntries(entries)]);
}

/** Below 0 if the first id comes before the other one in its stream, 0 if it is the same. */
export function compareStreamIds(one: string, other: string): number {
  const [ms = 0, seq = 0] = one.split('-').map(Number);
  const [otherMs = 0, otherSeq = 0] = other.split('-').map(Number);
  return ms - otherMs || seq - otherSeq;
}
