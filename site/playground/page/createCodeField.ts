import {
  EMPTY,
  Observable,
  catchError,
  defer,
  exhaustMap,
  filter,
  fromEvent,
  map,
  merge,
  switchMap,
  take,
  tap,
} from 'rxjs';
import { h } from './dom.js';
import type { CreateEditor, Editor, Parts } from './parts.js';

/** A field for code. An editor takes its place as soon as it has the focus. */
export function createCodeField({ loadEditor }: Parts) {
  const text = h('textarea', {
    ...{ class: 'pg-text', id: 'pg-code', rows: 4, spellcheck: 'false', autocapitalize: 'off' },
  });
  const element = h('div', { class: 'pg-code' }, text);
  let editor: Editor | undefined;
  /** What the field has, so that it is not typed what the page has set. */
  let shown = '';

  const fromEditor = (create: CreateEditor): Observable<string> =>
    new Observable((subscriber) => {
      const hadFocus = document.activeElement === text;
      const made = create(element, text.value, text.selectionStart, () => {
        subscriber.next(made.getText());
      });
      editor = made;
      text.hidden = true;
      if (hadFocus) made.focus();
      return () => {
        made.destroy();
      };
    });

  const typed$ = merge(
    fromEvent(text, 'input').pipe(map(() => text.value)),
    fromEvent(text, 'focus').pipe(
      // If it can't be loaded, the text remains, and the next focus tries again.
      exhaustMap(() => defer(loadEditor).pipe(catchError(() => EMPTY))),
      take(1),
      switchMap(({ createEditor }) => fromEditor(createEditor)),
    ),
  );

  return {
    element,
    typed$: typed$.pipe(
      filter((code) => code !== shown),
      tap((code) => (shown = code)),
    ),
    setText(code: string): void {
      if (code === shown) return;
      shown = code;
      text.value = code;
      text.rows = Math.min(12, Math.max(3, code.split('\n').length));
      editor?.setText(code);
    },
  };
}
