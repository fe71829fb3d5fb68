import { Component, computed, input } from '@angular/core';
import type { CallStatus, ToolCall } from 'rxjs-ollama';
import { Icon } from '../ui/icon';
import { formatValue } from './format';

/** A decision that a call waits for. */
export interface ApprovalRequest {
  approve(): void;
  deny(reason?: string): void;
}

const STATES: Readonly<Record<CallStatus, string>> = {
  waiting: 'Waiting',
  approval: 'Needs your approval',
  running: 'Running',
  done: 'Done',
  failed: 'Failed',
  denied: 'Denied',
};

/** A call of a tool: what the model asks for, what happens, and what comes of it. */
@Component({
  selector: 'app-tool-card',
  imports: [Icon],
  templateUrl: './tool-card.html',
  styleUrl: './tool-card.css',
  host: {
    role: 'group',
    tabindex: '-1',
    '[class.asks]': 'approval()',
    '[attr.aria-label]': "(approval() ? 'Approve ' : 'Tool ') + call().function.name",
  },
})
export class ToolCard {
  readonly call = input.required<ToolCall>();
  readonly status = input.required<CallStatus>();
  readonly progress = input<unknown>();
  /** What came of it, or what it failed with. */
  readonly outcome = input<unknown>();
  readonly reason = input<string>();
  readonly approval = input<ApprovalRequest>();

  protected readonly state = computed(() => STATES[this.status()]);
  protected readonly fields = computed(() =>
    Object.entries(this.call().function.arguments).map(([name, value]) => ({
      name,
      value: formatValue(value),
    })),
  );
  protected readonly text = computed(() => {
    const outcome = this.outcome();
    if (outcome === undefined) return '';
    return outcome instanceof Error ? outcome.message : formatValue(outcome);
  });
  /** How much is done, if the tool says it as `{ searched, of }`. */
  protected readonly share = computed(() => {
    const { searched, of } = Object(this.progress()) as { searched?: unknown; of?: unknown };
    return typeof searched === 'number' && typeof of === 'number' ? { searched, of } : undefined;
  });
  /** What is asked for is shown without a click. */
  protected readonly isOpen = computed(() => this.status() === 'approval');
}
