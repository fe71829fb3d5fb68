import { fromEvent, map, merge } from 'rxjs';
import { seek, togglePlay, toggleStop, zoomBy } from './changes.js';
import { button, clicks, h } from './dom.js';
import type { Piece } from './piece.js';
import { timeOf } from './state.js';

/** The time that is looked at, and how near. */
export function createTimeBar(): Piece {
  const play = button('Play', { class: 'pg-play' });
  const slider = h('input', { type: 'range', min: 0, step: 1, 'aria-label': 'Time' });
  const clock = h('output', { class: 'pg-clock' });
  const stop = button('Unsubscribe', { class: 'pg-unsubscribe', 'aria-pressed': 'false' });
  const zoomOut = button('−', { 'aria-label': 'Zoom out' });
  const zoomIn = button('+', { 'aria-label': 'Zoom in' });

  return {
    element: h(
      'div',
      { class: 'pg-bar' },
      ...[play, slider, clock, stop],
      h('span', { class: 'pg-zoom' }, zoomOut, zoomIn),
    ),
    changes$: merge(
      clicks(play).pipe(map(() => togglePlay)),
      fromEvent(slider, 'input').pipe(map(() => seek(Number(slider.value)))),
      clicks(stop).pipe(map(() => toggleStop)),
      clicks(zoomOut).pipe(map(() => zoomBy(1 / 2))),
      clicks(zoomIn).pipe(map(() => zoomBy(2))),
    ),
    render(state) {
      const at = timeOf(state);
      const words = `${String(Math.round(at))} ms`;
      slider.max = String(Math.ceil(state.model.end));
      slider.value = String(at);
      slider.setAttribute('aria-valuetext', words);
      clock.textContent = words;
      play.textContent = state.isPlaying ? 'Pause' : 'Play';
      stop.setAttribute('aria-pressed', String(state.script.stopAt !== undefined));
      zoomOut.disabled = state.zoom === 1;
    },
  };
}
