import { A11yModule } from '@angular/cdk/a11y';
import { OverlayModule } from '@angular/cdk/overlay';
import { Listbox, Option } from '@angular/aria/listbox';
import { Component, computed, inject, input, output, signal } from '@angular/core';
import { formatBytes } from '../chat/format';
import { Icon } from '../ui/icon';
import { Models, toShortName, type Model } from './models';

/** Which model answers. */
@Component({
  selector: 'app-model-picker',
  imports: [A11yModule, Icon, Listbox, Option, OverlayModule],
  templateUrl: './model-picker.html',
  styleUrl: './model-picker.css',
})
export class ModelPicker {
  readonly model = input.required<string>();
  readonly modelChange = output<string>();
  /** A model is wanted that the server doesn't have. */
  readonly pull = output();

  protected readonly models = inject(Models);
  protected readonly isOpen = signal(false);
  protected readonly toShortName = toShortName;
  protected readonly selection = computed(() => [this.model()]);

  /** What the server has may have changed since. */
  protected open(): void {
    this.isOpen.set(true);
    this.models.reload();
  }

  protected choose([model]: readonly string[]): void {
    if (model === undefined || model === this.model()) return;
    this.isOpen.set(false);
    this.modelChange.emit(model);
  }

  protected startPull(): void {
    this.isOpen.set(false);
    this.pull.emit();
  }

  protected describe({ size, details }: Model): string {
    const { parameter_size, quantization_level } = details ?? {};
    return [parameter_size, quantization_level, size && formatBytes(size)]
      .filter(Boolean)
      .join(' · ');
  }
}
