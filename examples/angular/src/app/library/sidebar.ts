import { Component, computed, inject, output, signal } from '@angular/core';
import { Icon } from '../ui/icon';
import { Themes } from '../ui/theme';
import { Library } from './library';
import { Place } from './place';

/** The list of conversations. */
@Component({
  selector: 'app-sidebar',
  imports: [Icon],
  templateUrl: './sidebar.html',
  styleUrl: './sidebar.css',
})
export class Sidebar {
  protected readonly library = inject(Library);
  protected readonly place = inject(Place);
  protected readonly themes = inject(Themes);
  /** The conversation that is about to be deleted. */
  protected readonly doomed = signal<string | undefined>(undefined);

  /** Something was chosen. On a narrow screen the list closes then. */
  readonly left = output();

  protected readonly groups = computed(() => groupByAge(this.library.records(), Date.now()));
  protected readonly themeIcon = computed(
    () => (({ system: 'system', light: 'sun', dark: 'moon' }) as const)[this.themes.theme()],
  );

  protected create(): void {
    this.place.openNew();
    this.left.emit();
  }

  protected async remove(id: string): Promise<void> {
    this.doomed.set(undefined);
    if (this.place.conversation() === id) this.place.openNew();
    await this.library.remove(id);
  }
}

interface Group<T> {
  readonly name: string;
  readonly records: readonly T[];
}

const DAY = 24 * 60 * 60 * 1000;

function groupByAge<T extends { readonly updated: number }>(
  records: readonly T[],
  now: number,
): readonly Group<T>[] {
  const today = new Date(now).setHours(0, 0, 0, 0);
  const isIn = [
    ['Today', (time: number) => time >= today],
    ['Yesterday', (time: number) => time >= today - DAY && time < today],
    ['Last 7 days', (time: number) => time >= today - 7 * DAY && time < today - DAY],
    ['Earlier', (time: number) => time < today - 7 * DAY],
  ] as const;
  return isIn
    .map(([name, includes]) => ({
      name,
      records: records.filter(({ updated }) => includes(updated)),
    }))
    .filter((group) => group.records.length > 0);
}
