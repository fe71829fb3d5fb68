import {
  EMPTY,
  distinctUntilChanged,
  filter,
  fromEvent,
  ignoreElements,
  map,
  merge,
  skip,
  startWith,
  switchMap,
  tap,
  withLatestFrom,
  type Observable,
} from 'rxjs';
import type { Drawing } from '../view/draw.js';
import { undoable, undoableSince } from './changes.js';
import { h } from './dom.js';
import { drags } from './drags.js';
import { findTime, moveChunk, removeChunk, type Chunk } from './moveChunk.js';
import { keep, type Change, type State } from './state.js';

/** The slider of a marble. It stays that of its marble while that moves, so that neither focus nor finger loses it. */
interface Handle extends Chunk {
  readonly element: HTMLElement;
  n: number;
}

const keyOf = ({ row, n }: Chunk): string => `${String(row)} ${String(n)}`;

/** Sliders over the marbles of the inputs, for the mouse, fingers and arrow keys. */
export function createHandles(state$: Observable<State>) {
  const layer = h('div', {
    ...{ class: 'pg-handles', role: 'group' },
    ...{ 'aria-label': 'Chunks', 'aria-describedby': 'pg-hint' },
  });
  /** In the order of the picture. */
  let handles: readonly Handle[] = [];
  /** The one that the Tab key goes to. */
  let current: Handle | undefined;
  let msPerPx = 1;

  const find = (target: EventTarget | null): Handle | undefined =>
    handles.find(({ element }) => element === target);

  /** A marble that is passed takes the place in the row. */
  function move(state: State, handle: Handle, to: number): Change {
    const { n, change } = moveChunk(state, handle, to);
    const passed = handles.find((other) => other.row === handle.row && other.n === n);
    if (passed) passed.n = handle.n;
    handle.n = n;
    return change;
  }

  const focusBeside = (handle: Handle, by: number): Change => {
    handles[handles.indexOf(handle) + by]?.element.focus();
    return keep;
  };

  function press(
    { key, shiftKey }: KeyboardEvent,
    state: State,
    handle: Handle,
  ): Change | undefined {
    const step = state.script.frame * (shiftKey ? 5 : 1);
    const moveBy = (ms: number): Change =>
      undoable(move(state, handle, findTime(state, handle) + ms));
    switch (key) {
      case 'ArrowLeft':
        return moveBy(-step);
      case 'ArrowRight':
        return moveBy(step);
      case 'ArrowUp':
        return focusBeside(handle, -1);
      case 'ArrowDown':
        return focusBeside(handle, 1);
      case 'Delete':
      case 'Backspace':
        // The key of a Mac that is called Delete is Backspace.
        return undoable(removeChunk(state, handle));
      default:
        return undefined;
    }
  }

  const pressed$ = fromEvent<KeyboardEvent>(layer, 'keydown').pipe(
    filter(({ ctrlKey, metaKey, altKey }) => !ctrlKey && !metaKey && !altKey),
    withLatestFrom(state$),
    map(([event, state]): Change | undefined => {
      const handle = find(event.target);
      const change = handle && press(event, state, handle);
      if (change) event.preventDefault();
      return change;
    }),
    filter((change) => change !== undefined),
  );

  const dragged$ = drags(layer).pipe(
    withLatestFrom(state$),
    switchMap(([{ target, distance$ }, begun]) => {
      const handle = find(target);
      if (!handle) return EMPTY;
      const from = findTime(begun, handle);
      const { frame } = begun.script;
      // The picture grows with what is dragged past its end: this keeps to the scale of the beginning.
      const scale = msPerPx;
      return distance$.pipe(
        map((px) => Math.round((from + px * scale) / frame) * frame),
        startWith(from),
        distinctUntilChanged(),
        skip(1),
        withLatestFrom(state$),
        map(([to, state]) => move(state, handle, to)),
        // A drag is undone as a whole.
        map(undoableSince(begun)),
      );
    }),
  );

  const focused$ = fromEvent(layer, 'focusin').pipe(
    tap(({ target }) => {
      current = find(target);
      for (const { element } of handles) element.tabIndex = element === target ? 0 : -1;
    }),
    ignoreElements(),
  );

  function make(row: number, n: number): Handle {
    const element = h('div', { class: 'pg-handle', role: 'slider', 'aria-valuemin': 0 });
    layer.append(element);
    return { element, row, n };
  }

  return {
    element: layer,
    changes$: merge(pressed$, dragged$, focused$),
    /** Puts the sliders where the marbles are. */
    render({ model }: State, drawing: Drawing): void {
      ({ msPerPx } = drawing);
      // The one that takes the place of the current one if that is removed.
      const place = Math.max(0, current ? handles.indexOf(current) : 0);
      const before = new Map(handles.map((handle) => [keyOf(handle), handle]));
      handles = drawing.handles.map((marble) => {
        const key = keyOf(marble);
        const handle = before.get(key) ?? make(marble.row, marble.n);
        before.delete(key);
        const { element } = handle;
        element.style.transform = `translate(${marble.x.toFixed(1)}px, ${marble.y.toFixed(1)}px)`;
        element.setAttribute('aria-label', marble.words);
        element.setAttribute('aria-valuemax', String(Math.ceil(model.end)));
        element.setAttribute('aria-valuenow', String(marble.at));
        element.setAttribute('aria-valuetext', `${String(marble.at)} ms`);
        return handle;
      });
      const hasFocus = layer.contains(document.activeElement);
      for (const { element } of before.values()) element.remove();
      if (!current || !handles.includes(current)) current = handles.at(place) ?? handles.at(-1);
      // Its chunk was removed, and there is none behind it.
      if (hasFocus && !layer.contains(document.activeElement)) current?.element.focus();
      for (const handle of handles) handle.element.tabIndex = handle === current ? 0 : -1;
    },
  };
}
