import { LiveAnnouncer } from '@angular/cdk/a11y';
import { effect, inject, untracked } from '@angular/core';
import type { ConversationRef } from 'rxjs-ollama/angular';
import { describeEnding, type Advice } from './advice';

/**
 * Says to a screen reader what others see: that the model thinks, that the answer is complete, an error,
 * a call that needs approval. It never reads the tokens as they arrive.
 */
export function announceChanges(chat: ConversationRef, advice: () => Advice | undefined): void {
  const announcer = inject(LiveAnnouncer);
  const announce = (text: string, how: 'polite' | 'assertive' = 'polite') =>
    void announcer.announce(text, how);
  let wasBusy = false;

  effect(() => {
    const [status, isBusy] = [chat.status(), chat.isBusy()];
    if (status === 'thinking') announce('Thinking');
    if (wasBusy && status === 'idle') {
      announce(describeEnding(untracked(chat.ending)) ?? 'Answer complete');
    }
    wasBusy = isBusy;
  });
  effect(() => {
    const problem = advice();
    if (problem) announce(`${problem.title}. ${problem.text}`, 'assertive');
  });
  effect(() => {
    const [approval] = chat.approvals();
    if (approval) announce(`${approval.call.function.name} needs your approval`, 'assertive');
  });
}
