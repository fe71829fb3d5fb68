/** Tags that models use for what Markdown can't say. They are let through without attributes. */
const TAGS =
  'b|br|del|details|em|hr|i|ins|kbd|li|mark|ol|p|s|small|strong|sub|summary|sup|table|tbody|td|th|thead|tr|u|ul|var';

/** Every `<` that does not begin one of them. */
const OTHER = new RegExp(`<(?!/?(?:${TAGS})\\s*/?>)`, 'gi');

/** HTML in which only harmless tags are tags. All others are text that the reader sees. */
export function cleanHtml(html: string): string {
  return html.replace(OTHER, '&lt;');
}

/** The address of a link, if a click on it can't run anything. */
export function toSafeLink(href: string): string | undefined {
  return /^(?:https?:\/\/|mailto:)/i.test(href) ? href : undefined;
}
