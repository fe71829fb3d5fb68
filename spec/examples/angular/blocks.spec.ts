import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { marked } from 'marked';
import {
  createBlockReader,
  type Block,
} from '../../../examples/angular/src/app/markdown/blocks.js';
import { measureGrowth } from '../../support/growth.js';

const isCode = (block: Block): boolean => block.kind === 'code';
/** The blocks of a text that is there from the start. */
const parse = (text: string): readonly Block[] => createBlockReader()(text, true);
const htmlOf = (text: string): string =>
  parse(text)
    .map((block) => (block.kind === 'html' ? block.html : block.code))
    .join('');

/** Everything that blocks can follow on, and that blocks can be turned into by what follows. */
const PARTS = [
  '# A heading',
  'Plain text with **bold**, `code` and a [link](https://example.com).',
  'A line\nand one that makes it a heading\n===',
  '- one\n- two\n  - nested\n\n    with a paragraph\n- three',
  '1. one\n2. two\n\n3. loose',
  '- [ ] to do\n- [x] done',
  '> a quote\ngoes on lazily\n\n> another',
  '```ts\nconst a = 1;\n\nconst b = 2;\n```',
  '~~~\nno language\n~~~',
  '    indented code\n\n    and more',
  '| a | b |\n| --- | :-: |\n| 1 | `2` |\n| 3 | 4',
  '<details>\n<summary>More</summary>\n\nHidden\n\n</details>',
  '***',
  '![picture](https://example.com/a.png)',
  'Text<br>with a break  \nand another',
  '👩‍💻 日本語',
  '',
];
const documents = fc
  .array(
    fc.tuple(fc.constantFrom(...PARTS), fc.constantFrom('\n', '\n\n', '\n\n\n', '\r\n', ' ')),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((parts) => parts.flat().join(''));
const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 });

/** Reads a text as it grows by pieces of these lengths, over and over. */
function grow(text: string, lengths: readonly number[]) {
  const read = createBlockReader();
  const states: (readonly Block[])[] = [];
  for (let end = 0, i = 0; end < text.length; i++) {
    end += lengths[i % lengths.length] ?? 1;
    states.push(read(text.slice(0, end), false));
  }
  return { states, end: read(text, true) };
}

