import { Component } from '@angular/core';
import type { ConversationStore } from 'rxjs-ollama';
import { injectConversation } from 'rxjs-ollama/angular';

/** There is no localStorage on a server: it must not be asked there. */
const store: ConversationStore = {
  load: () => JSON.parse(localStorage.getItem('chat') ?? '[]'),
  save: (messages) => {
    localStorage.setItem('chat', JSON.stringify(messages));
  },
};

@Component({
  selector: 'app-conversation',
  template: `
    @for (entry of chat.messages(); track entry.id) {
      <p class="message">{{ entry.message.content }}</p>
    }
    <p id="status">{{ chat.status() }}</p>
    <button (click)="chat.send('Tell me a story.')">Send</button>
  `,
})
export class Conversation {
  readonly chat = injectConversation({ store });
}
