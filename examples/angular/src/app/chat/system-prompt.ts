import { Component, ElementRef, input, output, viewChild } from '@angular/core';
import { Icon } from '../ui/icon';

/** What the model is told before each question. */
@Component({
  selector: 'app-system-prompt',
  imports: [Icon],
  template: `
    <button
      type="button"
      class="button quiet"
      aria-label="Instructions"
      [class.on]="text()"
      (click)="open()"
    >
      <app-icon name="settings" /> <span>Instructions</span>
    </button>
    <dialog #dialog aria-labelledby="system-title" (close)="textChange.emit(box.value.trim())">
      <form method="dialog">
        <h2 id="system-title">Instructions</h2>
        <p>The model reads them before each question of this conversation.</p>
        <textarea
          #box
          rows="7"
          aria-labelledby="system-title"
          placeholder="Answer briefly. Write code in TypeScript."
          [value]="text()"
        ></textarea>
        <div class="actions">
          <button class="button primary">Done</button>
        </div>
      </form>
    </dialog>
  `,
  styles: `
    .on {
      color: var(--accent-text);
    }
    @media (width < 420px) {
      .button.quiet span {
        display: none;
      }
    }
  `,
})
export class SystemPrompt {
  readonly text = input.required<string>();
  readonly textChange = output<string>();

  protected readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');

  protected open(): void {
    this.dialog().nativeElement.showModal();
  }
}
