import { filter, fromEvent, map, merge, switchMap, type Observable } from 'rxjs';
import type { Script } from '../script.js';
import { edit } from './changes.js';
import { h } from './dom.js';
import { openRecording } from './openRecording.js';
import type { Piece } from './piece.js';
import { typing } from './typing.js';

const FRAMES = [1, 5, 10, 20, 50, 100];
const option = (ms: number) => h('option', { value: ms }, `${String(ms)} ms`);

const field = (id: string, rows: number) =>
  h('textarea', { ...{ class: 'pg-text', id, rows, spellcheck: 'false', autocapitalize: 'off' } });

/** Writing the text that is there would move the cursor. */
const write = (target: HTMLTextAreaElement, text: string): void => {
  if (target.value !== text) target.value = text;
};

/** What the inputs emit: as marbles, or as a recording. */
export function createInput(): Piece {
  const marbles = field('pg-marbles', 2);
  const letters = field('pg-letters', 5);
  const frame = h('select', { id: 'pg-frame' }, ...FRAMES.map(option));
  const error = h('p', { class: 'pg-error', role: 'status', 'aria-live': 'polite' });
  const file = h('input', {
    type: 'file',
    id: 'pg-file',
    accept: '.ndjson,.jsonl,.txt,application/x-ndjson',
  });

  const typed$: Observable<Partial<Script>> = merge(
    fromEvent(marbles, 'input').pipe(map(() => ({ marbles: marbles.value }))),
    fromEvent(letters, 'input').pipe(map(() => ({ letters: letters.value }))),
  );

  return {
    element: h(
      'section',
      { class: 'pg-card', 'aria-label': 'Input' },
      h(
        'div',
        { class: 'pg-head' },
        h('label', { for: 'pg-marbles' }, 'Chunks as marbles'),
        h('span', { class: 'pg-frame' }, h('label', { for: 'pg-frame' }, 'a character is'), frame),
      ),
      marbles,
      h('label', { for: 'pg-letters' }, 'What the letters are'),
      letters,
      error,
      h(
        'p',
        { class: 'pg-drop' },
        h('label', { for: 'pg-file' }, 'Or a recording of recordChat: choose or drop a file'),
        file,
      ),
    ),
    changes$: merge(
      typed$.pipe(typing()),
      fromEvent(frame, 'change').pipe(map(() => edit({ frame: Number(frame.value) }))),
      fromEvent(file, 'change').pipe(
        map(() => file.files?.[0]),
        filter((chosen) => chosen !== undefined),
        switchMap(openRecording),
      ),
    ),
    render({ script, inputError }) {
      write(marbles, script.marbles);
      write(letters, script.letters);
      marbles.rows = Math.min(6, Math.max(2, script.marbles.split('\n').length));
      frame.value = String(script.frame);
      if (!frame.value) {
        frame.append(option(script.frame));
        frame.value = String(script.frame);
      }
      if (error.textContent !== inputError) error.textContent = inputError;
    },
  };
}
