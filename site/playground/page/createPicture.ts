import { fromEventPattern, map, merge, type Observable } from 'rxjs';
import { STYLE } from '../../../spec/support/diagram/style.js';
import { draw, type Drawing } from '../view/draw.js';
import type { View } from '../view/frame.js';
import { createHandles } from './createHandles.js';
import { createStopMarker } from './createStopMarker.js';
import { h } from './dom.js';
import type { Piece } from './piece.js';
import { INITIAL, keep, timeOf, type State } from './state.js';

/** The room on a phone of 320 px, or on a screen at 400 %, is a little more. */
const MIN_WIDTH = 240;

const HINT = 'Drag a chunk, or focus it: ← and → move it, Delete removes it, Ctrl + Z undoes that.';

const toSvg = ({ content, width, height }: Drawing, paper = ''): string => {
  const size = [width, Math.ceil(height)].map(String);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size[0] ?? ''}" height="${size[1] ?? ''}" viewBox="0 0 ${size.join(' ')}">${paper}${content}</svg>`;
};

/** A drawing with its colors and its paper: it needs no page. */
function toFile(drawing: Drawing): Blob {
  const [width, height] = [drawing.width - 1, Math.ceil(drawing.height) - 1].map(String);
  const paper = `<style>${STYLE}</style><rect x="0.5" y="0.5" width="${width ?? ''}" height="${height ?? ''}" rx="8" class="paper"/>`;
  return new Blob([toSvg(drawing, paper)], { type: 'image/svg+xml' });
}

/** What of the time is shown: all of it, or a part of it around the time that is looked at. */
function toView(state: State, width: number): View {
  const { end } = state.model;
  const length = end / state.zoom;
  const from = Math.min(Math.max(0, timeOf(state) - length / 2), end - length);
  return { width, from, to: from + length };
}

/** Tells when an element gets another size. */
const resizes = (element: Element): Observable<unknown> =>
  fromEventPattern(
    (listen) => {
      const observer = new ResizeObserver(listen);
      observer.observe(element);
      return observer;
    },
    (_, observer: ResizeObserver) => {
      observer.disconnect();
    },
  );

/** What was played, the chunks and the unsubscribe that can be moved in it, and the time that is looked at. */
export function createPicture(
  state$: Observable<State>,
): Piece & { readonly toFile: () => Blob | undefined } {
  const svg = h('div', { class: 'pg-svg', 'aria-hidden': 'true' });
  const veil = h('div', { class: 'pg-veil' });
  const line = h('div', { class: 'pg-now' });
  const handles = createHandles(state$);
  const stop = createStopMarker(state$);
  const picture = h('div', { class: 'pg-picture' }, svg, veil, line, handles.element, stop.element);
  let drawing: Drawing | undefined;
  let { model } = INITIAL;

  /** Draws if the picture has changed. */
  function redraw(state: State): Drawing {
    const view = toView(state, Math.max(MIN_WIDTH, picture.clientWidth));
    const { width, from, to } = view;
    const isSame = drawing?.width === width && drawing.from === from && drawing.to === to;
    if (drawing && isSame && model === state.model) return drawing;
    ({ model } = state);
    drawing = draw(model, view);
    svg.innerHTML = toSvg(drawing);
    handles.render(state, drawing);
    return drawing;
  }

  function showTime({ now }: State, at: number, { x, top, bottom }: Drawing): void {
    line.hidden = veil.hidden = now === undefined;
    const place = (left: number, height: number): string =>
      `left:${String(left)}px;top:${String(top - 8)}px;height:${String(height)}px`;
    line.style.cssText = place(x(at), bottom - top + 8);
    veil.style.cssText = place(x(at) + 1, bottom - top + 4);
  }

  return {
    element: h('div', {}, picture, h('p', { id: 'pg-hint', class: 'pg-hint' }, HINT)),
    changes$: merge(
      handles.changes$,
      stop.changes$,
      // The same state in another width.
      resizes(picture).pipe(map(() => keep)),
    ),
    render(state) {
      const drawn = redraw(state);
      showTime(state, timeOf(state), drawn);
      stop.render(state, drawn);
    },
    toFile: () => drawing && toFile(drawing),
  };
}
