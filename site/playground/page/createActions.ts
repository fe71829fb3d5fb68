import {
  EMPTY,
  catchError,
  concatMap,
  defer,
  exhaustMap,
  ignoreElements,
  map,
  merge,
  of,
  tap,
  withLatestFrom,
  type Observable,
} from 'rxjs';
import type { Sandbox } from '../createSandbox.js';
import { say } from './changes.js';
import { button, clicks, h } from './dom.js';
import { messageOf } from './messageOf.js';
import type { Piece } from './piece.js';
import { SILENCE, type Change, type Said, type State } from './state.js';

/** Without the permission to copy, the user copies it. */
const copy = (text: string, words: string): Observable<Said> =>
  defer(() => navigator.clipboard.writeText(text)).pipe(
    map(() => ({ words })),
    catchError(() => of({ words: 'Copy this:', toCopy: text })),
  );

const copyLink = ({ script }: State): Observable<Said> =>
  defer(() => import('../link.js')).pipe(
    concatMap(({ toHash }) => toHash(script)),
    tap((hash) => {
      history.replaceState(history.state, '', hash);
    }),
    concatMap(() => copy(location.href, 'The link is copied. It has the code and the chunks.')),
  );

const copySpec = ({ script, isTrusted }: State, sandbox: Sandbox): Observable<Said> =>
  isTrusted
    ? defer(() => sandbox.ask('spec', script)).pipe(
        concatMap((reply) => {
          if (reply.kind === 'error') return of({ words: reply.message });
          return reply.kind === 'spec'
            ? copy(reply.text, 'The spec is copied. It runs under jest.')
            : EMPTY;
        }),
      )
    : of({ words: 'Press Run first: the spec expects what the code emits.' });

function save(file: Blob): void {
  const url = URL.createObjectURL(file);
  h('a', { href: url, download: 'pipeline.svg' }).click();
  URL.revokeObjectURL(url);
}

/** What leaves the page: a link, a spec, a picture. */
export function createActions(
  state$: Observable<State>,
  sandbox: Sandbox,
  toFile: () => Blob | undefined,
): Piece {
  const link = button('Copy link');
  const spec = button('Copy as spec');
  const picture = button('Save picture');
  const status = h('p', { class: 'pg-said', role: 'status', 'aria-live': 'polite' });
  let said = SILENCE;

  /** What comes of a click, in words. */
  const sayAfter = (
    element: HTMLElement,
    act: (state: State) => Observable<Said>,
  ): Observable<Change> =>
    clicks(element).pipe(
      withLatestFrom(state$),
      exhaustMap(([, state]) =>
        act(state).pipe(catchError((error: unknown) => of({ words: messageOf(error) }))),
      ),
      map(say),
    );

  return {
    element: h('div', { class: 'pg-actions' }, link, spec, picture, status),
    changes$: merge(
      sayAfter(link, copyLink),
      sayAfter(spec, (state) => copySpec(state, sandbox)),
      clicks(picture).pipe(
        tap(() => {
          const file = toFile();
          if (file) save(file);
        }),
        ignoreElements(),
      ),
    ),
    render(state) {
      if (said === state.said) return;
      ({ said } = state);
      const { words, toCopy } = said;
      status.textContent = words;
      if (toCopy === undefined) return;
      const box = h('textarea', { class: 'pg-text', rows: 6, readonly: true, 'aria-label': words });
      box.value = toCopy;
      status.append(box);
      box.select();
    },
  };
}
