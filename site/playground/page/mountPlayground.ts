import { BehaviorSubject, audit, filter, merge, observeOn, queueScheduler, switchMap } from 'rxjs';
import { THEMES } from '../../../spec/support/diagram/style.js';
import { createSandbox } from '../createSandbox.js';
import { createActions } from './createActions.js';
import { createCode } from './createCode.js';
import { createExamples } from './createExamples.js';
import { createInput } from './createInput.js';
import { createPicture } from './createPicture.js';
import { createScreen } from './createScreen.js';
import { createTimeBar } from './createTimeBar.js';
import { createWords } from './createWords.js';
import { h } from './dom.js';
import { drops } from './drops.js';
import { nextFrame } from './nextFrame.js';
import { opening } from './opening.js';
import { openRecording } from './openRecording.js';
import type { Parts } from './parts.js';
import { playing } from './playing.js';
import { running } from './running.js';
import { shortcuts } from './shortcuts.js';
import { INITIAL } from './state.js';

/**
 * Builds the playground. All that happens is a change of one state, and the pieces of the page show that state. Returns
 * what ends it.
 */
export function mountPlayground(root: HTMLElement, parts: Parts): () => void {
  const state$ = new BehaviorSubject(INITIAL);
  const sandbox = createSandbox(parts.loadWorker);

  const examples = createExamples();
  const code = createCode(parts);
  const picture = createPicture(state$);
  const timeBar = createTimeBar();
  const screen = createScreen();
  const input = createInput();
  const actions = createActions(state$, sandbox, picture.toFile);
  const words = createWords();
  const pieces = [examples, code, picture, timeBar, screen, input, actions, words];

  const colors = h('style', {}, `.pg-svg{${THEMES.light}}html.dark .pg-svg{${THEMES.dark}}`);
  root.classList.add('pg');
  root.replaceChildren(
    ...[colors, examples.element, code.element],
    h('section', { class: 'pg-card', 'aria-label': 'Picture' }, picture.element, timeBar.element),
    h('div', { class: 'pg-columns' }, screen.element, input.element),
    ...[actions.element, words.element],
  );

  const changes$ = merge(
    ...pieces.map((piece) => piece.changes$),
    shortcuts(root),
    drops(root).pipe(switchMap(openRecording)),
    opening(parts),
    running(state$, sandbox),
    playing(state$),
  );
  const frames$ = state$.pipe(
    // Until something is opened there is nothing to show.
    filter((state) => state !== INITIAL),
    audit(nextFrame),
  );

  const mounted = changes$
    // What follows from a change is the change after it, and not one in the middle of it.
    .pipe(observeOn(queueScheduler))
    .subscribe({
      next: (change) => {
        state$.next(change(state$.value));
      },
      error: reportError,
    });
  mounted.add(
    frames$.subscribe({
      next: (state) => {
        for (const piece of pieces) piece.render(state);
      },
      error: reportError,
    }),
  );
  mounted.add(() => {
    sandbox.close();
    root.replaceChildren();
  });
  return () => {
    mounted.unsubscribe();
  };
}
