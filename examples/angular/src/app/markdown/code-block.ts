import { Clipboard } from '@angular/cdk/clipboard';
import { Component, effect, inject, input, linkedSignal, signal } from '@angular/core';

/** A block of code. It gets its colors once, when it is complete. */
@Component({
  selector: 'app-code-block',
  templateUrl: './code-block.html',
  styleUrl: './code-block.css',
})
export class CodeBlockView {
  readonly code = input.required<string>();
  readonly language = input('');
  readonly closed = input(true);

  protected readonly html = signal<string | undefined>(undefined);
  protected readonly copied = linkedSignal({ source: this.code, computation: () => false });
  readonly #clipboard = inject(Clipboard);

  constructor() {
    effect(() => {
      const [code, language] = [this.code(), this.language()];
      this.html.set(undefined);
      if (this.closed() && language) void this.#highlight(code, language);
    });
  }

  protected copy(): void {
    this.copied.set(this.#clipboard.copy(this.code()));
  }

  /** The highlighter is loaded with the first block that needs it. */
  async #highlight(code: string, language: string): Promise<void> {
    const { highlight } = await import('./highlight');
    if (code === this.code()) this.html.set(highlight(code, language));
  }
}
