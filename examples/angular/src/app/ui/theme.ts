import { Injectable, effect, signal } from '@angular/core';

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'theme';

/** The colors of the page: those of the system, or others. */
@Injectable({ providedIn: 'root' })
export class Themes {
  readonly theme = signal<Theme>(readTheme());

  constructor() {
    effect(() => {
      const theme = this.theme();
      document.documentElement.dataset['theme'] = theme;
      localStorage.setItem(KEY, theme);
    });
  }

  /** Changes to the next one. */
  change(): void {
    this.theme.update((theme) => NEXT[theme]);
  }
}

const NEXT: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' };

function readTheme(): Theme {
  const saved = localStorage.getItem(KEY);
  return saved === 'light' || saved === 'dark' ? saved : 'system';
}
