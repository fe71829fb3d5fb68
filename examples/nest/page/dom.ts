/** A new element with its properties and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Partial<HTMLElementTagNameMap[K]>,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** The element of the page with this id. */
export function byId<K extends keyof HTMLElementTagNameMap>(
  name: K,
  id: string,
): HTMLElementTagNameMap[K] {
  const found = document.querySelector<HTMLElementTagNameMap[K]>(`${name}#${id}`);
  if (found) return found;
  throw new Error(`The page has no ${name} "${id}".`);
}
