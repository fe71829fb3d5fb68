import { map, merge } from 'rxjs';
import { run } from './changes.js';
import { createCodeField } from './createCodeField.js';
import { button, clicks, h } from './dom.js';
import type { Parts } from './parts.js';
import type { Piece } from './piece.js';
import { typing } from './typing.js';

/** The code of the pipeline, and what was wrong with it. */
export function createCode(parts: Parts): Piece {
  const field = createCodeField(parts);
  const runButton = button('Run', { class: 'pg-run', title: 'Ctrl + Enter' });
  const error = h('p', { class: 'pg-error', role: 'status', 'aria-live': 'polite' });

  return {
    element: h(
      'section',
      { class: 'pg-card pg-top', 'aria-label': 'Code' },
      h('div', { class: 'pg-head' }, h('label', { for: 'pg-code' }, 'Pipeline'), runButton),
      field.element,
      error,
    ),
    changes$: merge(
      clicks(runButton).pipe(map(() => run)),
      field.typed$.pipe(
        map((code) => ({ code })),
        typing(),
      ),
    ),
    render({ script, codeError }) {
      field.setText(script.code);
      if (error.textContent !== codeError) error.textContent = codeError;
    },
  };
}
