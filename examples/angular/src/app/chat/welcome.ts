import { Component, computed, input, output } from '@angular/core';
import type { Abilities } from '../models/models';

/** What an empty conversation offers. */
@Component({
  selector: 'app-welcome',
  template: `
    <h1>What would you like to know?</h1>
    <ul>
      @for (question of questions(); track question) {
        <li>
          <button type="button" (click)="picked.emit(question)">{{ question }}</button>
        </li>
      }
    </ul>
  `,
  styleUrl: './welcome.css',
})
export class Welcome {
  readonly abilities = input.required<Abilities>();
  readonly picked = output<string>();

  protected readonly questions = computed(() => [
    'Show me what you can format',
    ...(this.abilities().tools
      ? ['What time is it in Tokyo, and have we talked about streams?']
      : ['Explain streams to me']),
    'Let an answer break off in the middle',
  ]);
}
