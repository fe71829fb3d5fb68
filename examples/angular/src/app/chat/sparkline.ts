import { Component, computed, effect, input, signal, untracked } from '@angular/core';

const LONGEST = 48;

/** The latest speeds as a line. */
@Component({
  selector: 'app-sparkline',
  template: `
    <svg viewBox="0 0 48 14" preserveAspectRatio="none" aria-hidden="true">
      <polyline [attr.points]="points()" />
    </svg>
  `,
  styles: `
    svg {
      display: block;
      width: 4rem;
      height: 0.9rem;
      overflow: visible;
    }
    polyline {
      fill: none;
      stroke: var(--accent-text);
      stroke-width: 1.5;
      stroke-linejoin: round;
      vector-effect: non-scaling-stroke;
    }
  `,
})
export class Sparkline {
  /** The current speed, and when it was measured. */
  readonly value = input.required<number>();
  readonly at = input.required<number>();

  readonly #samples = signal<readonly number[]>([]);
  #last = -Infinity;

  protected readonly points = computed(() => toPoints(this.#samples()));

  constructor() {
    effect(() => {
      const at = this.at();
      // Five samples per second are enough for an eye.
      if (at - this.#last < 200) return;
      this.#last = at;
      const value = untracked(this.value);
      this.#samples.update((samples) => [...samples.slice(1 - LONGEST), value]);
    });
  }
}

/** Points in a field of 48 by 14, from the right to the left. */
export function toPoints(samples: readonly number[]): string {
  const most = Math.max(...samples, 1e-9);
  const first = LONGEST - samples.length;
  return samples
    .map((sample, i) => `${String(first + i)},${(13 - (12 * sample) / most).toFixed(1)}`)
    .join(' ');
}
