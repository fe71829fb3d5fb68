import { DestroyRef, Directive, ElementRef, inject, signal } from '@angular/core';

/** As close to the end as counts for being there, in pixels. */
const NEAR = 48;

/**
 * Keeps the end of a growing list in view, if the reader was there. A reader who has scrolled up is left
 * alone.
 */
@Directive({
  selector: '[appFollowEnd]',
  exportAs: 'appFollowEnd',
  host: { '(scroll)': 'onScroll()' },
})
export class FollowEnd {
  readonly isAtEnd = signal(true);

  readonly #scroller = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  #top = 0;

  constructor() {
    // It is called after the layout and before the picture: nothing is measured twice, nothing flickers.
    const observer = new ResizeObserver(() => {
      if (this.isAtEnd()) this.#scrollToEnd();
    });
    observer.observe(this.#scroller);
    const content = new MutationObserver(() => {
      for (const child of this.#scroller.children) observer.observe(child);
    });
    content.observe(this.#scroller, { childList: true });
    for (const child of this.#scroller.children) observer.observe(child);
    inject(DestroyRef).onDestroy(() => {
      observer.disconnect();
      content.disconnect();
    });
  }

  /** Shows the end, and stays there. */
  follow(): void {
    this.isAtEnd.set(true);
    this.#scrollToEnd();
  }

  protected onScroll(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    if (scrollHeight - scrollTop - clientHeight < NEAR) this.isAtEnd.set(true);
    // Growth alone moves nothing: only a reader scrolls up.
    else if (scrollTop < this.#top) this.isAtEnd.set(false);
    this.#top = scrollTop;
  }

  #scrollToEnd(): void {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }
}
