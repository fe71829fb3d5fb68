import { moveMarble, writeRows, type Row } from '../rows.js';
import { edit } from './changes.js';
import { keep, type Change, type State } from './state.js';

/** Which row of the script, and which marble of it. */
export interface Chunk {
  readonly row: number;
  readonly n: number;
}

const replaceRow = ({ parsed, script }: State, row: number, next: Row): Change =>
  edit({
    marbles: writeRows(
      parsed.rows.map((each, i) => (i === row ? next : each)),
      script.frame,
    ),
  });

export const findTime = ({ parsed }: State, { row, n }: Chunk): number =>
  parsed.rows[row]?.marbles[n]?.at ?? 0;

/** Moves a chunk to a time, and says which marble of its row it is then. */
export function moveChunk(
  state: State,
  { row, n }: Chunk,
  to: number,
): { readonly n: number; readonly change: Change } {
  const before = state.parsed.rows[row];
  if (!before) return { n, change: keep };
  const moved = moveMarble(before, n, to, state.script.frame);
  return { n: moved.n, change: replaceRow(state, row, moved.row) };
}

export function removeChunk(state: State, { row, n }: Chunk): Change {
  const before = state.parsed.rows[row];
  if (!before) return keep;
  return replaceRow(state, row, {
    ...before,
    marbles: before.marbles.filter((_, i) => i !== n),
  });
}
