import type { Think } from 'rxjs-ollama';

/** How a conversation asks. */
export interface Settings {
  readonly model: string;
  readonly system: string;
  readonly think: Think;
  readonly tools: boolean;
}

const KEY = 'settings';
const START: Settings = { model: '', system: '', think: true, tools: true };

/** The settings that were chosen last: those of a new conversation. */
export function readLastSettings(): Settings {
  try {
    return { ...START, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Settings>) };
  } catch {
    return START;
  }
}

/** The text for the system belongs to one conversation, the rest is a habit. */
export function writeLastSettings(settings: Settings): void {
  localStorage.setItem(KEY, JSON.stringify({ ...settings, system: '' }));
}
