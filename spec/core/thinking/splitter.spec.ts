import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createGrammar, type SplitThinkingOptions } from '../../../lib/core/thinking/grammar.js';
import { createPhaseSplitter } from '../../../lib/core/thinking/splitter.js';

import { chunk } from '../../../lib/testing/index.js';
import type { ChatChunk, ChunkMarks, Logprob, PhasedChunk } from '../../../lib/types/index.js';
import { delta, textOf } from '../../support/chunks.js';

const { answer, done, thinking, toolCall } = chunk;

type Chunk = ChatChunk & ChunkMarks;

/** What becomes of each chunk and, at last, of the end. */
function splitSteps<C extends Chunk>(chunks: readonly C[], options?: SplitThinkingOptions) {
  const splitter = createPhaseSplitter<C>(createGrammar(options));
  return [...chunks.map((chunk) => splitter.next(chunk)), splitter.flush()];
}

const split = <C extends Chunk>(chunks: readonly C[], options?: SplitThinkingOptions) =>
  splitSteps(chunks, options).flat();

/** A chunk in short: its phase, and what it says. */
const inShort = ({ phase, message, reclassify }: PhasedChunk): string =>
  `${phase}${reclassify ? '!' : ''} ${message.thinking ?? message.content}`.trim();

const stepsInShort = (chunks: readonly Chunk[], options?: SplitThinkingOptions) =>
  splitSteps(chunks, options).map((step) => step.map(inShort));

const role = 'assistant';
const { tool_calls = [] } = toolCall('add', { a: 1 }).message;
const logprob = (token: string): Logprob => ({ token, logprob: -1 });

