import { filter, fromEvent, map, merge, takeUntil, type Observable } from 'rxjs';

/** What a mouse or a finger does between pressing an element and leaving it. */
export interface Drag {
  readonly target: EventTarget | null;
  /** How far it has moved to the right since the beginning, in px. */
  readonly distance$: Observable<number>;
}

/** Each drag of an element, or of one in it. */
export const drags = (element: HTMLElement): Observable<Drag> =>
  fromEvent<PointerEvent>(element, 'pointerdown').pipe(
    filter(({ button }) => button === 0),
    map(({ target, pointerId, clientX }) => {
      if (target instanceof Element) target.setPointerCapture(pointerId);
      const listen = (name: string): Observable<PointerEvent> =>
        fromEvent<PointerEvent>(element, name).pipe(
          filter((event) => event.pointerId === pointerId),
        );
      const distance$ = listen('pointermove').pipe(
        map((moved) => moved.clientX - clientX),
        takeUntil(merge(listen('pointerup'), listen('pointercancel'))),
      );
      return { target, distance$ };
    }),
  );
