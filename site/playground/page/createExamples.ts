import { map, merge } from 'rxjs';
import { PRESETS } from '../presets.js';
import { button, clicks, h } from './dom.js';
import { openOwn } from './opening.js';
import type { Piece } from './piece.js';
import { INITIAL } from './state.js';

/** Something to begin with, and what to look at in it. */
export function createExamples(): Piece {
  const buttons = PRESETS.map((preset) => ({
    preset,
    element: button(preset.name, { class: 'pg-preset', 'aria-pressed': 'false' }),
  }));
  const about = h('p', { class: 'pg-about', hidden: true });
  const notice = h('p', { class: 'pg-notice', role: 'alert', hidden: true });
  let { opening } = INITIAL;

  return {
    element: h(
      'div',
      {},
      h(
        'div',
        { class: 'pg-presets', role: 'group', 'aria-label': 'Examples' },
        ...buttons.map(({ element }) => element),
      ),
      about,
      notice,
    ),
    changes$: merge(
      ...buttons.map(({ preset, element }) =>
        clicks(element).pipe(map(() => openOwn(preset, preset))),
      ),
    ),
    render(state) {
      notice.textContent = state.notice;
      notice.hidden = !state.notice;
      if (opening === state.opening) return;
      ({ opening } = state);
      const { example } = opening;
      about.textContent = example?.about ?? '';
      about.hidden = !example;
      for (const { preset, element } of buttons) {
        element.setAttribute('aria-pressed', String(preset === example));
        if (preset === example) element.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      }
    },
  };
}
