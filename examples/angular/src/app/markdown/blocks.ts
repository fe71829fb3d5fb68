import { Lexer, Marked, type Token } from 'marked';
import { cleanHtml, toSafeLink } from './safe';

/** A part of an answer. Its `id` stays the same while the part grows. */
export type Block = HtmlBlock | CodeBlock;

export interface HtmlBlock {
  readonly id: number;
  readonly kind: 'html';
  readonly html: string;
}

export interface CodeBlock {
  readonly id: number;
  readonly kind: 'code';
  readonly language: string;
  readonly code: string;
  /** Whether no more of it will come. */
  readonly closed: boolean;
}

/** Reads a text that grows. */
export type BlockReader = (text: string, done: boolean) => readonly Block[];

/** How many tokens at the end may still change: what follows can turn a paragraph into a table. */
const OPEN = 2;

/**
 * From this length on, what may still change is read again only after it has grown by a part of itself.
 * Until then the rest is shown as it is. A list or a table is one token: to read a long one again with
 * each piece would take time that grows with its square.
 */
const LONG = 8000;
const PART = 1 / 16;

/** The first line of code between fences, which begins in the first column and is complete. */
const OPENING = /^(?:`{3,}|~{3,})[^\n]*\n/;
/** A line that may end code between fences. */
const CLOSING = /^ {0,3}(?:`{3,}|~{3,})/m;

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (char) => escapes[char] ?? '');

/** Angular's sanitizer removes inputs, so that the boxes of a list of tasks are characters. */
const marked = new Marked({
  gfm: true,
  renderer: {
    html: ({ text }) => cleanHtml(text),
    checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
    link({ href, title, tokens }) {
      const text = this.parser.parseInline(tokens);
      const url = toSafeLink(href);
      if (url === undefined) return text;
      const titled = title ? ` title="${escapeHtml(title)}"` : '';
      return `<a href="${escapeHtml(url)}"${titled} target="_blank" rel="noopener noreferrer">${text}</a>`;
    },
    // Loading an image tells its server who reads this. So it is a link, until the reader clicks on it.
    image({ href, text }) {
      const url = toSafeLink(href);
      const shown = escapeHtml(text || 'Image');
      return url === undefined
        ? shown
        : `<a class="image" href="${escapeHtml(url)}" target="_blank" rel="noopener noreferrer">${shown}</a>`;
    },
  },
});

/**
 * Creates a reader of Markdown that costs what is new of a text, and not all of it each time. Only the
 * last tokens are read again; the blocks before them stay the same objects. With `done` the text is read
 * once as a whole, because the definition of a link can be at its end.
 */
export function createBlockReader(): BlockReader {
  let text = '';
  /** How much of the text is in `closed`. */
  let read = 0;
  let closed: readonly Block[] = [];
  /** What may still change, and how much of the text it is. */
  let open: readonly Block[] = [];
  let openLength = 0;
  /** Where the code begins that no fence has closed yet. */
  let codeStart: number | undefined;
  let links: Lexer['tokens']['links'] = {};
  let shown: readonly Block[] = [];
  let complete: string | undefined;

  function advance(next: string): void {
    // V8 compares slices many times faster.
    // eslint-disable-next-line @typescript-eslint/prefer-string-starts-ends-with
    if (next.slice(0, text.length) !== text) restart();
    text = next;
  }

  /** Code grows by what comes, without being read again, until a line may be its end. */
  function growCode(): CodeBlock | undefined {
    const last = open.at(-1);
    if (codeStart === undefined || last?.kind !== 'code') return undefined;
    const line = text.lastIndexOf('\n', read + openLength - 1) + 1;
    if (CLOSING.test(text.slice(line))) return undefined;
    // As in the lexer: one line break at the end is not of the code.
    const isBroken = /[^\n]\n$/.test(text.slice(Math.max(codeStart, text.length - 2)));
    const code = text.slice(codeStart, isBroken ? -1 : undefined);
    return code === last.code ? last : { ...last, code };
  }

  /** Whether to wait for more before what may still change is read again. */
  function isTooEarly(): boolean {
    const grown = text.length - read - openLength;
    return openLength > LONG && grown < openLength * PART && open.at(-1)?.kind === 'html';
  }

  function restart(): void {
    read = 0;
    closed = [];
    open = [];
    openLength = 0;
    codeStart = undefined;
    links = {};
  }

  /** Blocks that have not changed stay the same objects. */
  function toBlocks(tokens: readonly Token[], isClosed: boolean): Block[] {
    return tokens
      .flatMap((token) => toBlock(token, isClosed) ?? [])
      .map((block, i) => {
        const id = closed.length + i;
        const before = shown[id];
        return before && isSame(before, block) ? before : { ...block, id };
      });
  }

  return (given, done) => {
    if (given === complete) return shown;
    advance(given.includes('\r') ? given.replace(/\r\n?/g, '\n') : given);
    if (done) restart();
    const code = growCode();
    if (code) {
      open = [...open.slice(0, -1), code];
      openLength = text.length - read;
      shown = closed.concat(open);
      return shown;
    }
    if (isTooEarly()) {
      const id = closed.length + open.length;
      const html = `<p class="unread">${escapeHtml(text.slice(read + openLength))}</p>`;
      shown = [...closed, ...open, { id, kind: 'html', html }];
      return shown;
    }

    const lexer = new Lexer(marked.defaults);
    Object.assign(lexer.tokens.links, links);
    const tokens = lexer.lex(text.slice(read));
    const end = done ? tokens.length : findOpen(tokens);
    closed = closed.concat(toBlocks(tokens.slice(0, end), true));
    for (const token of tokens.slice(0, end)) {
      read += token.raw.length;
      // As in the parser, the first definition counts.
      if (token.type === 'def') links = { [token.tag]: token, ...links };
    }
    open = toBlocks(tokens.slice(end), false);
    openLength = text.length - read;
    codeStart = done ? undefined : findCode(tokens.at(-1), text.length);
    shown = closed.concat(open);
    complete = done ? given : undefined;
    return shown;
  };
}

/** The first of the tokens that may still change. Empty lines are not counted. */
function findOpen(tokens: readonly Token[]): number {
  let open = 0;
  for (let i = tokens.length - 1; i >= 0; i--) {
    if (tokens[i]?.type !== 'space' && ++open === OPEN) return i;
  }
  return 0;
}

/** Where the code of the last token begins, if no fence has closed it, in a text of this length. */
function findCode(token: Token | undefined, length: number): number | undefined {
  if (token?.type !== 'code') return undefined;
  const opening = OPENING.exec(token.raw)?.[0];
  if (opening === undefined || CLOSING.test(token.raw.slice(opening.length))) return undefined;
  return length - token.raw.length + opening.length;
}

type Unidentified = Omit<HtmlBlock, 'id'> | Omit<CodeBlock, 'id'>;

function toBlock(token: Token, closed: boolean): Unidentified | undefined {
  if (token.type === 'code') {
    const { text, lang = '' } = token as Token & { text: string; lang?: string };
    return { kind: 'code', language: /^\S*/.exec(lang)?.[0] ?? '', code: text, closed };
  }
  const html = marked.parser([token]);
  return html ? { kind: 'html', html } : undefined;
}

function isSame(one: Block, other: Unidentified): boolean {
  if (one.kind === 'html') return other.kind === 'html' && one.html === other.html;
  return (
    other.kind === 'code' &&
    one.code === other.code &&
    one.closed === other.closed &&
    one.language === other.language
  );
}
