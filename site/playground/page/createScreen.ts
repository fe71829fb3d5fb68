import { EMPTY } from 'rxjs';
import type { Report } from '../report.js';
import { showAt, type Shown } from '../showAt.js';
import { h } from './dom.js';
import type { Piece } from './piece.js';
import { timeOf } from './state.js';

/** What a reader would see. All of it is text. */
function toElements(shown: Shown | undefined): HTMLElement[] {
  const parts: HTMLElement[] = [];
  if (shown?.thinking) parts.push(h('p', { class: 'pg-thinking', dir: 'auto' }, shown.thinking));
  if (shown?.content) parts.push(h('p', { class: 'pg-answer', dir: 'auto' }, shown.content));
  for (const call of shown?.calls ?? []) parts.push(h('p', { class: 'pg-call' }, call));
  if (shown?.other) parts.push(h('pre', { class: 'pg-other', tabindex: 0 }, shown.other));
  return parts.length ? parts : [h('p', { class: 'pg-nothing' }, 'Nothing yet.')];
}

/** What the reader of an app with this pipeline would see at the time that is looked at. */
export function createScreen(): Piece {
  const screen = h('div', { class: 'pg-screen' });
  let report: Report | undefined;
  let at: number | undefined;
  return {
    element: h(
      'section',
      { class: 'pg-card', 'aria-label': 'Screen' },
      h('div', { class: 'pg-head' }, h('h2', {}, 'On the screen')),
      screen,
    ),
    changes$: EMPTY,
    render(state) {
      const time = timeOf(state);
      // What a reader has selected in it stays.
      if (report === state.report && at === time) return;
      ({ report } = state);
      at = time;
      screen.replaceChildren(...toElements(showAt(report?.screens ?? [], at)));
    },
  };
}
