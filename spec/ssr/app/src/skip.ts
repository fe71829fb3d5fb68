import { Component } from '@angular/core';
import { chatResource } from 'rxjs-ollama/angular';

@Component({
  selector: 'app-skip',
  template: `
    <p id="phase">{{ chat.phase() }}</p>
    <p id="answer">{{ chat.answer() }}</p>
    @if (chat.isLoading() || chat.isStreaming()) {
      <button (click)="chat.stop()">Stop</button>
    }
    @if (chat.error(); as error) {
      <p id="error">{{ error.name }}</p>
    }
  `,
})
export class Skip {
  readonly chat = chatResource({
    request: () => ({ messages: [{ role: 'user', content: 'Tell me a story.' }] }),
  });
}
