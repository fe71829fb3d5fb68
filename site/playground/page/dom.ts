import { fromEvent, type Observable } from 'rxjs';

type Value = string | number | boolean | undefined;
type Attributes = Readonly<Record<string, Value>>;

/** Makes an element. Its children are elements, or texts that stay texts. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, '');
    else if (value !== undefined && value !== false) made.setAttribute(name, String(value));
  }
  made.append(...children);
  return made;
}

export const button = (words: string, attributes: Attributes = {}): HTMLButtonElement =>
  h('button', { type: 'button', ...attributes }, words);

export const clicks = (element: HTMLElement): Observable<Event> => fromEvent(element, 'click');
