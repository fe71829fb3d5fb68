import { Component, signal } from '@angular/core';
import { chatResource } from 'rxjs-ollama/angular';

@Component({
  selector: 'app-answer',
  template: `
    <input #box (change)="question.set(box.value)" />
    @switch (chat.phase()) {
      @case ('waiting') {
        <p>Waiting …</p>
      }
      @case ('thinking') {
        <p>Thinking …</p>
      }
    }
    <output>{{ chat.answer() }}</output>
    @if (chat.isLoading() || chat.isStreaming()) {
      <button (click)="chat.stop()">Stop</button>
    }
    @if (chat.error(); as error) {
      <p role="alert">{{ error.message }}</p>
      <button (click)="chat.reload()">Try again</button>
    }
  `,
})
export class Answer {
  readonly question = signal('');
  readonly chat = chatResource({
    request: () =>
      this.question() ? { messages: [{ role: 'user', content: this.question() }] } : undefined,
  });
}
