import { describe, expect, it } from '@jest/globals';
import { toAddress } from '../../site/build/address.js';
import { toAddresses } from '../../site/build/addresses.js';
import { describePage } from '../../site/build/description.js';
import { renderPlainFences } from '../../site/build/fences.js';
import { leanBundle, toReader, type Bundle } from '../../site/build/leanPages.js';
import { createLinkRule } from '../../site/build/links.js';
import type { State, Token } from '../../site/build/markdown.js';
import { listPages } from '../../site/build/pages.js';
import { toDialog } from '../../site/build/searchDialog.js';
import { readIndex } from '../../site/build/sidebar.js';

/** A token as markdown-it makes them. */
class FakeToken implements Token {
  info = '';
  content = '';
  attrs: [string, string][] | null = null;
  children: Token[] | null = null;
  constructor(
    readonly type: string,
    public tag: string,
  ) {}
  attrGet(name: string): string | null {
    return this.attrs?.find(([each]) => each === name)?.[1] ?? null;
  }
  attrSet(name: string, value: string): void {
    this.attrs = [[name, value]];
  }
}

const token = (fields: Partial<Token> & { type: string }): Token =>
  Object.assign(new FakeToken(fields.type, fields.tag ?? ''), fields);

const toState = (tokens: Token[], relativePath: string): State => ({
  tokens,
  env: { relativePath },
  Token: FakeToken,
});

describe('the pages', () => {
  it('are every page of docs/ but the reports, and none is there twice', () => {
    const pages = listPages();
    const targets = pages.map(({ target }) => target);
    expect(new Set(targets).size).toBe(targets.length);
    expect(targets).toEqual(expect.arrayContaining(['index.md', 'docs.md', 'operators/index.md']));
    expect(pages.filter(({ source }) => source.startsWith('docs/api/'))).toEqual([]);
  });

  it.each([
    ['index.md', '/'],
    ['docs.md', '/docs'],
    ['operators/index.md', '/operators/'],
    ['operators/reindex.md', '/operators/reindex'],
  ])('%s is at %s', (target, address) => {
    expect(toAddress(target)).toBe(address);
  });
});

describe('the sidebar', () => {
  const targets = new Map([
    ['docs/a.md', 'a.md'],
    ['docs/b/0001-x.md', 'b/0001-x.md'],
  ]);

  it('has the headings and the pages of a page that lists pages, in its order', () => {
    const text =
      '# All\n\n1. [no](a.md)\n\n## `First`\n\n- [`a`](a.md): what.\n\n## None\n\nText.\n';
    expect(readIndex(text, 'docs/README.md', targets)).toEqual([
      { text: 'First', items: [{ text: 'a', link: '/a' }] },
    ]);
  });

  it('has the titles in a table of numbers', () => {
    const text = '# Decisions\n\n| number | decision |\n| [0001](0001-x.md) | Why   |\n';
    expect(readIndex(text, 'docs/b/README.md', targets)).toEqual([
      { text: 'Decisions', items: [{ text: '0001 Why', link: '/b/0001-x' }] },
    ]);
  });

  it('refuses a page that is not there', () => {
    expect(() => readIndex('- [a](no.md)', 'docs/README.md', targets)).toThrow(
      'docs/README.md lists no.md, which is not a page.',
    );
  });
});

describe('links of pages', () => {
  const targets = new Map([
    ['docs/README.md', 'docs.md'],
    ['docs/operators/README.md', 'operators/index.md'],
    ['docs/operators/x.md', 'operators/x.md'],
    ['docs/diagrams/x.svg', 'diagrams/x.svg'],
  ]);

  function render(href: string, text: string, files?: string): string {
    const children = [
      token({ type: 'link_open', tag: 'a', attrs: [['href', href]] }),
      token({ type: 'text', content: text }),
      token({ type: 'link_close', tag: 'a' }),
    ];
    const state = toState([token({ type: 'inline', children })], 'operators/x.md');
    createLinkRule({ targets, files })(state);
    return (state.tokens[0]?.children ?? [])
      .map(({ type, tag, content, attrs }) => {
        if (type === 'code_inline') return `<code>${content}</code>`;
        if (type === 'link_close') return `</${tag}>`;
        return tag ? `<${tag} ${(attrs ?? []).map((each) => each.join('=')).join(' ')}>` : content;
      })
      .join('');
  }

  it.each([
    ['https://ollama.com', '<a href=https://ollama.com>it</a>'],
    ['#cases', '<a href=#cases>it</a>'],
    ['../README.md#start', '<a href=../docs.md#start>it</a>'],
    ['README.md', '<a href=./index.md>it</a>'],
    ['../operators/', '<a href=./index.md>it</a>'],
    ['x.md', '<a href=./x.md>it</a>'],
  ])('%s is %s', (href, html) => {
    expect(render(href, 'it')).toBe(html);
  });

  it('into the repository have its address', () => {
    expect(render('../../lib/x.ts#L1', 'it', 'https://example.com/r/blob/main')).toBe(
      '<a href=https://example.com/r/blob/main/lib/x.ts#L1>it</a>',
    );
  });

  it('into a repository without an address are its path', () => {
    expect(render('../../lib/x.ts', 'it')).toBe(
      '<span class=repository-path>it <code>lib/x.ts</code></span>',
    );
    expect(render('../../lib/x.ts', 'lib/x.ts')).toBe(
      '<span class=repository-path><code>lib/x.ts</code></span>',
    );
  });

  it('take the address from package.json alone', () => {
    expect(toAddresses({})).toEqual({
      repository: undefined,
      homepage: { origin: undefined, base: '/' },
    });
    expect(
      toAddresses({
        repository: { url: 'git+https://example.com/r.git' },
        homepage: 'https://example.com/site',
      }),
    ).toEqual({
      repository: 'https://example.com/r',
      homepage: { origin: 'https://example.com', base: '/site/' },
    });
  });
});

