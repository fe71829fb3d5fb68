import { filter, fromEvent, map, merge, tap, type Observable } from 'rxjs';

/** The files that are dropped onto an element. Texts are left to the fields that they are dropped on. */
export const drops = (element: HTMLElement): Observable<File> =>
  merge(fromEvent<DragEvent>(element, 'dragover'), fromEvent<DragEvent>(element, 'drop')).pipe(
    filter(({ dataTransfer }) => dataTransfer?.types.includes('Files') ?? false),
    tap((event) => {
      // Otherwise the browser would open the file in place of the page.
      event.preventDefault();
    }),
    map(({ dataTransfer }) => dataTransfer?.files[0]),
    // There is none while it is only above the page.
    filter((file) => file !== undefined),
  );
