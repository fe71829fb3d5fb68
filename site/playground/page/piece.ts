import type { Observable } from 'rxjs';
import type { Change, State } from './state.js';

/** A piece of the page: what it shows of the state, and what the user does with it. */
export interface Piece {
  readonly element: HTMLElement;
  readonly changes$: Observable<Change>;
  /** Is called once per animation frame at most. */
  render(state: State): void;
}
