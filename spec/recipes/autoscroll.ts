import { tap, type MonoTypeOperatorFunction } from 'rxjs';

type Scrollable = Pick<Element, 'scrollTop' | 'scrollHeight' | 'clientHeight'>;

/** How far from the end, in pixels, a reader still follows the text. */
const NEAR = 40;

/** Renders each value, and keeps the end in view unless the reader has scrolled up. */
export function renderAndFollow<T>(
  element: Scrollable,
  render: (value: T) => void,
): MonoTypeOperatorFunction<T> {
  return tap((value) => {
    const follows = element.scrollHeight - element.scrollTop - element.clientHeight <= NEAR;
    render(value);
    if (follows) element.scrollTop = element.scrollHeight;
  });
}
