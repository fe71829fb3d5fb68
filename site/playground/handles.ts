import { h } from './dom.js';
import type { Handle } from './view/toHandles.js';

/** What the user does with marbles. */
export interface HandleActions {
  /** Moves a marble, and says where in its row it is then. */
  move(row: number, n: number, to: number): number;
  remove(row: number, n: number): void;
  /** How many ms a px is. */
  scale(): number;
  /** How many ms a step is. */
  step(): number;
}

const keyOf = ({ row, n }: Pick<Handle, 'row' | 'n'>): string => `${String(row)} ${String(n)}`;

/**
 * Sliders over the marbles of the inputs, for the mouse, fingers and arrow keys. Elements stay while a marble moves, so
 * that neither the focus nor the finger loses it.
 */
export function createHandles(layer: HTMLElement, actions: HandleActions) {
  const elements = new Map<string, HTMLElement>();
  let shown: readonly Handle[] = [];
  /** The one that the Tab key goes to. */
  let current = '';
  let drag: { x: number; at: number; row: number; n: number } | undefined;

  const find = (element: HTMLElement): Handle | undefined =>
    shown.find((handle) => elements.get(keyOf(handle)) === element);

  /** The element of a marble goes with it when it passes another one. */
  const moveTo = ({ row, n }: Pick<Handle, 'row' | 'n'>, to: number): number => {
    const next = actions.move(row, n, to);
    if (next !== n) {
      const [a, b] = [keyOf({ row, n }), keyOf({ row, n: next })];
      const [first, second] = [elements.get(a), elements.get(b)];
      if (first) elements.set(b, first);
      if (second) elements.set(a, second);
      else elements.delete(a);
      current = b;
    }
    return next;
  };

  const focusOther = (handle: Handle, by: number): void => {
    const next = shown[shown.indexOf(handle) + by];
    if (next) elements.get(keyOf(next))?.focus();
  };

  const onKey = (event: KeyboardEvent): void => {
    const handle = find(event.currentTarget as HTMLElement);
    if (!handle || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = actions.step() * (event.shiftKey ? 5 : 1);
    const acts: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => moveTo(handle, handle.at - step),
      ArrowRight: () => moveTo(handle, handle.at + step),
      ArrowUp: () => {
        focusOther(handle, -1);
      },
      ArrowDown: () => {
        focusOther(handle, 1);
      },
      Delete: () => {
        actions.remove(handle.row, handle.n);
      },
    };
    if (!Object.hasOwn(acts, event.key)) return;
    event.preventDefault();
    acts[event.key]?.();
  };

  const onDown = (event: PointerEvent): void => {
    const element = event.currentTarget as HTMLElement;
    const handle = find(element);
    if (!handle || event.button > 0) return;
    element.setPointerCapture(event.pointerId);
    drag = { x: event.clientX, at: handle.at, row: handle.row, n: handle.n };
  };
  const onMove = (event: PointerEvent): void => {
    if (!drag) return;
    const step = actions.step();
    const to = drag.at + (event.clientX - drag.x) * actions.scale();
    const snapped = Math.max(0, Math.round(to / step) * step);
    const handle = shown.find(({ row, n }) => row === drag?.row && n === drag.n);
    if (handle?.at === snapped) return;
    drag.n = moveTo(drag, snapped);
  };
  const onUp = (): void => {
    drag = undefined;
  };

  function make(): HTMLElement {
    const made = h('div', { class: 'pg-handle', role: 'slider', 'aria-valuemin': 0 });
    made.addEventListener('keydown', onKey);
    made.addEventListener('pointerdown', onDown);
    made.addEventListener('pointermove', onMove);
    made.addEventListener('pointerup', onUp);
    made.addEventListener('pointercancel', onUp);
    made.addEventListener('focus', () => {
      const handle = find(made);
      if (handle) current = keyOf(handle);
      for (const each of elements.values()) each.tabIndex = each === made ? 0 : -1;
    });
    layer.append(made);
    return made;
  }

  return {
    /** Puts the sliders where the marbles are. */
    update(handles: readonly Handle[], end: number): void {
      shown = handles;
      const keys = new Set(handles.map(keyOf));
      for (const [key, element] of elements) {
        if (keys.has(key)) continue;
        element.remove();
        elements.delete(key);
      }
      if (!keys.has(current)) current = handles[0] ? keyOf(handles[0]) : '';
      for (const handle of handles) {
        const key = keyOf(handle);
        const element = elements.get(key) ?? make();
        elements.set(key, element);
        element.style.transform = `translate(${handle.x.toFixed(1)}px, ${handle.y.toFixed(1)}px)`;
        element.tabIndex = key === current ? 0 : -1;
        element.setAttribute('aria-label', handle.words);
        element.setAttribute('aria-valuemax', String(Math.ceil(end)));
        element.setAttribute('aria-valuenow', String(handle.at));
        element.setAttribute('aria-valuetext', `${String(handle.at)} ms`);
      }
    },
  };
}
