import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  createGrammar,
  type SplitThinkingOptions,
  type ThinkingGrammar,
  type ThinkingTag,
} from '../../../lib/core/thinking/grammar.js';
import { createThinkingParser, type TextPart } from '../../../lib/core/thinking/parser.js';
import { cuttings } from '../../../lib/testing/index.js';
import { measureGrowth } from '../../support/growth.js';

const grammars = new Map<SplitThinkingOptions | undefined, ThinkingGrammar>();

/** With one grammar per object of options, as the operator has. */
function createParser(options?: SplitThinkingOptions) {
  const grammar = grammars.get(options) ?? createGrammar(options);
  grammars.set(options, grammar);
  return createThinkingParser(grammar);
}

interface Split {
  readonly thinking: string;
  readonly answer: string;
}

/** The text by kind; `reclassify` means that the answer so far was thinking. */
function sum(parts: readonly TextPart[]): Split {
  let thinking = '';
  let answer = '';
  for (const { phase, text, reclassify } of parts) {
    if (reclassify) {
      thinking += answer;
      answer = '';
    }
    if (phase === 'thinking') thinking += text;
    // What is neither is missing from both.
    if (phase === 'answer') answer += text;
  }
  return { thinking, answer };
}

/** What a parser makes of each piece and, at last, of the end. */
function parseSteps(pieces: readonly string[], options?: SplitThinkingOptions): Split[] {
  const parser = createParser(options);
  const steps = pieces.map((piece) => sum(parser.push(piece)));
  return [...steps, sum(parser.push('', true))];
}

function parseAll(pieces: readonly string[], options?: SplitThinkingOptions): readonly TextPart[] {
  const parser = createParser(options);
  return [...pieces.flatMap((piece) => parser.push(piece)), ...parser.push('', true)];
}

/** Asks before each piece whether it passes, as the operator does. */
function parseWhatDoesNotPass(pieces: readonly string[], options?: SplitThinkingOptions) {
  const parser = createParser(options);
  const parts = pieces.flatMap((text): readonly TextPart[] =>
    parser.passes(text) ? [{ phase: 'answer', text }] : parser.push(text),
  );
  return [...parts, ...parser.push('', true)];
}

const parse = (text: string, options?: SplitThinkingOptions) => sum(parseAll([text], options));

const inUnits = (text: string): string[] => text.split('');

const nothing = { thinking: '', answer: '' };
const thinks = (thinking: string) => ({ thinking, answer: '' });
const answers = (answer: string) => ({ thinking: '', answer });

function* cuttingsInTwo(text: string): Generator<string[]> {
  for (let at = 1; at < text.length; at++) yield [text.slice(0, at), text.slice(at)];
}

type Case = readonly [text: string, thinking: string, answer: string];

/** Each text at once, one unit at a time, cut in two at every place, and, if it is short, in three. */
function itSplits(cases: readonly Case[], options?: SplitThinkingOptions): void {
  it.each(cases)('%j is thinking %j and answer %j, however it is cut', (text, thinking, answer) => {
    const pieces = text.length > 60 ? cuttingsInTwo(text) : cuttings(text);
    const wrong = [[text], inUnits(text), ...pieces]
      .map((pieces) => ({ pieces, ...sum(parseAll(pieces, options)) }))
      .filter((split) => split.thinking !== thinking || split.answer !== answer);
    expect(wrong).toEqual([]);
  });
}

