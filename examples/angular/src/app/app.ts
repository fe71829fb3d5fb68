import { A11yModule } from '@angular/cdk/a11y';
import { Component, computed, inject, signal } from '@angular/core';
import { Chat } from './chat/chat';
import { FormPage } from './form/form-page';
import { Library } from './library/library';
import { Place } from './library/place';
import { Sidebar } from './library/sidebar';

/** The list of conversations, and the one that is open. */
@Component({
  selector: 'app-root',
  imports: [A11yModule, Chat, FormPage, Sidebar],
  templateUrl: './app.html',
  styleUrl: './app.css',
  host: { '(document:keydown.escape)': 'isMenuOpen.set(false)' },
})
export class App {
  protected readonly library = inject(Library);
  protected readonly place = inject(Place);
  /** On a narrow screen the list lies over the conversation. */
  protected readonly isMenuOpen = signal(false);

  /**
   * A list of at most one: `@for` makes another chat for another conversation. The chat before it is
   * destroyed, which stops its model.
   */
  protected readonly open = computed(() => {
    const id = this.place.conversation();
    return this.library.isReady() && id ? [id] : [];
  });
}
