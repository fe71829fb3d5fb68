type Value = string | number | boolean | undefined;

/** Makes an element. Its children are elements, or texts that stay texts. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, Value>> = {},
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

/** A button that does something. */
export function button(
  words: string,
  attributes: Readonly<Record<string, Value>>,
  act: () => void,
): HTMLButtonElement {
  const made = h('button', { type: 'button', ...attributes }, words);
  made.addEventListener('click', act);
  return made;
}
