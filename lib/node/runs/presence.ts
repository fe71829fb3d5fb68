/** Shorter times would keep a store busy. */
const MIN_MS = 1000;
/** A store has no `Infinity`. */
const MAX_MS = 2 ** 31 - 1;

/** How often a gateway says that it has readers, and for how long, in ms. */
export function presence(grace: number): { readonly every: number; readonly lasting: number } {
  const lasting = Math.min(Math.max(grace, MIN_MS), MAX_MS);
  return { every: lasting / 3, lasting };
}
