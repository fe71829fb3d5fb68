import { describe, expect, it } from '@jest/globals';
import { concatWith, from, map, of, share, throwError } from 'rxjs';
import { accumulateMessage } from '../../lib/operators/accumulateMessage.js';
import { bufferForUi } from '../../lib/operators/bufferForUi.js';
import { splitThinking } from '../../lib/operators/splitThinking.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk, ChunkMarks, Phase, PhasedChunk } from '../../lib/types/index.js';
import { describeOperatorContract } from '../support/contract.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';

const { answer, done, thinking, toolCall } = chunk;

describeOperatorContract({
  name: 'splitThinking',
  operator: () => splitThinking(),
  keepsType: true,
});

describeOperatorContract({
  name: 'splitThinking, with text that might become tags,',
  operator: () => splitThinking({ position: 'anywhere' }),
  keepsType: true,
  chunks: [' ', '<thi', 's> ', 'a <', '< b</', 'th', 'ing> <thin']
    .map((text): ChatChunk => answer(text))
    .concat(toolCall('add'), answer('[TH'), Object.assign(done(), { shard: 'b' })),
});

type Chunk = ChatChunk & ChunkMarks;

const as = (phase: Phase, chunk: ChatChunk, marks: ChunkMarks = {}): PhasedChunk<Chunk> => ({
  ...chunk,
  ...marks,
  phase,
});
const thought = (text: string, marks?: ChunkMarks) => as('thinking', thinking(text), marks);
const said = (text: string, marks?: ChunkMarks) => as('answer', answer(text), marks);

const call = toolCall('add', { a: 1 });
const { tool_calls = [] } = call.message;

