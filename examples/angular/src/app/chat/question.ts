import { CdkTextareaAutosize } from '@angular/cdk/text-field';
import {
  Component,
  ElementRef,
  Injector,
  afterNextRender,
  afterRenderEffect,
  computed,
  inject,
  input,
  output,
  signal,
  viewChild,
} from '@angular/core';
import type { ConversationMessage } from 'rxjs-ollama';
import { Icon } from '../ui/icon';
import { ImageSource } from './image-source';

/** A message of the user, which can be edited and sent again. */
@Component({
  selector: 'app-question',
  imports: [CdkTextareaAutosize, Icon, ImageSource],
  templateUrl: './question.html',
  styleUrl: './question.css',
})
export class Question {
  readonly entry = input.required<ConversationMessage>();
  /** Whether it waits for its turn. */
  readonly queued = input(false);
  readonly edited = output<string>();

  protected readonly isEditing = signal(false);
  protected readonly images = computed(() => this.entry().message.images ?? []);
  protected readonly box = viewChild<ElementRef<HTMLTextAreaElement>>('box');
  protected readonly pencil = viewChild<ElementRef<HTMLButtonElement>>('pencil');
  readonly #injector = inject(Injector);

  constructor() {
    afterRenderEffect(() => this.box()?.nativeElement.focus());
  }

  protected save(text: string): void {
    if (!text.trim()) return;
    this.isEditing.set(false);
    this.edited.emit(text.trim());
  }

  protected cancel(event: Event): void {
    // The same key stops an answer.
    event.stopPropagation();
    this.isEditing.set(false);
    afterNextRender(() => this.pencil()?.nativeElement.focus(), { injector: this.#injector });
  }

  protected onEnter(event: Event, text: string): void {
    if (!(event instanceof KeyboardEvent) || event.isComposing || event.shiftKey) return;
    event.preventDefault();
    this.save(text);
  }
}
