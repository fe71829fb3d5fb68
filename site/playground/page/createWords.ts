import { EMPTY } from 'rxjs';
import type { Mark } from '../report.js';
import type { Model } from '../view/model.js';
import { h } from './dom.js';
import type { Piece } from './piece.js';
import { INITIAL } from './state.js';

const MAX_MARKS = 60;

const toWords = ({ at, kind, lines }: Mark): string =>
  `${String(at)} ms: ${kind} ${lines.join(' ')}`.trim();

function toItems({ inputs, stages }: Model): HTMLElement[] {
  const rows = [
    ...inputs.map(({ label, marks }) => ({ name: label, marks })),
    ...stages.map(({ call, label, marks }) => ({ name: call ?? label, marks })),
  ];
  return rows.map(({ name, marks }) => {
    const words = marks
      .filter(({ isGhost }) => !isGhost)
      .slice(0, MAX_MARKS)
      .map(toWords);
    return h('li', {}, h('strong', {}, name), ` ${words.join('; ') || 'nothing'}.`);
  });
}

/** The picture for readers who can't see it. */
export function createWords(): Piece {
  const list = h('ul');
  let { model } = INITIAL;
  return {
    element: h(
      'details',
      { class: 'pg-details' },
      h('summary', {}, 'The picture in words'),
      h('div', { class: 'pg-words' }, list),
    ),
    changes$: EMPTY,
    render(state) {
      if (model === state.model) return;
      ({ model } = state);
      list.replaceChildren(...toItems(model));
    },
  };
}
