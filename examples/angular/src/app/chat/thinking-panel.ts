import { Component, computed, input, linkedSignal } from '@angular/core';
import { formatDuration } from './format';
import { Icon } from '../ui/icon';

/** What the model thinks. It is open while the model thinks, and closes when the answer starts. */
@Component({
  selector: 'app-thinking-panel',
  imports: [Icon],
  template: `
    <button
      type="button"
      [attr.aria-expanded]="isOpen()"
      [class.active]="active()"
      (click)="isOpen.set(!isOpen())"
    >
      <app-icon name="spark" />
      <span>{{ title() }}</span>
      <app-icon name="chevron" class="chevron" />
    </button>
    @if (isOpen()) {
      <div class="text">{{ text() }}</div>
    }
  `,
  styleUrl: './thinking-panel.css',
})
export class ThinkingPanel {
  readonly text = input.required<string>();
  /** Whether the model thinks now. */
  readonly active = input(false);
  readonly ms = input<number>();

  /** The reader may open and close it, until the model starts or ends thinking. */
  protected readonly isOpen = linkedSignal(() => this.active());

  protected readonly title = computed(() => {
    const ms = this.ms();
    const verb = this.active() ? 'Thinking' : 'Thought';
    if (ms === undefined) return verb;
    // Nobody wants to know milliseconds, and a number that flickers is none.
    return ms < 1000
      ? this.active()
        ? verb
        : `${verb} briefly`
      : `${verb} for ${formatDuration(ms)}`;
  });
}
