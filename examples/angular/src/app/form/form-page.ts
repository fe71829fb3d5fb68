import { Clipboard } from '@angular/cdk/clipboard';
import { LiveAnnouncer } from '@angular/cdk/a11y';
import { Component, computed, effect, inject, output, signal } from '@angular/core';
import { partialJson, type DeepPartial } from 'rxjs-ollama';
import { chatResource } from 'rxjs-ollama/angular';
import { connect, ignoreElements, merge, tap } from 'rxjs';
import { adviseOn } from '../chat/advice';
import { readLastSettings } from '../library/settings';
import { ModelPicker } from '../models/model-picker';
import { Models } from '../models/models';
import { Icon } from '../ui/icon';
import { PACES, SAMPLE_NOTE, TRIP_SCHEMA, type Trip } from './trip';

/** Structured output: a form fills in while the model writes its JSON. */
@Component({
  selector: 'app-form-page',
  imports: [Icon, ModelPicker],
  templateUrl: './form-page.html',
  styleUrl: './form-page.css',
})
export class FormPage {
  readonly menu = output();

  readonly #clipboard = inject(Clipboard);
  protected readonly models = inject(Models);
  readonly #chosen = signal(readLastSettings().model);
  protected readonly model = computed(() => this.#chosen() || this.models.list()[0]?.name || '');

  protected readonly note = signal(SAMPLE_NOTE);
  protected readonly paces = PACES;
  /** What has been asked; nothing before the first time. */
  readonly #asked = signal<{ note: string; model: string } | undefined>(undefined);
  /** As much of the answer as has arrived, and what the reader changes in it. */
  protected readonly trip = signal<DeepPartial<Trip>>({});
  protected readonly copied = signal(false);

  protected readonly answer = chatResource({
    request: () => {
      const asked = this.#asked();
      return (
        asked && {
          model: asked.model,
          think: false,
          format: TRIP_SCHEMA,
          messages: [
            { role: 'system', content: 'Read the note, and give what it says of a trip as JSON.' },
            { role: 'user', content: asked.note },
          ],
        }
      );
    },
    // The chunks go on as they are; the form gets the JSON that they are so far.
    operators: (chunk$) =>
      chunk$.pipe(
        connect((shared$) =>
          merge(
            shared$,
            shared$.pipe(
              partialJson<Trip>(),
              tap(({ value }) => {
                this.trip.set(value);
              }),
              ignoreElements(),
            ),
          ),
        ),
      ),
  });

  protected readonly advice = computed(() => {
    const error = this.answer.error();
    return error && adviseOn(error, this.model());
  });
  protected readonly wishes = computed(() => this.trip().wishes ?? []);
  /** The field that is being written: the last one that has a value. */
  protected readonly current = computed(() =>
    this.answer.isStreaming() ? Object.keys(this.trip()).at(-1) : undefined,
  );
  protected readonly isDone = computed(() => this.answer.phase() === 'done');

  constructor() {
    const announcer = inject(LiveAnnouncer);
    effect(() => {
      this.models.selected.set(this.model());
    });
    effect(() => {
      if (this.isDone()) void announcer.announce('The form is filled in');
    });
  }

  protected choose(model: string): void {
    this.#chosen.set(model);
  }

  protected fill(): void {
    const [note, model] = [this.note().trim(), this.model()];
    if (!note || !model) return;
    this.copied.set(false);
    this.trip.set({});
    const before = this.#asked();
    if (before?.note === note && before.model === model) this.answer.reload();
    else this.#asked.set({ note, model });
  }

  protected copy(): void {
    this.copied.set(this.#clipboard.copy(JSON.stringify(this.trip(), null, 2)));
  }
}
