import { Component, computed, input } from '@angular/core';
import type { Throughput } from 'rxjs-ollama';
import { formatCount, formatDuration, formatRate } from './format';
import { Sparkline } from './sparkline';

/** How fast an answer arrives; in the end the exact figures of the server. */
@Component({
  selector: 'app-figures',
  imports: [Sparkline],
  template: `
    @let figures = metrics();
    @for (part of parts(); track $index) {
      <span>{{ part }}</span>
    }
    @if (live() && figures.tokensPerSecond !== undefined) {
      <app-sparkline [value]="figures.tokensPerSecond" [at]="figures.totalMs" />
    }
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 0.15rem 0.7rem;
      color: var(--soft);
      font-size: 0.78rem;
      font-variant-numeric: tabular-nums;
    }
    @media (width < 480px) {
      span:nth-of-type(n + 3) {
        display: none;
      }
    }
  `,
  host: { '[title]': 'details()' },
})
export class Figures {
  readonly metrics = input.required<Throughput>();
  readonly live = input(false);
  /** How many tokens fit into the model's context. */
  readonly contextLength = input<number>();

  protected readonly parts = computed(() => {
    const { tokensPerSecond, exact, tokens, firstAnswerMs, totalMs, promptTokens } = this.metrics();
    const context = this.contextLength();
    const about = exact ? '' : '≈ ';
    const rate =
      tokensPerSecond === undefined ? [] : [`${about}${formatRate(tokensPerSecond)} tokens/s`];
    if (this.live()) return rate;
    const used = promptTokens === undefined ? undefined : promptTokens + tokens;
    return [
      ...rate,
      `${formatCount(tokens)} ${tokens === 1 ? 'token' : 'tokens'}`,
      ...(firstAnswerMs === undefined ? [] : [`first word after ${formatDuration(firstAnswerMs)}`]),
      `${formatDuration(totalMs)} in all`,
      ...(used && context ? [`${String(Math.ceil((100 * used) / context))} % of the context`] : []),
    ];
  });

  /** What only some readers want to know. */
  protected readonly details = computed(() => {
    const { loadMs, promptTokens, promptMs, generationMs } = this.metrics();
    return [
      loadMs !== undefined && `Loading the model: ${formatDuration(loadMs)}`,
      promptTokens !== undefined && `Question: ${formatCount(promptTokens)} tokens`,
      promptMs !== undefined && `Reading it: ${formatDuration(promptMs)}`,
      generationMs !== undefined && `Writing: ${formatDuration(generationMs)}`,
    ]
      .filter(Boolean)
      .join('\n');
  });
}