describe('Markdown that streams', () => {
  it('ends as the whole text is read, however it was cut', () => {
    fc.assert(
      fc.property(documents, cuts, (text, lengths) => {
        expect(grow(text, lengths).end).toEqual(parse(text));
      }),
    );
  });

  it('is what marked makes of the whole text, where nothing is left out for safety', () => {
    const plain = PARTS.filter((part) => !/[[<]|^(?:```|~~~| {4})/m.test(part));
    expect(plain.length).toBeGreaterThan(6);
    const text = plain.join('\n\n');
    expect(htmlOf(text)).toBe(marked.parse(text));
  });

  it('is already right before that, apart from the code that may go on', () => {
    const open = (block: Block) => ({ ...block, closed: true });
    fc.assert(
      fc.property(documents, cuts, (text, lengths) => {
        expect(grow(text, lengths).states.at(-1)?.map(open)).toEqual(parse(text).map(open));
      }),
    );
  });

  it('keeps every block as it is that is complete, and its id', () => {
    fc.assert(
      fc.property(documents, cuts, (text, lengths) => {
        const { states, end } = grow(text, lengths);
        for (const [i, blocks] of [...states, end].entries()) {
          expect(blocks.map(({ id }) => id)).toEqual([...blocks.keys()]);
          const kept = (states[i - 1] ?? []).slice(0, -2);
          for (const block of kept) expect(blocks[block.id]).toBe(block);
        }
      }),
    );
  });

  it('shows all of a long list at any time, and in the end as a list', () => {
    const items = Array.from({ length: 800 }, (_, i) => `- item **${String(i)}**\n`);
    const text = items.join('');
    const { states, end } = grow(text, [61]);
    for (const [i, blocks] of states.entries()) {
      const html = blocks.map((block) => (block.kind === 'html' ? block.html : '')).join('');
      const shown = html.replace(/<[^>]*>|[^\d]/g, '');
      expect(shown).toBe(text.slice(0, 61 * (i + 1)).replace(/\D/g, ''));
    }
    expect(end).toEqual(parse(text));
  });

  it('starts over with another text', () => {
    const read = createBlockReader();
    read('one\n\ntwo\n\nthree\n\nfour', false);
    expect(read('five', false)).toEqual([{ id: 0, kind: 'html', html: '<p>five</p>\n' }]);
  });

  it('resolves a link that is defined at the end', () => {
    expect(grow('[a][1]\n\nb\n\nc\n\nd\n\n[1]: https://example.com', [3]).end[0]).toMatchObject({
      html: expect.stringContaining('href="https://example.com"'),
    });
  });

  it('knows the links that were defined before', () => {
    const { states } = grow('[1]: https://example.com\n\na\n\nb\n\nc\n\n[d][1]', [3]);
    expect(states.at(-1)?.at(-1)).toMatchObject({ html: expect.stringContaining('<a href') });
  });

  it('shows code as code, with its language', () => {
    const read = createBlockReader();
    expect(read('```ts title="x"\nlet a', false)).toEqual([
      { id: 0, kind: 'code', language: 'ts', code: 'let a', closed: false },
    ]);
    expect(read('```ts title="x"\nlet a\n```', true)).toEqual([
      { id: 0, kind: 'code', language: 'ts', code: 'let a', closed: true },
    ]);
  });
});

describe('what a model can not do with Markdown', () => {
  it.each([
    ['a picture that runs a script', '<img src=x onerror="alert(1)">'],
    ['a script', 'text <script>alert(1)</script> text'],
    ['a block of script', '<script>\nalert(1)\n</script>'],
    ['an attribute', '<b onclick="alert(1)">bold</b>'],
    ['a picture that tells who reads', '<picture><source srcset="https://example.com/a">'],
    ['a style', '<style>body { display: none }</style>'],
    ['a tag in a tag', '<<img src=x onerror=alert(1)>script>'],
    ['a tag that is not closed', '<img src=x onerror=alert(1) '],
    ['a frame', '<iframe src="https://example.com"></iframe>'],
  ])('%s', (_, text) => {
    expect(htmlOf(text)).not.toMatch(/<(?!\/?(?:p|b|br)>)/);
  });

  it.each([
    '[click](javascript:alert(1))',
    '[click](JaVaScRiPt:alert(1))',
    '[click](data:text/html,<script>alert(1)</script>)',
    '[click](vbscript:alert(1))',
    '![click](javascript:alert(1))',
    '[click]( java\nscript:alert(1))',
    '<javascript:alert(1)>',
    '[click](/relative)',
  ])('a link that is not one: %s', (text) => {
    expect(htmlOf(text)).not.toContain('href');
  });

  it('break out of an attribute', () => {
    const html = htmlOf('[a](https://example.com/"onclick="alert(1) "a\\"b")');
    expect(html).not.toMatch(/"\s*onclick/);
  });

  it('load a picture: it is a link until the reader clicks', () => {
    expect(htmlOf('![a cat](https://example.com/cat.png)')).toBe(
      '<p><a class="image" href="https://example.com/cat.png" target="_blank" ' +
        'rel="noopener noreferrer">a cat</a></p>\n',
    );
  });
});

describe('code that streams', () => {
  const lines = fc.constantFrom(
    'a = 1;',
    '`',
    '``',
    '```',
    '~~~',
    '    ```',
    '',
    ' ',
    'b\\',
    '```ts',
  );
  const code = fc
    .tuple(
      fc.constantFrom('', 'Text.\n\n', '- a\n'),
      fc.constantFrom('```', '~~~~', ' ```', '```js'),
    )
    .chain(([before, fence]) =>
      fc.array(lines, { maxLength: 12 }).map((all) => `${before}${[fence, ...all].join('\n')}`),
    );

  it('is at any time what a reader makes of the text that sees it for the first time', () => {
    const withoutIds = (blocks: readonly Block[]) => blocks.map(({ id: _, ...block }) => block);
    fc.assert(
      fc.property(code, cuts, (text, lengths) => {
        const read = createBlockReader();
        for (let end = 0, i = 0; end < text.length; i++) {
          end += lengths[i % lengths.length] ?? 1;
          const part = text.slice(0, end);
          const blocks = read(part, false);
          const fresh = createBlockReader()(part, false);
          expect(withoutIds(blocks.filter(isCode))).toEqual(withoutIds(fresh.filter(isCode)));
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the cost of Markdown', () => {
  it.each([
    ['mixed text', `${PARTS.join('\n\n')}\n\n`],
    ['one list', '- an item with **bold** text and `code` in it\n'],
    ['one block of code', 'const a = `text`;\n', '```ts\n'],
    ['one paragraph', 'words without an end, with **bold** ones '],
  ])('grows with the text: %s', (_, part, opening = '') => {
    /** 60 kB in 1,200 updates, as a fast model writes it. */
    const run = (updates: number) => {
      const text = opening + part.repeat(Math.ceil((updates * 50) / part.length));
      const read = createBlockReader();
      for (let i = 1; i <= updates; i++) read(text.slice(0, i * 50), false);
      read(text, true);
    };
    expect(measureGrowth(run, 600)).toBeLessThan(8);
  });
});