describe('the thinking parser', () => {
  describe("does what Ollama's own does", () => {
    itSplits([
      ['no think', '', 'no think'],
      ['<think> internal </think> world', 'internal ', 'world'],
      ['<think>a</think><think>b</think>c', 'a', '<think>b</think>c'],
      ['  abc <think>def</think> ghi', '', '  abc <think>def</think> ghi'],
      ['  <think>abc</think>\n\ndef  ghi ', 'abc', 'def  ghi '],
      ['<think>\n</think>\n\nHi', '', 'Hi'],
      ['<think>abc</thing>def</think>ghi', 'abc</thing>def', 'ghi'],
      ['  <think>  \t  some thoughts </think>   and more', 'some thoughts ', 'and more'],
    ]);

    const steps: readonly (readonly [string, readonly string[], readonly Split[]])[] = [
      [
        'keeps the white space before an answer, and passes what follows',
        ['  abc', 'def'],
        [answers('  abc'), answers('def'), nothing],
      ],
      [
        'waits while an opening tag may come',
        [' ', ' <th', 'in', 'k>a'],
        [nothing, nothing, nothing, thinks('a'), nothing],
      ],
      [
        'gives the text before what may be a closing tag',
        ['<think>abc</th', 'ink>def'],
        [thinks('abc'), answers('def'), nothing],
      ],
      [
        'gives what turned out to be no tag',
        ['<think>abc</th', 'ing>def', 'ghi</thi', 'nk>jkl'],
        [thinks('abc'), thinks('</thing>def'), thinks('ghi'), answers('jkl'), nothing],
      ],
      [
        'drops white space after a closing tag in later pieces too',
        ['<think>abc</think>', '\n\n', ' def ', ' ghi'],
        [thinks('abc'), nothing, answers('def '), answers(' ghi'), nothing],
      ],
      [
        'says nothing about an empty block',
        ['<think>', '\n', '</think>', '\n\n', 'Hi', ' there'],
        [nothing, nothing, nothing, nothing, answers('Hi'), answers(' there'), nothing],
      ],
      [
        'keeps white space before a closing tag',
        ['  <think>   \t ', '  some ', 'thoughts </think>  ', '  more'],
        [nothing, thinks('some '), thinks('thoughts '), answers('more'), nothing],
      ],
    ];
    it.each(steps)('%s', (_, pieces, expected) => {
      expect(parseSteps(pieces)).toEqual(expected);
    });
  });

  describe('loses nothing at the end', () => {
    const tails: readonly (readonly [string, readonly string[], readonly Split[]])[] = [
      ['an answer that ends as a tag begins', ['a <'], [answers('a '), answers('<')]],
      ['an answer that is the start of a tag', ['<thi'], [nothing, answers('<thi')]],
      ['an answer of white space', [' ', '\n'], [nothing, nothing, answers(' \n')]],
      ['white space and the start of a tag', [' <th'], [nothing, answers(' <th')]],
      ['thinking cut in its closing tag', ['<think>a</thin'], [thinks('a'), thinks('</thin')]],
      ['thinking that is never closed', ['<think>a', ' b'], [thinks('a'), thinks(' b'), nothing]],
    ];
    it.each(tails)('of %s', (_, pieces, expected) => {
      expect(parseSteps(pieces)).toEqual(expected);
    });

    it('and goes on after it, for text on either side of a tool call is one text', () => {
      const parser = createParser();
      expect(parser.push('<thi', true)).toEqual([{ phase: 'answer', text: '<thi' }]);
      expect(parser.push('nk>a')).toEqual([{ phase: 'answer', text: 'nk>a' }]);
      const thinking = createParser();
      expect(thinking.push('<think>a</', true)).toEqual([{ phase: 'thinking', text: 'a</' }]);
      expect(thinking.push('b</think>c')).toEqual([
        { phase: 'thinking', text: 'b' },
        { phase: 'answer', text: 'c' },
      ]);
    });

    it('nor takes white space for the first visible text', () => {
      for (const [text, phase] of [
        ['<think>a', 'thinking'],
        ['a', 'answer'],
      ] as const) {
        const parser = createParser();
        expect(parser.push('\n', true)).toEqual([{ phase: 'answer', text: '\n' }]);
        expect(parser.push(text)).toEqual([{ phase, text: 'a' }]);
      }
    });

    it('and reads a whole tag in the very last piece', () => {
      const parser = createParser();
      expect(parser.push('<think>a</think>b <', true)).toEqual([
        { phase: 'thinking', text: 'a' },
        { phase: 'answer', text: 'b <' },
      ]);
    });
  });

  describe('with the default tags', () => {
    itSplits([
      ['<thinking>a</thinking>b', 'a', 'b'],
      ['[THINK]a[/THINK]b', 'a', 'b'],
      ['<|START_THINKING|>a<|END_THINKING|>b', 'a', 'b'],
      ['<|channel>thought\na<channel|>b', 'a', 'b'],
      ['<reasoning>a</reasoning>b', 'a', 'b'],
      ['<thought>a</thought>b', 'a', 'b'],
      ['<THINK>a</Think>b', 'a', 'b'],
      // Only the tag that belongs to the opening one closes.
      ['<think>a</thinking>b[/THINK]c</think>d', 'a</thinking>b[/THINK]c', 'd'],
      ['<think><think>a</think>b</think>c', '<think>a', 'b</think>c'],
      ['<think></think>', '', ''],
      ['<think>', '', ''],
      ['', '', ''],
    ]);
  });

  describe('with attributes', () => {
    const long = 'x'.repeat(199);
    itSplits([
      ['<think type="deep">hm</think>Yes', 'hm', 'Yes'],
      ['<thinking effort=high lang="en">\nhm</thinking>\nYes', 'hm', 'Yes'],
      ['<THINK\ta>hm</think>Yes', 'hm', 'Yes'],
      // A closing tag has none.
      ['<think>a</think b>c</think>d', 'a</think b>c', 'd'],
      // Neither have tags of another form.
      ['[THINK a]b', '', '[THINK a]b'],
      ['<thinker>a', '', '<thinker>a'],
      ['<think type="deep"', '', '<think type="deep"'],
      ['<think type\n="deep">a', '', '<think type\n="deep">a'],
      ['<think <think>a</think>b', '', '<think <think>a</think>b'],
    ]);

    it('of up to 200 characters', () => {
      expect(parse(`<think ${long}>a</think>b`)).toEqual({ thinking: 'a', answer: 'b' });
      expect(parse(`<think ${long}x>a`)).toEqual(answers(`<think ${long}x>a`));
    });

    it('emits text that turns out not to be a tag as soon as it does', () => {
      const steps = ['<think ', 'you', ' <', 'b'].map((_, i, all) =>
        parseSteps(all.slice(0, i + 1)).at(-2),
      );
      expect(steps).toEqual([nothing, nothing, answers('<think you '), answers('<b')]);
    });

    describe('also with tags of your own', () => {
      itSplits([['<seed:think a="b">a</seed:think>b', 'a', 'b']], {
        tags: [{ open: '<seed:think>', close: '</seed:think>' }],
      });
    });
  });

  describe('reads the channels of gpt-oss', () => {
    const analysis = '<|channel|>analysis<|message|>';
    const final = '<|start|>assistant<|channel|>final<|message|>';
    const json = '<|start|>assistant<|channel|>final <|constrain|>json<|message|>';
    const call =
      '<|start|>assistant<|channel|>commentary to=functions.add <|constrain|>json<|message|>';
    const callFirst = '<|start|>assistant to=functions.add<|channel|>commentary json<|message|>';

    itSplits([
      [`${analysis}Hm.<|end|>${final}Hi!<|return|>`, 'Hm.', 'Hi!'],
      [`${analysis}Hm.<|end|>${final}Hi!`, 'Hm.', 'Hi!'],
      ['<|channel|>final<|message|>Hi!<|return|>', '', 'Hi!'],
      ['<|channel|>final<|message|>Hi<|return|>!', '', 'Hi!'],
      ['<|channel|>final<|message|>Hi!', '', 'Hi!'],
      [`${final}Hi!<|end|>`, '', 'Hi!'],
      [`<|start|>assistant${analysis}Hm.<|end|>${final}Hi!`, 'Hm.', 'Hi!'],
      // As for tags, white space next to a mark is dropped.
      [`\n${analysis}\nHm.<|end|>\n${final}\n Hi! `, 'Hm.', 'Hi! '],
      [`${analysis}Hm.<|end|>${json}{"a":1}<|return|>`, 'Hm.', '{"a":1}'],
      // A mark that the server has removed.
      [`${analysis}Hm.${final}Hi!`, 'Hm.', 'Hi!'],
      [`${analysis}Hm.<|end|><|channel|>final<|message|>Hi!`, 'Hm.', 'Hi!'],
      [`${analysis}Hm.<|end|>Hi!`, 'Hm.', 'Hi!'],
      [`${analysis}Hm.`, 'Hm.', ''],
      [`${analysis}Hm.<|end|>`, 'Hm.', ''],
      // Commentary, the arguments of calls above all, is no part of the answer.
      [`${analysis}Hm.<|end|>${call}{"a":1}<|call|>`, 'Hm.{"a":1}', ''],
      [`${analysis}Hm.<|end|>${callFirst}{"a":1}<|call|>`, 'Hm.{"a":1}', ''],
      [`${analysis}A.<|end|>${final}B.<|end|>${analysis}C.<|end|>${final}D.`, 'A.C.', 'B.D.'],
      ['<|CHANNEL|>Analysis<|Message|>Hm.<|end|>Hi', 'Hm.', 'Hi'],
      ['<|channel|>finality<|message|>Hm.', 'Hm.', ''],
    ]);

    describe('but not what only looks like one', () => {
      const texts = [
        '<|channel|>',
        '<|channel|>final',
        '<|channel|>final<|mess',
        '<|channel|>final<b>Hi',
        '<|start|>assistant<|message|>Hi',
        '<|start|>assistant',
        'Hi!<|end|>',
        'Hi!<|return|>',
        `<|channel|>${'a'.repeat(200)}<|message|>b`,
        `It writes \`${final}\` before the answer.`,
        `It writes ${analysis} and later ${final}, mostly.`,
      ];
      itSplits(texts.map((text) => [text, '', text]));
    });

    describe('and takes `final` without a channel before it for a closing tag', () => {
      itSplits([
        [`Hm.<|end|>${final}Hi!<|return|>`, 'Hm.', 'Hi!'],
        [`Hm.${final}Hi!`, 'Hm.', 'Hi!'],
      ]);
    });

    describe('with startsInThinking', () => {
      itSplits(
        [
          [`Hm.<|end|>${final}Hi!<|return|>`, 'Hm.', 'Hi!'],
          [`${analysis}Hm.<|end|>${final}Hi!`, 'Hm.', 'Hi!'],
          [`${final}Hi!`, '', 'Hi!'],
        ],
        { startsInThinking: true },
      );
    });

    describe("with position: 'anywhere'", () => {
      itSplits([[`A ${analysis}Hm.<|end|>${final}Hi!`, 'Hm.', 'A Hi!']], { position: 'anywhere' });
    });

    it('only with the default tags', () => {
      const text = `${analysis}Hm.<|end|>${final}Hi!`;
      expect(parse(text, { tags: [{ open: '<t>', close: '</t>' }] })).toEqual(answers(text));
    });

    it('passes the answer’s text on', () => {
      const parser = createParser();
      parser.push(`${final}Hi`);
      expect([' there', ' <b>', ' <|'].map((text) => parser.passes(text))).toEqual([
        true,
        true,
        false,
      ]);
    });
  });

  it('reports nothing about an answer that has no text yet', () => {
    expect(parseAll(['</think>', 'Hi'])).toEqual([{ phase: 'answer', text: 'Hi' }]);
    expect(parseAll(['<|channel|>final<|message|>', 'Hi'])).toEqual([
      { phase: 'answer', text: 'Hi' },
    ]);
  });

  describe('takes for the answer what only looks like a tag', () => {
    itSplits([
      ['<thermal> a < b <<think>', '', '<thermal> a < b <<think>'],
      ['< think>a</think>', '< think>a', ''],
      ['<thin k>a', '', '<thin k>a'],
      ['[1, 2] [THIN', '', '[1, 2] [THIN'],
      ['👩‍👩‍👧 <think>a', '', '👩‍👩‍👧 <think>a'],
    ]);
  });

  describe('takes for the answer what mentions a tag', () => {
    const texts = [
      'Models open with <think> and close with </think>, mostly.',
      'Put it in <think>...</think> or <thinking>...</thinking>.',
      'Close it with `</think>`.',
      'Write `x = a </think> b` there.',
      'It ends with "</think>" and then answers.',
      'It ends with “</think>” and then answers.',
      'The "`</think>`" tag',
      'The `"</think>"` tag',
      '```\nthought\n</think>\nanswer\n```\nThat is all.',
      'So:\n\n  ```xml\n  </think>\n  </think>\n  ```\n',
      'First ```\na\n```\n, then\n```\n</think>\n```',
      '`<think>` opens, `</think>` closes, "</think>" again.',
    ];
    itSplits(texts.map((text) => [text, '', text]));
  });

  describe('tells of a closing tag without an opening one', () => {
    itSplits([
      ['Hmm, the user wants 391.\n</think>\n\n391', 'Hmm, the user wants 391.\n', '391'],
      ['hm</think>Hi', 'hm', 'Hi'],
      ['hm[/THINK] Hi', 'hm', 'Hi'],
      ['</think>\n\nHi', '', 'Hi'],
      ['\n</think>Hi', '\n', 'Hi'],
      ['hm</think>', 'hm', ''],
      // After it, the answer may mention tags.
      ['hm</think>Use </think> and <think>.', 'hm', 'Use </think> and <think>.'],
      // What was mentioned is closed, and code and quotation are over.
      ['Tags: <think> and </think>.\n</think>Hi', 'Tags: <think> and </think>.\n', 'Hi'],
      [
        'It\'s `code` and "quotes".\n5" wide\n</think>Hi',
        'It\'s `code` and "quotes".\n5" wide\n',
        'Hi',
      ],
      ['A lone ` here.\n</think>Hi', 'A lone ` here.\n', 'Hi'],
      // Also on the same line.
      ["It's `code`.</think>Hi", "It's `code`.", 'Hi'],
      ['It is "so".</think>Hi', 'It is "so".', 'Hi'],
      ['`a` or `b`.\n</think>Hi', '`a` or `b`.\n', 'Hi'],
      ["```\ncode\n```\nThat's it.</think>Hi", "```\ncode\n```\nThat's it.", 'Hi'],
      ['A `</think>` and "<think>" here.\n</think>Hi', 'A `</think>` and "<think>" here.\n', 'Hi'],
    ]);

    it('at once, with the text after it if there is some', () => {
      const parser = createParser();
      expect(parser.push('hm')).toEqual([{ phase: 'answer', text: 'hm' }]);
      expect(parser.push('m</think>')).toEqual([
        { phase: 'answer', text: 'm' },
        { phase: 'answer', text: '', reclassify: true },
      ]);
      expect(parser.push('\nHi')).toEqual([{ phase: 'answer', text: 'Hi' }]);
      const whole = createParser();
      expect(whole.push('hm</think> Hi')).toEqual([
        { phase: 'answer', text: 'hm' },
        { phase: 'answer', text: 'Hi', reclassify: true },
      ]);
    });
  });

  describe("with position: 'anywhere'", () => {
    itSplits(
      [
        ['<think>a</think>b', 'a', 'b'],
        ['a <think>b</think> c <think>d</think>e', 'bd', 'a c e'],
        ['a [THINK]b</think>[/THINK]c', 'b</think>', 'a c'],
        ['a `<think>b</think>` c', 'b', 'a `` c'],
        ['a <think>b', 'b', 'a '],
        ['a <thi', '', 'a <thi'],
        ['hm</think>a <think>b</think>c', 'hmb', 'a c'],
        ['a<think>b</think>c</think>d', 'b', 'ac</think>d'],
        ['`</think>` a', '', '`</think>` a'],
      ],
      { position: 'anywhere' },
    );
  });

  describe('with startsInThinking', () => {
    itSplits(
      [
        ['a</think>b', 'a', 'b'],
        [' a [/THINK]\nb', ' a ', 'b'],
        // What the template wrote, some models write again.
        ['\n<think>\na</think>b', 'a', 'b'],
        ['<think>a[/THINK]</think>b', 'a[/THINK]', 'b'],
        ['a <think>b</think>c</think>', 'a <think>b', 'c</think>'],
        ['a `</think>b', 'a `', 'b'],
        ['a</thi', 'a</thi', ''],
        ['<thi', '<thi', ''],
        [' ', ' ', ''],
      ],
      { startsInThinking: true },
    );
  });

  describe('with tags of your own', () => {
    const tags = (...pairs: readonly string[]): SplitThinkingOptions => ({
      tags: pairs.map((pair): ThinkingTag => {
        const [open = '', close = ''] = pair.split(' ');
        return { open, close };
      }),
    });

    describe('knows no others', () => {
      itSplits(
        [
          ['(.*)a[^]b', 'a', 'b'],
          ['<think>a</think>b', '', '<think>a</think>b'],
        ],
        tags('(.*) [^]'),
      );
    });

    describe('takes the longest where one begins with the other', () => {
      itSplits(
        [
          ['<t>a</t>b', 'a', 'b'],
          ['<ta</tb', 'a', 'b'],
          ['<t', '', '<t'],
          ['<tx', 'x', ''],
        ],
        tags('<t </t', '<t> </t>'),
      );
    });

    describe('has attributes only if it is a tag of XML', () => {
      itSplits(
        [
          ['!<a b>c', '', '!<a b>c'],
          ['!<a>b</a>c', 'b', 'c'],
        ],
        tags('!<a> </a>'),
      );
      itSplits(
        [
          ['<a b>!c', '', '<a b>!c'],
          ['<a>!b</a>c', 'b', 'c'],
        ],
        tags('<a>! </a>'),
      );
    });

    describe('takes the one that is spelled out before one with attributes', () => {
      itSplits([['<a b>c<end>d', 'c', 'd']], {
        tags: [
          { open: '<a>', close: '</a>' },
          { open: '<a b>', close: '<end>' },
        ],
      });
    });

    describe('closes with any of the tags that belong to the opening one', () => {
      itSplits(
        [
          ['<a>b</a>c', 'b', 'c'],
          ['<a>b<end>c', 'b', 'c'],
          ['<a>b</x>c', 'b</x>c', ''],
        ],
        tags('<a> </a>', '<A> <end>', '<x> </x>'),
      );
    });

    describe('may open and close alike', () => {
      itSplits([['||a||b||c||d', 'ac', 'bd']], { ...tags('|| ||'), position: 'anywhere' });
    });

    describe('may be a single character, or one of two units', () => {
      itSplits([['§a¶b', 'a', 'b']], tags('§ ¶'));
      itSplits([['😀a😁b😂', 'a', 'b😂']], tags('😀 😁'));
    });

    describe('is never in a block that nothing closes, or that nothing opens', () => {
      itSplits([['<a>b', 'b', '']], tags('<a> '));
      itSplits([['<a>b', '', '<a>b']], tags(' </a>'));
    });

    it('none at all: every text passes', () => {
      const parser = createParser({ tags: [] });
      expect([' ', '<think>', 'a</think>'].map((text) => parser.passes(text))).toEqual([
        true,
        true,
        true,
      ]);
      expect(parser.push('', true)).toEqual([]);
      expect(parse('<think>a', { tags: [], position: 'anywhere' })).toEqual(answers('<think>a'));
      expect(parse(' a</think>', { tags: [], startsInThinking: true })).toEqual(
        thinks(' a</think>'),
      );
    });
  });

  describe('says of a text that it passes', () => {
    it('when it is plainly more of the answer', () => {
      const parser = createParser();
      expect(parser.passes('a')).toBe(false);
      parser.push('a');
      expect(parser.passes(' b')).toBe(true);
      expect(parser.passes(' <b>')).toBe(true);
      expect(parser.passes(' <')).toBe(false);
      parser.push(' <');
      expect(parser.passes('b')).toBe(false);
    });

    it('after the block whatever it is, once white space is over', () => {
      const parser = createParser();
      parser.push('<think>a');
      expect(parser.passes('b')).toBe(false);
      parser.push('</think>');
      expect(parser.passes('b')).toBe(false);
      parser.push('b');
      expect(parser.passes('<think> </think> <')).toBe(true);
    });

    it('after the block as it is pushed, letter by letter', () => {
      const parser = createParser();
      parser.push('<think>a</think>b');
      const letters = Array.from({ length: 95 }, (_, n) => String.fromCharCode(32 + n));
      const wrong = letters.filter((letter) => sum(parser.push(letter)).answer !== letter);
      expect(wrong).toEqual([]);
    });
  });

  describe('with any text, cut at any places', () => {
    const defaults = ['<think>', '</think>', '<thinking>', '</thinking>', '[THINK]', '[/THINK]'];
    const channels = [
      ...['<|channel|>analysis<|message|>', '<|channel|>final<|message|>', '<|end|>', '<|return|>'],
      ...['<|start|>assistant<|channel|>final<|message|>', '<|channel|>', '<|message|>'],
      ...['<|channel|>commentary to=functions.f <|constrain|>json<|message|>', '<|call|>'],
    ];
    const begun = fc
      .tuple(fc.constantFrom(...defaults, ...channels, '<|channel>thought'), fc.nat({ max: 30 }))
      .map(([tag, length]) => tag.slice(0, length));
    const snippet = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.constantFrom(...defaults, '<Think>', '<|channel>thought', '<channel|>'),
      },
      {
        weight: 2,
        arbitrary: fc.constantFrom(...channels, '<think a="b">', '<thought c>', 'final'),
      },
      { weight: 2, arbitrary: begun },
      { weight: 2, arbitrary: fc.constantFrom(' ', '\n', '\t', '\u00a0', '\n\n  ') },
      {
        weight: 2,
        arbitrary: fc.constantFrom('`', '```', '```js\n', '\n```\n', '"', '“', '”', "'"),
      },
      { weight: 2, arbitrary: fc.string({ unit: 'grapheme' }) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
      { weight: 1, arbitrary: fc.constantFrom('👩‍👩‍👧', 'e\u0301', '\ud83d', 'ſİK') },
    );
    const text = fc.array(snippet, { maxLength: 14 }).map((snippets) => snippets.join(''));

    /** Many tags that overlap, and texts of little else. */
    const letters = (maxLength: number) =>
      fc.string({ unit: fc.constantFrom('a', 'b', '<', '|'), minLength: 1, maxLength });
    const ownTags = fc.array(fc.record({ open: letters(4), close: letters(3) }), { maxLength: 4 });
    const dense = fc.string({ unit: fc.constantFrom('a', 'B', '<', '|', ' ', 'c'), maxLength: 30 });

    const behavior = {
      position: fc.constantFrom('leading', 'anywhere'),
      startsInThinking: fc.boolean(),
    } as const;
    const input = fc.oneof(
      fc.record({ text, options: fc.record(behavior, { requiredKeys: [] }) }),
      fc.record({ text: dense, options: fc.record({ ...behavior, tags: ownTags }) }),
    );
    const places = fc.array(fc.nat(), { maxLength: 12 });

    const cut = (whole: string, at: readonly number[]): string[] => {
      const ends = [...at.map((place) => place % (whole.length + 1)), whole.length];
      ends.sort((a, b) => a - b);
      return ends.map((end, i) => whole.slice(ends[i - 1] ?? 0, end));
    };

    it('gives the same thinking and the same answer', () => {
      fc.assert(
        fc.property(input, places, ({ text, options }, at) => {
          const expected = parse(text, options);
          expect(sum(parseAll(cut(text, at), options))).toEqual(expected);
          expect(sum(parseAll(inUnits(text), options))).toEqual(expected);
          expect(sum(parseAll(Array.from(text), options))).toEqual(expected);
          expect(sum(parseWhatDoesNotPass(cut(text, at), options))).toEqual(expected);
          expect(sum(parseWhatDoesNotPass(inUnits(text), options))).toEqual(expected);
        }),
        { numRuns: 1000 },
      );
    });

    it('takes nothing away but tags with the white space around them, and keeps the order', () => {
      const escape = (literal: string) => literal.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
      const all = [
        '</?(?:think|thinking|reasoning|thought)(?:[ \\t][^<>\\n]*)?>',
        ...['\\[/?THINK\\]', '<\\|(?:START|END)_THINKING\\|>', '<\\|channel>thought|<channel\\|>'],
        '(?:<\\|start\\|>[^<]*)?<\\|channel\\|>[^<]*(?:<\\|constrain\\|>[^<]*)?<\\|message\\|>',
        '<\\|(?:end|call|return)\\|>',
      ];
      fc.assert(
        fc.property(input, ({ text, options }) => {
          const tags =
            'tags' in options ? options.tags.flatMap(Object.values<string>).map(escape) : all;
          const gone = tags.length ? `(?:\\s*(?:${tags.join('|')})\\s*)*` : '';
          // Unit by unit, since text on either side of a block without any is one part otherwise.
          const parts = parseAll(inUnits(text), options).map((part) => escape(part.text));
          expect(text).toMatch(new RegExp(`^${[gone, ...parts].join(gone)}${gone}$`, 'i'));
        }),
      );
    });

    it('emits no empty parts, and none of the same kind next to each other in one piece', () => {
      fc.assert(
        fc.property(input, places, ({ text, options }, at) => {
          const parser = createParser(options);
          for (const piece of [...cut(text, at), '']) {
            const parts = parser.push(piece, piece === '');
            expect(parts.filter((part) => !part.text && !part.reclassify)).toEqual([]);
            const same = parts.filter(
              ({ phase, reclassify }, i) => !reclassify && parts[i - 1]?.phase === phase,
            );
            expect(same).toEqual([]);
          }
        }),
      );
    });

    it('reads one block at the start as a look at the whole text does', () => {
      const closing = new Map([
        ['<think>', '</think>'],
        ['<thinking>', '</thinking>'],
        ['[think]', '[/think]'],
      ]);
      const leading = fc.constantFrom('<think>', ' <THINK>', '\n<thinking>\n', '[THINK]');
      fc.assert(
        fc.property(leading, text, places, (start, rest, at) => {
          const block = rest.trimStart();
          const close = closing.get(start.trim().toLowerCase()) ?? '';
          const end = block.search(new RegExp(close.replace('[', '\\['), 'i'));
          const expected =
            end < 0
              ? thinks(block)
              : {
                  thinking: block.slice(0, end),
                  answer: block.slice(end + close.length).trimStart(),
                };
          expect(sum(parseAll(cut(start + rest, at)))).toEqual(expected);
        }),
      );
    });
  });

  describe('takes time in proportion to the text', () => {
    const floods: Readonly<Record<string, (n: number) => readonly string[]>> = {
      'white space at the start, one by one': (n) => [...inUnits(' '.repeat(n)), 'a'],
      'white space after a tag, one by one': (n) => ['<think>', ...inUnits('\n'.repeat(n))],
      'beginnings of tags, one by one': (n) => inUnits('a' + '<'.repeat(n)),
      'beginnings of tags in one piece': (n) => ['a' + '<thin'.repeat(n)],
      'beginnings of tags in thinking': (n) => ['<think>', '</thin'.repeat(n)],
      'attributes without an end': (n) => ['a' + '<think '.repeat(n)],
      'attributes without an end, one by one': (n) => inUnits('<think ' + 'a'.repeat(n)),
      'headers without an end': (n) => ['a' + '<|start|>a<|channel|>b'.repeat(n)],
      'headers without an end, one by one': (n) =>
        inUnits('<|start|>a<|channel|>b '.repeat(n / 20)),
      'channels, one by one': (n) => inUnits('<|channel|>a<|message|>b<|end|>'.repeat(n / 20)),
      'closing tags in code': (n) => ['`', ...Array.from({ length: n }, () => '</think>')],
      'closing tags in code in one piece': (n) => ['`' + '</think>'.repeat(n)],
      'tags mentioned, one by one': (n) => inUnits('a' + '<think></think>'.repeat(n / 8)),
      'tags mentioned in one piece': (n) => ['a' + '<think></think>'.repeat(n)],
      'quotes and code on one line': (n) => inUnits('a' + '`"'.repeat(n)),
      'one long text': (n) => ['a'.repeat(100 * n)],
      'one long line, one by one': (n) => inUnits('a'.repeat(n)),
    };
    it.each(Object.entries(floods))('%s', (_, flood) => {
      const growth = measureGrowth((size) => parseWhatDoesNotPass(flood(size)), 4_000);
      expect(growth).toBeLessThan(9);
    });

    it('blocks one after another', () => {
      const growth = measureGrowth(
        (size) => parseAll(['<think>a</think>b'.repeat(size)], { position: 'anywhere' }),
        2_000,
      );
      expect(growth).toBeLessThan(9);
    });
  });
});
