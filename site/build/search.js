// What the search of the site knows, and how it weighs it: for VitePress, and for the check of its results.

/** The reference repeats the pages of values, and decisions are not for users. */
const LEFT_OUT = /^(?:reference|decisions)\//;

/** Files and neighbors of a value, which its page ends with. */
const LAST_PARTS = /^## (?:See also|In the repository)$[^]*/m;
const CODE = /^( *)(```+)[^]*?^\1\2$/gm;

/** Words that are on nearly every page find none. */
const COMMON = new Set(
  'a all an and are as at be but by can for from has have if in into is it its no not of on one or so than that the their then there they this to until was what when where which while will with without you your'.split(
    ' ',
  ),
);

/** Lists of other pages, which are found by themselves, and what users don't need. */
const LISTS = /\/(?:docs|choose|contributing|operators\/index)\.md$/;
/** A type is found by its name and by what it is; its fields are on the page. */
const TYPES = '/types.md';
/** Figures, in tables. */
const FIGURES = /\/(?:performance|reliability|sizes)\.md$/;
/** These are on the page of every value, which is found as a whole. */
const HEADINGS_OF_VALUES =
  /<h2[^>]*>(?:Example|Cases|Signature|Options|Parameters|What it returns|Behavior|Members) <a .*?<\/h2>/g;

/** Of a part: what it is about is said by then. */
const MOST_WORDS = 160;

const HEADING = /<h([123])[^>]*>(.*?)<a [^>]*href="#([^"]*)"[^>]*>.*?<\/a><\/h\1>/g;

/** @param {string} html */
const toWords = (html) =>
  html
    .replace(/<[^>]*>|&\w+;|&#\d+;/g, ' ')
    .split(/\s+/)
    .filter((word) => /\p{L}{2}/u.test(word) && !COMMON.has(word.toLowerCase()))
    .slice(0, MOST_WORDS)
    .join(' ');

/** A build asks twice for a page: for browsers, and to render. @type {Map<string, string>} */
const rendered = new Map();

/**
 * The HTML whose headings and texts are indexed. Code is not: it is searched for names, and these are in the
 * text too.
 *
 * @param {string} text Markdown
 * @param {{ relativePath: string }} env
 * @param {{ render: (text: string, env: object) => string }} md
 */
export function renderForSearch(text, env, md) {
  if (LEFT_OUT.test(env.relativePath)) return '';
  const html = rendered.get(text) ?? md.render(text.replace(CODE, '').replace(LAST_PARTS, ''), env);
  rendered.set(text, html);
  return html;
}

/** @param {string} heading */
const toTitle = (heading) =>
  heading
    .replace(/<[^>]*>/g, '')
    .replace(/&\w+;|&#\d+;/g, ' ')
    .trim();

/**
 * What of a part of a page is searched.
 *
 * @param {string} file
 * @param {string} text HTML
 */
function selectText(file, text) {
  if (LISTS.test(file)) return '';
  if (file.endsWith(TYPES)) return text.split('</p>')[0] ?? '';
  return FIGURES.test(file) ? text.replace(/<table[^]*?<\/table>/g, '') : text;
}

/**
 * The parts of a page that are found by themselves: one per heading.
 *
 * @param {string} file
 * @param {string} html
 */
function* splitIntoSections(file, html) {
  const [, ...parts] = html.replace(HEADINGS_OF_VALUES, '').split(HEADING);
  // "autoscroll" is not a word of "Scroll with the answer".
  const name = (/([^/]*)\.md$/.exec(file)?.[1] ?? '').replaceAll('-', ' ');
  /** @type {string[]} */
  let titles = [];
  for (let at = 0; at + 3 < parts.length; at += 4) {
    const [level, heading = '', anchor = '', text = ''] = parts.slice(at, at + 4);
    titles = [...titles.slice(0, Number(level) - 1), toTitle(heading)];
    const words = toWords(selectText(file, text));
    yield { anchor, titles: [...titles], text: at === 0 ? `${name} ${words}` : words };
    if (LISTS.test(file)) return;
  }
}

/** A title says more of a page than its text does. */
export const MINI_SEARCH = {
  _splitIntoSections: splitIntoSections,
  searchOptions: {
    fuzzy: 0.2,
    prefix: true,
    boost: { title: 4, text: 2, titles: 1 },
    /** A value is wanted more often than its types. @param {string} id */
    boostDocument: (id) => (id.includes('/types#') ? 0.5 : 1),
  },
};
