/** Attributes of an element. */
type Attributes = Readonly<Record<string, string | number>>;

/** A place in a picture. */
export type Point = readonly [x: number, y: number];

export const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Few digits, so that rounding errors of a machine do not change the file. */
const round = (value: number): string => String(Math.round(value * 10) / 10);

export function element(name: string, attributes: Attributes, content?: string): string {
  const list = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === 'number' ? round(value) : value}"`,
  );
  return `<${name}${list.join('')}${content === undefined ? '/>' : `>${content}</${name}>`}`;
}

export function text([x, y]: Point, content: string, name: string): string {
  return element('text', { x, y, class: name }, escapeText(content));
}

/** A line through points, each of which is two numbers. */
export function path(name: string, ...numbers: readonly number[]): string {
  return element('path', { d: `M${numbers.map(round).join(' ')}`, class: name });
}
