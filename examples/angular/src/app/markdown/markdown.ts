import { Component, computed, input } from '@angular/core';
import { createBlockReader } from './blocks';
import { CodeBlockView } from './code-block';

/** Shows Markdown that grows. Only the blocks that have changed are rendered. */
@Component({
  selector: 'app-markdown',
  imports: [CodeBlockView],
  template: `
    @for (block of blocks(); track block.id) {
      @if (block.kind === 'code') {
        <app-code-block [code]="block.code" [language]="block.language" [closed]="block.closed" />
      } @else {
        <div [innerHTML]="block.html"></div>
      }
    }
  `,
  host: { class: 'markdown', '(click)': 'onClick($event)' },
})
export class MarkdownView {
  readonly text = input.required<string>();
  readonly done = input(true);

  readonly #read = createBlockReader();
  protected readonly blocks = computed(() => this.#read(this.text(), this.done()));

  /** Loads an image that the reader asks for. */
  protected onClick(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest('a.image') : null;
    if (!(link instanceof HTMLAnchorElement)) return;
    event.preventDefault();
    const image = new Image();
    image.referrerPolicy = 'no-referrer';
    image.alt = link.textContent;
    image.src = link.href;
    link.replaceWith(image);
  }
}