describe('the phase splitter', () => {
  describe('of a chunk about one thing', () => {
    it('changes nothing but that it says what it is about', () => {
      const native = [thinking('hm'), thinking('m'), answer('3'), answer('91')];
      const chunks = [...native, toolCall('add', { a: 1 }), done()];
      const phases = ['thinking', 'thinking', 'answer', 'answer', 'tools', 'done'] as const;
      expect(split(chunks)).toStrictEqual(
        chunks.map((chunk, i) => ({
          ...chunk,
          message: { ...(i < 2 && { thinking: '' }), ...chunk.message },
          phase: phases[i],
        })),
      );
    });

    it('takes that of an empty one for what the last was about, at first for the answer', () => {
      const chunks = [answer(''), thinking('hm'), answer(''), answer('3'), answer('')];
      expect(stepsInShort(chunks)).toEqual([
        ['answer'],
        ['thinking hm'],
        ['thinking'],
        ['answer 3'],
        ['answer'],
        [],
      ]);
      expect(stepsInShort([thinking('a'), answer('b'), thinking('c'), answer('')])).toEqual([
        ['thinking a'],
        ['answer b'],
        ['thinking c'],
        ['thinking'],
        [],
      ]);
      expect(stepsInShort([answer('')], { startsInThinking: true })).toEqual([['thinking'], []]);
      expect(stepsInShort([toolCall('add'), answer('')])).toEqual([['tools'], ['tools'], []]);
      expect(stepsInShort([delta({ content: '', tool_calls: [] })])).toEqual([['answer'], []]);
    });

    it('passes it as it is if it says so itself', () => {
      const once = split([answer('<think>hm</think>3'), answer('<'), done()]);
      const twice = split(once, { startsInThinking: true, position: 'anywhere' });
      expect(twice).toHaveLength(4);
      twice.forEach((chunk, i) => {
        expect(chunk).toBe(once[i]);
      });
    });
  });

  describe('of a chunk about several things', () => {
    const logprobs = [logprob('a'), logprob('b')];
    const all = {
      ...done(),
      shard: 'b',
      logprobs,
      message: { role, content: '3', thinking: 'hm', tool_calls, images: ['x'] },
    };

    it('makes chunks of thinking, answer, tools and done, in this order', () => {
      const { message, logprobs: _, ...final } = all;
      const { model, created_at, shard } = final;
      const common = { model, created_at, shard, done: false };
      const own = { role, images: message.images, content: '' };
      expect(split([all])).toStrictEqual([
        { ...common, logprobs, phase: 'thinking', message: { ...own, thinking: 'hm' } },
        { ...common, merged: 0, phase: 'answer', message: { ...own, content: '3' } },
        { ...common, merged: 0, phase: 'tools', message: { ...own, tool_calls } },
        { ...final, phase: 'done', message: own },
      ]);
    });

    it.each<[string, Partial<typeof all.message>, boolean, string[]]>([
      ['thinking and answer', { thinking: 'hm', content: '3' }, false, ['thinking hm', 'answer 3']],
      ['thinking and calls', { thinking: 'hm', tool_calls }, false, ['thinking hm', 'tools']],
      ['answer and calls', { content: '3', tool_calls }, false, ['answer 3', 'tools']],
      ['calls on the final chunk', { tool_calls }, true, ['tools', 'done']],
      ['answer on the final chunk', { content: '3' }, true, ['answer 3', 'done']],
      ['thinking on the final chunk', { thinking: 'hm' }, true, ['thinking hm', 'done']],
      ['no calls on the final chunk', { tool_calls: [] }, true, ['done']],
      [
        'a block and calls',
        { content: '<think>hm</think>3', tool_calls },
        false,
        ['thinking hm', 'answer 3', 'tools'],
      ],
      [
        'text that might become a tag, and calls',
        { content: 'a <', tool_calls },
        false,
        ['answer a <', 'tools'],
      ],
    ])('does so with %s', (_, message, isFinal, expected) => {
      const chunk = {
        ...(isFinal ? done() : answer('')),
        message: { role, content: '', ...message },
      };
      expect(split([chunk]).map(inShort)).toEqual(expected);
    });

    it('does so with one that has no content', () => {
      const withoutContent = ({ message: { content: _, ...message }, ...chunk }: ChatChunk) =>
        ({ ...chunk, message }) as Chunk;
      const chunks = [toolCall('add'), thinking('hm'), thinking('m'), done()].map(withoutContent);
      expect(stepsInShort(chunks.slice(1))).toEqual([
        ['thinking hm'],
        ['thinking m'],
        ['done'],
        [],
      ]);
      expect(stepsInShort(chunks.slice(0, 1))).toEqual([['tools'], []]);
    });
  });

  describe('while text is held back', () => {
    it('emits nothing, and then all of it with the chunk that settles it', () => {
      const chunks = [answer(' '), answer('<thi'), answer('nk>\n'), answer('hm</'), answer('b>')];
      expect(stepsInShort(chunks)).toEqual([[], [], [], ['thinking hm'], ['thinking </b>'], []]);
      expect(stepsInShort([answer(' <thi'), answer('ng'), answer('s')])).toEqual([
        [],
        ['answer  <thing'],
        ['answer s'],
        [],
      ]);
    });

    it('passes empty chunks on, which are signs of life', () => {
      expect(stepsInShort([answer('a'), answer('<'), answer(''), answer('b')])).toEqual([
        ['answer a'],
        [],
        ['answer'],
        ['answer <b'],
        [],
      ]);
    });

    it('emits what a chunk says apart from its text at once', () => {
      const probable = { ...answer('<th'), logprobs: [logprob('<th')] };
      const restarted = { ...answer('<th'), reset: true as const };
      const empty = { phase: 'answer', message: { role, content: '' } };
      expect(split([probable, answer('e')])).toStrictEqual([
        { ...probable, ...empty },
        { ...answer('<the'), phase: 'answer' },
      ]);
      expect(split([restarted])).toStrictEqual([
        { ...restarted, ...empty },
        { ...answer('<th'), phase: 'answer', merged: 0 },
      ]);
    });

    it('does so after calls too', () => {
      const probable = { ...answer('<'), logprobs: [logprob('<')] };
      const { message } = answer('');
      expect(split([toolCall('add'), probable]).slice(1, 2)).toStrictEqual([
        { ...probable, message, phase: 'tools' },
      ]);
    });

    it('emits it at the end as a part of the last chunk, without what that had said', () => {
      const chunk = { ...answer('a <'), logprobs: [logprob('a')], merged: 3, shard: 'b' };
      expect(split([chunk])).toStrictEqual([
        { ...chunk, phase: 'answer', message: { role, content: 'a ' } },
        { ...answer('<'), phase: 'answer', merged: 0, shard: 'b' },
      ]);
    });

    it('counts it', () => {
      const chunks = [answer('<'), { ...answer('th'), merged: 2 }, answer('e')];
      expect(split(chunks)).toStrictEqual([{ ...answer('<the'), phase: 'answer', merged: 4 }]);
      expect(split(chunks.slice(0, 2))).toStrictEqual([
        { ...answer('<th'), phase: 'answer', merged: 3 },
      ]);
    });

    it('counts a chunk that many were merged in once, however many it becomes', () => {
      const chunk = { ...answer('<think>hm</think>3'), merged: 7 };
      expect(split([chunk]).map(({ merged }) => merged)).toEqual([7, 0]);
    });

    it('lets nothing be lost that a chunk has besides the text that is held back', () => {
      const marked = { ...answer('<th'), session: 7 };
      const imaged = delta({ content: 'in', images: ['aGk='] });
      const splitter = createPhaseSplitter<ChatChunk & { session?: number }>(createGrammar());
      expect(splitter.next(marked)).toMatchObject([{ session: 7, message: { content: '' } }]);
      expect(splitter.next(imaged)).toMatchObject([{ message: { content: '', images: ['aGk='] } }]);
      expect(splitter.next(answer('k>'))).toEqual([]);
    });

    it('keeps back a chunk that says nothing else but where it comes from', () => {
      const cloud = { ...answer('<th'), remote_model: 'qwen3', remote_host: 'https://ollama.com' };
      expect(split([cloud]).map(({ message }) => message.content)).toEqual(['<th']);
      const splitter = createPhaseSplitter<ChatChunk>(createGrammar());
      expect(splitter.next(cloud)).toEqual([]);
    });

    it.each(['undone', 'models'])('takes no %s for a field that it knows', (field) => {
      const splitter = createPhaseSplitter<ChatChunk>(createGrammar());
      expect(splitter.next({ ...answer('<th'), [field]: 1 })).toMatchObject([{ [field]: 1 }]);
    });

    it('says of the final chunk nothing of this', () => {
      const chunks = split([answer('<think></think>'), done()]);
      expect(chunks).toStrictEqual([{ ...done(), phase: 'done' }]);
    });

    it('has nothing to emit if none is left, or nothing came', () => {
      expect(split([])).toEqual([]);
      expect(stepsInShort([answer('<think>')])).toEqual([[], []]);
      expect(stepsInShort([answer('a')])).toEqual([['answer a'], []]);
    });
  });

  describe('when the server itself tells thinking', () => {
    it('takes tags in the content for text', () => {
      const chunks = [thinking('hm'), answer('<think>a</think>'), answer('</think>b <')];
      expect(stepsInShort(chunks)).toEqual([
        ['thinking hm'],
        ['answer <think>a</think>'],
        ['answer </think>b <'],
        [],
      ]);
    });

    it('does so from then on, and releases before it what was held back', () => {
      expect(stepsInShort([answer(' <th'), thinking('hm'), answer('ink>a')])).toEqual([
        [],
        ['answer  <th', 'thinking hm'],
        ['answer ink>a'],
        [],
      ]);
      expect(stepsInShort([answer('<think>a'), thinking('b'), answer('c</think>d')])).toEqual([
        ['thinking a'],
        ['thinking b'],
        ['answer c</think>d'],
        [],
      ]);
    });

    it('takes empty thinking for none', () => {
      const chunks = [delta({ thinking: '', content: '<think>hm</think>3' })];
      expect(stepsInShort(chunks)).toEqual([['thinking hm', 'answer 3'], []]);
    });
  });

  describe('when a closing tag comes that none opened', () => {
    it('says of the next chunk that the answer so far was thinking', () => {
      const chunks = [
        answer('hm'),
        answer('.\n'),
        answer('</think>'),
        answer('\n\n'),
        answer('Hi'),
      ];
      expect(stepsInShort(chunks)).toEqual([
        ['answer hm'],
        ['answer .'],
        ['answer!'],
        [],
        ['answer Hi'],
        [],
      ]);
      expect(stepsInShort([answer('hm</think>Hi')])).toEqual([['answer hm', 'answer! Hi'], []]);
      expect(stepsInShort([answer('hm</think>'), done()])).toEqual([
        ['answer hm', 'answer!'],
        ['done'],
        [],
      ]);
    });
  });

  describe('begins anew', () => {
    const again = (chunk: Chunk): Chunk => ({ ...chunk, reset: true });

    it('with a chunk that says so, which drops what was held back', () => {
      const chunks = [answer('<think>a</'), again(answer('b')), answer('c'), again(thinking('d'))];
      expect(stepsInShort(chunks)).toEqual([
        ['thinking a'],
        ['answer b'],
        ['answer c'],
        ['thinking d'],
        [],
      ]);
      expect(stepsInShort([answer('<th'), again(answer('ink>'))])).toEqual([
        [],
        ['answer ink>'],
        [],
      ]);
    });

    it('with no chunk counted, and nothing known of what it is about', () => {
      const chunks = [answer('<th'), again(answer('a')), thinking('b'), again(answer(''))];
      expect(split(chunks)).toStrictEqual([
        { ...again(answer('a')), phase: 'answer' },
        { ...thinking('b'), phase: 'thinking' },
        { ...again(answer('')), phase: 'answer' },
      ]);
    });

    it('also with inline parsing', () => {
      const chunks = [thinking('a'), again(answer('<think>b</think>c')), again(answer(''))];
      expect(stepsInShort(chunks)).toEqual([
        ['thinking a'],
        ['thinking b', 'answer c'],
        ['answer'],
        [],
      ]);
      const [, first, second]: readonly Chunk[] = split(chunks);
      expect([first?.reset, second?.reset]).toEqual([true, undefined]);
    });

    it('keeps the marks on the first chunk only', () => {
      const marked: Chunk = { ...answer('<think>b</think>c'), reset: true, restart: true };
      const chunks: readonly Chunk[] = split<Chunk>([thinking('a'), done(), marked]).slice(2);
      expect(chunks.map(({ reset, restart }) => [reset, restart])).toEqual([
        [true, true],
        [undefined, undefined],
      ]);
      expect(split([{ ...answer('<th'), reset: true, restart: true }])).toMatchObject([
        { reset: true, restart: true, message: { content: '' } },
        { message: { content: '<th' } },
      ]);
    });

    it('after chunks that are split already', () => {
      const chunks: Chunk[] = [thinking('a'), { ...done(), phase: 'done' }, answer('<think>b')];
      expect(stepsInShort(chunks)).toEqual([['thinking a'], ['done'], ['thinking b'], []]);
    });

    it('after a final chunk, since another message of a run follows', () => {
      const turn = [answer('<think>a</think>b'), toolCall('add'), done()];
      const expected = [['thinking a', 'answer b'], ['tools'], ['done']];
      expect(stepsInShort([...turn, ...turn])).toEqual([...expected, ...expected, []]);
      expect(stepsInShort([thinking('a'), done(), ...turn])).toEqual([
        ['thinking a'],
        ['done'],
        ...expected,
        [],
      ]);
    });
  });

  it('keeps the fields of a subtype of ChatChunk', () => {
    interface Numbered {
      readonly seq: number;
    }
    const chunks: (ChatChunk & Numbered)[] = [
      { ...answer('<think>a</'), seq: 1 },
      { ...done(), seq: 2 },
    ];
    expect(split(chunks).map(({ seq }) => seq)).toEqual([1, 2, 2]);
  });

  describe('of any chunks', () => {
    const text = fc.constantFrom(
      '',
      '<think>',
      '</think>',
      '<thi',
      'nk>',
      '<',
      ' ',
      '\n',
      'a',
      '`',
      'bc',
    );
    const message = fc.record({
      content: text,
      thinking: fc.oneof({ weight: 5, arbitrary: fc.constant('') }, { arbitrary: text, weight: 1 }),
      tool_calls: fc.oneof(
        { weight: 5, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.constant(tool_calls) },
      ),
    });
    const chunk = fc
      .record({
        message,
        logprobs: fc.option(fc.array(fc.string().map(logprob), { maxLength: 2 }), {
          nil: undefined,
        }),
        merged: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
      })
      .map(({ message, logprobs, merged }): Chunk => ({
        ...delta(message),
        ...(logprobs && { logprobs }),
        ...(merged && { merged }),
      }));
    const chunks = fc
      .tuple(fc.array(chunk), fc.option(message))
      .map(([deltas, end]): Chunk[] =>
        end ? [...deltas, { ...done(), message: { role, ...end } }] : deltas,
      );
    const options = fc.record<SplitThinkingOptions>(
      { position: fc.constantFrom('leading', 'anywhere'), startsInThinking: fc.boolean() },
      { requiredKeys: [] },
    );

    it('makes chunks about one thing', () => {
      fc.assert(
        fc.property(chunks, options, (given, opts) => {
          for (const { phase, message, done } of split(given, opts)) {
            const about = [
              ...(message.thinking ? ['thinking'] : []),
              ...(message.content ? ['answer'] : []),
              ...(message.tool_calls?.length ? ['tools'] : []),
              ...(done ? ['done'] : []),
            ];
            expect([[], [phase]]).toContainEqual(about);
          }
        }),
      );
    });

    it('keeps calls, probabilities, statistics and the count', () => {
      const figures = (all: readonly Chunk[]) => ({
        calls: all.flatMap((each) => each.message.tool_calls ?? []),
        logprobs: all.flatMap((each) => each.logprobs ?? []),
        // As fields of the final chunk, and of no other.
        statistics: all.flatMap((each) => ('eval_count' in each ? [each.eval_count] : [])),
        done: all.map((each) => each.done).filter(Boolean),
      });
      const count = (all: readonly Chunk[]) =>
        all.reduce((sum, { done, merged = 1 }) => sum + (done ? 0 : merged), 0);
      fc.assert(
        fc.property(chunks, options, (given, opts) => {
          const result = split(given, opts);
          expect(figures(result)).toEqual(figures(given));
          const deltas = given.filter((each) => !each.done);
          const seen = count(split([...deltas, answer('the end')], opts));
          expect(seen).toBe(count([...deltas, answer('the end')]));
        }),
      );
    });

    it('is done after the first time', () => {
      fc.assert(
        fc.property(chunks, options, (given, opts) => {
          const once = split(given, opts);
          expect(split(once, opts)).toEqual(once);
        }),
      );
    });

    it('keeps all text when the server tells thinking, or no tag is known', () => {
      fc.assert(
        fc.property(chunks, (given) => {
          const native = [thinking('hm'), ...given];
          expect(textOf(split(native))).toEqual(textOf(native));
          expect(textOf(split(given, { tags: [] }))).toEqual(textOf(given));
        }),
      );
    });

    it('changes none of them', () => {
      fc.assert(
        fc.property(chunks, options, (given, opts) => {
          const copy = structuredClone(given);
          split(given, opts);
          expect(given).toEqual(copy);
        }),
      );
    });
  });
});
