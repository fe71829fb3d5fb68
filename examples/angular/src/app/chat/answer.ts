import { Clipboard } from '@angular/cdk/clipboard';
import { Component, computed, inject, input, output, signal } from '@angular/core';
import type { CallActivity, ConversationMessage } from 'rxjs-ollama';
import { MarkdownView } from '../markdown/markdown';
import { Icon } from '../ui/icon';
import { describeEnding } from './advice';
import { Figures } from './figures';
import { ThinkingPanel } from './thinking-panel';
import { ToolCard, type ApprovalRequest } from './tool-card';

/** A message of the model: what it thinks, what it says, what it calls, and how fast it was. */
@Component({
  selector: 'app-answer',
  imports: [Figures, Icon, MarkdownView, ThinkingPanel, ToolCard],
  templateUrl: './answer.html',
  styleUrl: './answer.css',
})
export class Answer {
  readonly entry = input.required<ConversationMessage>();
  /** Its calls, if they belong to the current turn. */
  readonly calls = input<readonly CallActivity[]>([]);
  readonly approvals = input<ReadonlyMap<string, ApprovalRequest>>(new Map());
  /** Whether it can be asked for again. */
  readonly isLast = input(false);
  readonly contextLength = input<number>();
  readonly regenerate = output();

  protected readonly copied = signal(false);
  readonly #clipboard = inject(Clipboard);

  protected readonly message = computed(() => this.entry().message);
  protected readonly isThinking = computed(
    () => this.entry().streaming && !this.message().content && !this.message().tool_calls?.length,
  );
  protected readonly notice = computed(() => describeEnding(this.entry().ending));
  /** A message that calls tools is a part of an answer, and needs no buttons. */
  protected readonly isComplete = computed(
    () => !this.entry().streaming && !this.message().tool_calls?.length,
  );

  protected copy(): void {
    this.copied.set(this.#clipboard.copy(this.message().content));
  }

  protected outcomeOf({ status, result, error, reason }: CallActivity): unknown {
    return status === 'failed' ? error : status === 'denied' ? reason : result;
  }
}
