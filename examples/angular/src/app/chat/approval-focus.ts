import { ElementRef, afterRenderEffect, inject } from '@angular/core';
import type { ConversationRef } from 'rxjs-ollama/angular';

/**
 * Moves the focus to a call that needs approval, and back when all are decided. It goes to the card and
 * not to a button: a key that is pressed in that moment decides nothing.
 */
export function moveFocusToApprovals(chat: ConversationRef, fallback: () => void): void {
  const host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  let shown: string | undefined;
  let before: Element | null = null;

  afterRenderEffect(() => {
    const next = chat.approvals()[0]?.call.id;
    if (next === shown) return;
    if (shown === undefined) before = document.activeElement;
    shown = next;
    if (next !== undefined) host.querySelector<HTMLElement>('app-tool-card.asks')?.focus();
    else if (before instanceof HTMLElement && before.isConnected && before !== document.body)
      before.focus();
    else fallback();
  });
}