describe('blocks of code', () => {
  it('in no language are plain text', () => {
    const fences = ['none', 'ts'].map((info) => token({ type: 'fence', info }));
    renderPlainFences(toState(fences, 'x.md'));
    expect(fences.map(({ info }) => info)).toEqual(['text', 'ts']);
  });
});

describe('the search box', () => {
  it('is not changed by half when VitePress has another one', () => {
    expect(() => toDialog('<template><div role="button" /></template>')).toThrow(
      'The search box of VitePress has no',
    );
  });
});

describe('the script of a page', () => {
  const render = (content: string) =>
    `function o(l,s,c){return n(),e("div",null,[...s[0]||(s[0]=[${content}])])}export{o as default};`;

  /** What is left of what VitePress builds of a page: the whole of it, and without its text. */
  function toScripts(whole: string, lean: string): Record<string, string | undefined> {
    const bundle: Bundle = {
      app: { fileName: 'assets/app.1.js', code: 'app' },
      page: { fileName: 'assets/a.md.1.js', code: whole },
      'page-lean': { fileName: 'assets/a.md.1.lean.js', code: lean },
    };
    leanBundle(bundle);
    return Object.fromEntries(Object.values(bundle).map(({ fileName, code }) => [fileName, code]));
  }

  it('has no text if the page is HTML, and says so', () => {
    expect(toScripts(render('t(`<p>text</p>`,1)'), render('t("",1)'))).toEqual({
      'assets/app.1.js': 'app',
      'assets/a.md.1.lean.js': `${render('t("",1)')}export const isHtml=!0;`,
    });
  });

  it.each([
    ['is short', render('p("p",null,"text")'), render('p("p",null,"text")')],
    ['has components', render('t(`<p>text</p>`,1),p(X)'), render('t("",1),p(X)')],
    [
      'has a script of its own',
      '{setup(){return(l,s)=>(n(),e("div",null,[...s[0]||(s[0]=[t(`<p>text</p>`,1)])]))}}',
      '{setup(){return(l,s)=>(n(),e("div",null,[...s[0]||(s[0]=[t("",1)])]))}}',
    ],
  ])('is whole if the page %s', (_, whole, lean) => {
    expect(toScripts(whole, lean)).toEqual({
      'assets/app.1.js': 'app',
      'assets/a.md.1.lean.js': whole,
    });
  });

  it('is not left out when VitePress builds pages in another way', () => {
    expect(() => {
      leanBundle({ page: { fileName: 'assets/a.md.1.js', code: 'page' } });
    }).toThrow('VitePress has built no page without its text.');
    expect(() => {
      leanBundle({ page: { fileName: 'assets/a.md.1.lean.js', code: 'page' } });
    }).toThrow('VitePress has built assets/a.md.1.lean.js, but no assets/a.md.1.js.');
    expect(() => toReader('import x', 'app/index.js')).toThrow(
      'app/index.js of VitePress has no import RawTheme',
    );
  });
});

describe('the description of a page', () => {
  it.each([
    ['# Title\n\nFirst one. Second one.', 'First one.'],
    ['<!-- Made. -->\n\n# Title\n\nOf `a.b` 1.0 and [more](x.md). Then.', 'Of a.b 1.0 and more.'],
    ['# Title\n\n`a` makes one. `b` makes two.', 'a makes one.'],
    ['# Title\n\nIt is **this**:\n\n- a', 'It is this.'],
    ['# Title\n\n> sig(x)\n\n```ts\nno\n```\n\n_It\'s like_ a "b".', "It's like a 'b'."],
    ['# Title\n\nStatus: accepted\n\n## Context\n\nWhy so. Then.', 'Why so.'],
    ['# Title\n\n- only\n\n| a | table |', ''],
  ])('of %j is %j', (text, description) => {
    expect(describePage(text)).toBe(description);
  });
});
