import {
  Component,
  DestroyRef,
  ElementRef,
  afterNextRender,
  computed,
  inject,
  input,
  linkedSignal,
  output,
  signal,
  viewChild,
} from '@angular/core';
import type { ModelProgress } from 'rxjs-ollama';
import { injectOllama } from 'rxjs-ollama/angular';
import { Subscription } from 'rxjs';
import { formatBytes, formatDuration } from '../chat/format';

/** Pulls a model, and shows how far it is. Closing the dialog stops the download. */
@Component({
  selector: 'app-pull-model',
  templateUrl: './pull-model.html',
  styleUrl: './pull-model.css',
})
export class PullModel {
  readonly name = input('');
  readonly pulled = output<string>();
  readonly closed = output();

  readonly #ollama = injectOllama();
  protected readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');
  #pull = Subscription.EMPTY;

  protected readonly model = linkedSignal(() => this.name());
  protected readonly progress = signal<ModelProgress | undefined>(undefined);
  protected readonly isPulling = signal(false);
  protected readonly error = signal<string | undefined>(undefined);
  protected readonly percent = computed(() => Math.floor(100 * (this.progress()?.ratio ?? 0)));
  protected readonly amount = computed(() => {
    const { completed = 0, total = 0, bytesPerSecond } = this.progress() ?? {};
    if (!total) return '';
    const rest = bytesPerSecond ? (1000 * (total - completed)) / bytesPerSecond : 0;
    return [
      `${formatBytes(completed)} of ${formatBytes(total)}`,
      ...(bytesPerSecond ? [`${formatBytes(bytesPerSecond)}/s`] : []),
      ...(rest > 1000 ? [`${formatDuration(rest)} left`] : []),
    ].join(' · ');
  });

  constructor() {
    afterNextRender(() => {
      this.dialog().nativeElement.showModal();
    });
    inject(DestroyRef).onDestroy(() => {
      this.#pull.unsubscribe();
    });
  }

  protected start(): void {
    const model = this.model().trim();
    if (!model) return;
    this.error.set(undefined);
    this.progress.set(undefined);
    this.isPulling.set(true);
    this.#pull = this.#ollama.pull({ model }).subscribe({
      next: (progress) => {
        this.progress.set(progress);
      },
      error: (error: unknown) => {
        this.isPulling.set(false);
        this.error.set(error instanceof Error ? error.message : String(error));
      },
      complete: () => {
        this.pulled.emit(model);
      },
    });
  }
}
