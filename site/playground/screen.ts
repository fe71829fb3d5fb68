import { h } from './dom.js';
import type { Change, Screen } from './screens.js';

const apply = (text: string, [kept, added]: Change): string => text.slice(0, kept) + added;

interface Shown {
  readonly thinking: string;
  readonly content: string;
  readonly other: string;
  readonly calls: readonly string[];
}

/** What the screens show at a time; `undefined` before the first one. */
export function showAt(screens: readonly Screen[], at: number): Shown | undefined {
  let shown: Shown | undefined;
  for (const screen of screens) {
    if (screen.at > at) break;
    const { thinking = '', content = '', other = '' } = shown ?? {};
    shown = {
      thinking: apply(thinking, screen.thinking),
      content: apply(content, screen.content),
      other: apply(other, screen.other),
      calls: screen.calls,
    };
  }
  return shown;
}

/** Fills an element with what a reader would see. All of it is text. */
export function render(target: HTMLElement, shown: Shown | undefined): void {
  const parts: HTMLElement[] = [];
  if (shown?.thinking) parts.push(h('p', { class: 'pg-thinking' }, shown.thinking));
  if (shown?.content) parts.push(h('p', { class: 'pg-answer' }, shown.content));
  for (const call of shown?.calls ?? []) parts.push(h('p', { class: 'pg-call' }, call));
  if (shown?.other) parts.push(h('pre', { class: 'pg-other', tabindex: 0 }, shown.other));
  if (!parts.length) parts.push(h('p', { class: 'pg-nothing' }, 'Nothing yet.'));
  target.replaceChildren(...parts);
}
