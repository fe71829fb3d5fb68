import { filter, fromEvent, map, type Observable } from 'rxjs';
import { run, undo } from './changes.js';
import type { Change } from './state.js';

/** Fields undo by themselves what was typed. */
const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('textarea'));

function find({ key, shiftKey, target }: KeyboardEvent): Change | undefined {
  if (key === 'Enter') return run;
  return key.toLowerCase() === 'z' && !shiftKey && !isField(target) ? undo : undefined;
}

/** The keys that do something anywhere on the page, with Ctrl or ⌘. */
export const shortcuts = (root: HTMLElement): Observable<Change> =>
  fromEvent<KeyboardEvent>(root, 'keydown').pipe(
    filter(({ ctrlKey, metaKey }) => ctrlKey || metaKey),
    map((event) => {
      const change = find(event);
      if (change) event.preventDefault();
      return change;
    }),
    filter((change) => change !== undefined),
  );
