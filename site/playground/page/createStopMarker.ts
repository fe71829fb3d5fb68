import {
  distinctUntilChanged,
  filter,
  fromEvent,
  map,
  merge,
  switchMap,
  withLatestFrom,
  type Observable,
} from 'rxjs';
import type { Drawing } from '../view/draw.js';
import { stopAt, undoable, undoableSince } from './changes.js';
import { h } from './dom.js';
import { drags } from './drags.js';
import type { Change, State } from './state.js';

/** Where the consumer unsubscribes: a slider over the picture. */
export function createStopMarker(state$: Observable<State>) {
  const element = h('div', {
    ...{ class: 'pg-stop', role: 'slider', tabindex: 0, hidden: true },
    ...{ 'aria-label': 'Unsubscribe', 'aria-valuemin': 0 },
  });
  let msPerPx = 1;

  const moveBy =
    (direction: number): Change =>
    (state) =>
      stopAt((state.script.stopAt ?? 0) + direction * state.script.frame)(state);
  const changes: Readonly<Record<string, Change>> = {
    ArrowLeft: moveBy(-1),
    ArrowRight: moveBy(1),
    Delete: stopAt(undefined),
    Backspace: stopAt(undefined),
  };

  const pressed$ = fromEvent<KeyboardEvent>(element, 'keydown').pipe(
    map((event) => {
      const change = changes[event.key];
      if (change) event.preventDefault();
      return change && undoable(change);
    }),
    filter((change) => change !== undefined),
  );
  const dragged$ = drags(element).pipe(
    withLatestFrom(state$),
    switchMap(([{ distance$ }, begun]) => {
      // The picture grows with what is dragged past its end: this keeps to the scale of the beginning.
      const scale = msPerPx;
      const { stopAt: from = 0, frame } = begun.script;
      return distance$.pipe(
        map((px) => Math.round((from + px * scale) / frame) * frame),
        distinctUntilChanged(),
        map(stopAt),
        // A drag is undone as a whole.
        map(undoableSince(begun)),
      );
    }),
  );
  return {
    element,
    changes$: merge(pressed$, dragged$),
    render({ script: { stopAt: at }, model }: State, drawing: Drawing): void {
      ({ msPerPx } = drawing);
      element.hidden = at === undefined || at < drawing.from || at > drawing.to;
      if (at === undefined) return;
      element.style.cssText = `left:${String(drawing.x(at))}px;top:2px;height:${String(drawing.bottom - 2)}px`;
      element.setAttribute('aria-valuenow', String(at));
      element.setAttribute('aria-valuemax', String(Math.ceil(model.end)));
      element.setAttribute('aria-valuetext', `${String(at)} ms`);
    },
  };
}