describe('splitThinking', () => {
  // prettier-ignore
  it('labels each chunk with its phase', diagram('splitThinking-native', (m) => {
    const source = m.cold<Chunk>('  --t-a---k-(d|)', { t: thinking('Hm'), a: answer('Hi'), k: call, d: done() });
    const expected = '       --t-a---k-(d|)';
    const subs = '           ^---------!';
    m.expect(source.pipe(splitThinking())).toBeObservable(expected, {
      t: as('thinking', thinking('Hm')), a: said('Hi'), k: as('tools', call), d: as('done', done()),
    });
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'splitThinking()', results: { result: expected } };
  }));

  // prettier-ignore
  it('holds back what may become a tag until it is settled', diagram('splitThinking', (m) => {
    const source = m.cold<Chunk>('  --a---b---c---(d|)', {
      a: answer('<thi'), b: answer('nk>hm</think>'), c: answer('Hi'), d: done(),
    });
    const expected = '       ------b---c---(d|)';
    const subs = '           ^-------------!';
    m.expect(source.pipe(splitThinking())).toBeObservable(expected, {
      b: thought('hm', { merged: 2 }), c: said('Hi'), d: as('done', done()),
    });
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'splitThinking()', results: { result: expected } };
  }));

  // prettier-ignore
  it('splits a chunk of several things, synchronously', diagram('splitThinking-mixed', (m) => {
    const message = { role: 'assistant', content: 'Hi', thinking: 'Hm', tool_calls };
    const source = m.cold<Chunk>('  --a-----|', { a: { ...done(), message } });
    const expected = '       --(takd)|';
    m.expect(source.pipe(splitThinking())).toBeObservable(expected, {
      t: thought('Hm'), a: said('Hi', { merged: 0 }), k: as('tools', call, { merged: 0 }),
      d: as('done', done()),
    });
    m.expect(source).toHaveSubscriptions('^-------!');
    return { inputs: { source }, call: 'splitThinking()', results: { result: expected } };
  }));

  // prettier-ignore
  it('takes the chunk that stream: false gives', marbles((m) => {
    const message = { role: 'assistant', content: '<think>\nHm\n</think>\n\nHi' };
    const source = m.cold<Chunk>('  ---(a|)', { a: { ...done(), message } });
    const expected = '       ---(tad|)';
    m.expect(source.pipe(splitThinking())).toBeObservable(expected, {
      t: thought('Hm\n'), a: said('Hi', { merged: 0 }), d: as('done', done()),
    });
  }));

  describe('with text held back', () => {
    const held = { a: answer('a <'), b: answer('th') };
    const shown = { a: said('a '), b: said('<th') };

    // prettier-ignore
    it('delivers it when the source completes', marbles((m) => {
      const source = m.cold<Chunk>('  -a-b-|   ', held);
      const expected = '       -a---(b|)';
      const subs = '           ^----!   ';
      m.expect(source.pipe(splitThinking())).toBeObservable(expected, shown);
      m.expect(source).toHaveSubscriptions(subs);
    }));

    // prettier-ignore
    it('delivers it before an error', marbles((m) => {
      const source = m.cold<Chunk>('  -a-b-#   ', held);
      const expected = '       -a---(b#)';
      const subs = '           ^----!   ';
      m.expect(source.pipe(splitThinking())).toBeObservable(expected, shown);
      m.expect(source).toHaveSubscriptions(subs);
    }));

    // prettier-ignore
    it('delivers it before the calls and the final chunk', marbles((m) => {
      const source = m.cold<Chunk>('  -a-b-k----|', { ...held, k: call });
      const expected = '       -a---(bk)-|';
      m.expect(source.pipe(splitThinking())).toBeObservable(expected, {
        ...shown, b: said('<th', { merged: 2 }), k: as('tools', call, { merged: 0 }),
      });
      const final = m.cold<Chunk>('   -a-b-(d|) ', { ...held, d: done() });
      const finally$ = '       -a---(bd|)';
      m.expect(final.pipe(splitThinking())).toBeObservable(finally$, {
        ...shown, b: said('<th', { merged: 2 }), d: as('done', done()),
      });
    }));

    // prettier-ignore
    it('delivers nothing when the consumer leaves', marbles((m) => {
      const source = m.cold<Chunk>('  -a-b-c-|', { ...held, c: answer('e') });
      const unsub = '          ----!   ';
      const expected = '       -a---   ';
      const subs = '           ^---!   ';
      m.expect(source.pipe(splitThinking()), unsub).toBeObservable(expected, shown);
      m.expect(source).toHaveSubscriptions(subs);
    }));

    it('hands on the very error, after the text', () => {
      const error = new Error('reset by peer');
      const log: unknown[] = [];
      from([answer('<th')])
        .pipe(
          concatWith(throwError(() => error)),
          splitThinking(),
          map(({ message }) => message.content),
        )
        .subscribe({ next: (text) => log.push(text), error: (e: unknown) => log.push(e) });
      expect(log).toEqual(['<th', error]);
      expect(log[1]).toBe(error);
    });
  });

  // prettier-ignore
  it('completes, or fails, with a source that is empty', marbles((m) => {
    m.expect(m.cold('|').pipe(splitThinking())).toBeObservable('|');
    m.expect(m.cold('--#').pipe(splitThinking())).toBeObservable('--#');
  }));

  // prettier-ignore
  it('takes a synchronous source', marbles((m) => {
    const source = of<Chunk[]>(answer('<think>Hm'), answer('</think>'), answer('Hi'), done());
    const expected = '       (tad|)';
    m.expect(source.pipe(splitThinking())).toBeObservable(expected, {
      t: thought('Hm'), a: said('Hi', { merged: 2 }), d: as('done', done()),
    });
  }));

  // prettier-ignore
  it('reads no tags once the server itself tells thinking', marbles((m) => {
    const source = m.cold<Chunk>('  -a-t---b-c-|', {
      a: answer(' <th'), t: thinking('Hm'), b: answer('<think>'), c: answer('a</think>'),
    });
    const expected = '       ---(at)b-c-|';
    m.expect(source.pipe(splitThinking())).toBeObservable(expected, {
      a: said(' <th', { merged: 2 }), t: thought('Hm', { merged: 0 }), b: said('<think>'), c: said('a</think>'),
    });
  }));

  // The shape that qwen3 gives with think: false.
  // prettier-ignore
  it('marks at a lone closing tag that the answer so far was thinking', diagram('splitThinking-reclassify', (m) => {
    const chunks = {
      a: answer('Hm'), b: answer('.\n'), c: answer('</think>'), s: answer('\n\n'), e: answer('Hi'), d: done(),
    };
    const source = m.cold<Chunk>('  -a-b-c-s-e-(d|)', chunks);
    const result = source.pipe(splitThinking(), share());
    const expected = '       -a-b-c---e-(d|)';
    m.expect(result).toBeObservable(expected, {
      a: said('Hm'), b: said('.\n'), c: said('', { reclassify: true }), e: said('Hi', { merged: 2 }),
      d: as('done', done()),
    });
    const messages = '       -a-b-c---e-(e|)';
    m.expect(result.pipe(accumulateMessage())).toBeObservable(messages, {
      a: { role: 'assistant', content: 'Hm' },
      b: { role: 'assistant', content: 'Hm.\n' },
      c: { role: 'assistant', content: '', thinking: 'Hm.\n' },
      e: { role: 'assistant', content: 'Hi', thinking: 'Hm.\n' },
    });
    m.expect(source).toHaveSubscriptions('^----------!');
    return { inputs: { source }, call: 'splitThinking()', results: { result: expected }, then: [{ call: 'accumulateMessage()', results: { message: messages } }] };
  }));

  // prettier-ignore
  it('starts over with a chunk that says so', marbles((m) => {
    const again: Chunk = { ...answer('<think>Hm'), reset: true };
    const source = m.cold<Chunk>('  -a-b-r-c-|', {
      a: thinking('A'), b: answer('b'), r: again, c: answer('</think>Hi'),
    });
    const expected = '       -a-b-r-c-|';
    m.expect(source.pipe(splitThinking())).toBeObservable(expected, {
      a: as('thinking', thinking('A')), b: said('b'), r: thought('Hm', { reset: true }), c: said('Hi'),
    });
  }));

  // prettier-ignore
  it('begins another message after a final chunk', marbles((m) => {
    const source = m.cold<Chunk>('  -t-d-t-d-|', { t: answer('<think>Hm'), d: done() });
    const expected = '       -t-d-t-d-|';
    m.expect(source.pipe(splitThinking())).toBeObservable(expected, {
      t: thought('Hm'), d: as('done', done()),
    });
  }));

  // prettier-ignore
  it('changes nothing about what is split already', marbles((m) => {
    const source = m.cold<Chunk>('  -a---b-k-(d|)', {
      a: answer('<think>Hm</think>H'), b: answer('i <think>'), k: call, d: done(),
    });
    const expected = '       -(ta)b-k-(d|)';
    const again = splitThinking({ position: 'anywhere', startsInThinking: true });
    m.expect(source.pipe(splitThinking(), again)).toBeObservable(expected, {
      t: thought('Hm'), a: said('H', { merged: 0 }), b: said('i <think>'), k: as('tools', call),
      d: as('done', done()),
    });
  }));

  // prettier-ignore
  it('counts no chunk twice that bufferForUi has merged', marbles((m) => {
    const source = m.cold<Chunk>('  -abc------|', { a: answer('<think>H'), b: answer('m</think>'), c: answer('Hi') });
    const expected = '       ----(ta)--|';
    m.expect(source.pipe(bufferForUi({ every: 3 }), splitThinking())).toBeObservable(expected, {
      t: thought('Hm', { merged: 3 }), a: said('Hi', { merged: 0 }),
    });
  }));

  // prettier-ignore
  it('takes other tags, in other places', marbles((m) => {
    const tags = [{ open: '<plan>', close: '</plan>' }];
    const source = m.cold<Chunk>('  -a-b---------|', { a: answer('Hi <pl'), b: answer('an>a</plan> b <think>') });
    const expected = '       -a-(tb)------|';
    m.expect(source.pipe(splitThinking({ tags, position: 'anywhere' }))).toBeObservable(expected, {
      a: said('Hi '), t: thought('a'), b: said('b <think>', { merged: 0 }),
    });
    const inside = m.cold<Chunk>('  -t-a-|', { t: answer('Hm'), a: answer('</think>Hi') });
    const expectedInside = ' -t-a-|';
    m.expect(inside.pipe(splitThinking({ startsInThinking: true }))).toBeObservable(expectedInside, {
      t: thought('Hm'), a: said('Hi'),
    });
  }));

  it('keeps a subtype of ChatChunk, with no annotation', () => {
    const source = of({ ...answer('Hi'), seq: 1 });
    const seen: { phase: Phase; seq: number }[] = [];
    source.pipe(splitThinking()).subscribe(({ phase, seq }) => seen.push({ phase, seq }));
    expect(seen).toEqual([{ phase: 'answer', seq: 1 }]);
  });
});
