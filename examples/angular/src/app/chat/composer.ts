import { CdkTextareaAutosize } from '@angular/cdk/text-field';
import {
  Component,
  ElementRef,
  computed,
  effect,
  inject,
  input,
  model,
  output,
  signal,
  viewChild,
} from '@angular/core';
import type { MessageImage, Think } from 'rxjs-ollama';
import { Drafts } from '../library/drafts';
import type { Settings } from '../library/settings';
import type { Abilities } from '../models/models';
import { Icon } from '../ui/icon';
import { ImageSource } from './image-source';
import { IMAGE_TYPES, readImages, type PickedImage } from './images';

/** What is sent. */
export interface Sent {
  readonly text: string;
  readonly images: readonly MessageImage[];
}

const LEVELS: readonly { readonly value: Think; readonly name: string }[] = [
  { value: false, name: 'Off' },
  { value: true, name: 'On' },
  { value: 'low', name: 'Low' },
  { value: 'medium', name: 'Medium' },
  { value: 'high', name: 'High' },
];

/** Where a message is written: text, images, and how the model is to work on it. */
@Component({
  selector: 'app-composer',
  imports: [CdkTextareaAutosize, Icon, ImageSource],
  templateUrl: './composer.html',
  styleUrl: './composer.css',
})
export class Composer {
  readonly id = input.required<string>();
  readonly isBusy = input(false);
  readonly hasModel = input(true);
  readonly abilities = input.required<Abilities>();
  readonly settings = model.required<Settings>();
  readonly sent = output<Sent>();
  readonly stopped = output();

  readonly #drafts = inject(Drafts);
  protected readonly levels = LEVELS;
  protected readonly types = IMAGE_TYPES.join(',');
  protected readonly text = signal('');
  protected readonly images = signal<readonly PickedImage[]>([]);
  protected readonly refused = signal<string | undefined>(undefined);
  protected readonly canSend = computed(
    () => this.hasModel() && Boolean(this.text().trim() || this.images().length),
  );
  protected readonly level = computed(() =>
    LEVELS.findIndex(({ value }) => value === this.settings().think),
  );
  protected readonly box = viewChild.required<ElementRef<HTMLTextAreaElement>>('box');

  constructor() {
    effect(() => {
      this.text.set(this.#drafts.read(this.id()));
    });
  }

  focus(): void {
    this.box().nativeElement.focus();
  }

  /** Takes files that were dropped or pasted. */
  async add(files: Iterable<File>): Promise<void> {
    if (!this.abilities().vision) {
      this.refused.set('This model reads no images. Choose one that does.');
      return;
    }
    const { images, refused } = await readImages(files);
    this.images.update((before) => [...before, ...images]);
    this.refused.set(refused);
  }

  protected write(text: string): void {
    this.text.set(text);
    this.refused.set(undefined);
    this.#drafts.write(this.id(), text);
  }

  protected remove(image: PickedImage): void {
    this.images.update((images) => images.filter((one) => one !== image));
    this.focus();
  }

  protected send(): void {
    if (!this.canSend()) return;
    const images = this.images().map(({ bytes }) => bytes);
    const text = this.text().trim();
    this.write('');
    this.images.set([]);
    this.sent.emit({ text, images });
    this.focus();
  }

  protected onEnter(event: Event): void {
    // The same key takes a word from an input method.
    if (!(event instanceof KeyboardEvent) || event.isComposing || event.shiftKey) return;
    event.preventDefault();
    this.send();
  }

  protected onPaste(event: ClipboardEvent): void {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    void this.add(files);
  }

  protected onPick(event: Event): void {
    const field = event.target as HTMLInputElement;
    void this.add([...(field.files ?? [])]);
    // The same file can be picked again.
    field.value = '';
  }

  protected setLevel(index: string): void {
    const think = LEVELS[Number(index)]?.value ?? true;
    this.settings.update((settings) => ({ ...settings, think }));
  }

  protected toggleTools(): void {
    this.settings.update((settings) => ({ ...settings, tools: !settings.tools }));
  }
}
