import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, from, map } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { OllamaTruncatedError, isOllamaError } from '../../lib/errors.js';
import {
  accumulateMessage,
  answerText,
  collectToolCalls,
  splitThinking,
  type ChatChunk,
} from '../../lib/index.js';
import { chunk, marbleChat } from '../../lib/testing/index.js';
import { marbles } from '../support/marbles.js';

const chunkOf = (letter: string): ChatChunk => {
  const [, values] = marbleChat(letter);
  return values[letter] ?? chunk.answer('none');
};

/** The message that the chunks of these letters make. */
const messageOf = (letters: string) =>
  lastValueFrom(from(Array.from(letters, chunkOf)).pipe(splitThinking(), accumulateMessage()));

describe('marbleChat', () => {
  // prettier-ignore
  it('gives what rxjs-marbles takes', marbles((m) => {
    const source = m.cold(...marbleChat('  -t-(ab)-(d|)'));
    m.expect(source).toBeObservable(...marbleChat('-t-(ab)-(d|)'));
    m.expect(source).toHaveSubscriptions('         ^-------!');
    const hot = m.hot(...marbleChat('  t--^a-b-c'));
    m.expect(hot, '                    ^----!').toBeObservable(...marbleChat('-a-b-'));
  }));

  it('gives what a TestScheduler takes', () => {
    const scheduler = new TestScheduler((actual, expected) => {
      expect(actual).toEqual(expected);
    });
    scheduler.run(({ cold, hot, expectObservable }) => {
      expectObservable(cold(...marbleChat('-a 20ms b 1s (d|)'))).toBe(
        ...marbleChat('                    -a 20ms b 1s (d|)'),
      );
      expectObservable(hot(...marbleChat('-a-#'))).toBe(...marbleChat('           -a-#'));
    });
    expect.assertions(2);
  });

  // prettier-ignore
  it('takes a string for a piece of the answer, and chunks as they are', marbles((m) => {
    const values = { a: 'Ahoy', v: chunk.answer(' there') };
    const source = m.cold(...marbleChat('         -a-v-(d|)', values));
    const expected = '                            -x-y-|';
    m.expect(source.pipe(answerText())).toBeObservable(expected, { x: 'Ahoy', y: ' there' });
  }));

  // prettier-ignore
  it('fails with what a server fails with, or with the error given', marbles((m) => {
    const error = chunk.error('model runner has unexpectedly stopped');
    m.expect(m.cold(...marbleChat('-a-#'))).toBeObservable('-a-#', { a: chunk.answer('Hel') }, error);
    expect(isOllamaError(marbleChat('#')[2], 'stream')).toBe(true);
    const cut = new OllamaTruncatedError('cut');
    expect(marbleChat('-#', {}, cut)[2]).toBe(cut);
  }));

  describe('has letters', () => {
    it('that add up to one message, thought of natively or in tags', async () => {
      const message = { role: 'assistant', content: 'Hello!', thinking: 'Let me see.' };
      expect(await messageOf('tuabcd')).toEqual(message);
      expect(await messageOf('opqrabcd')).toEqual(message);
      expect(await messageOf('tembcd')).toMatchObject({
        ...message,
        tool_calls: [{ id: 'call_x' }],
      });
    });

    it('for calls, in the middle and at the end', async () => {
      const callsOf = (letters: string) => {
        const calls$ = from(Array.from(letters, chunkOf)).pipe(
          collectToolCalls(),
          map((calls) =>
            calls.map(({ id, function: { name, arguments: args } }) => [id, name, args]),
          ),
        );
        return lastValueFrom(calls$);
      };
      const multiply = ['call_x', 'multiply', { a: 17, b: 23 }];
      const add = ['call_y', 'add', { a: 391, b: 9 }];
      expect(await callsOf('xyd')).toEqual([multiply, add]);
      expect(await callsOf('yz')).toEqual([add, multiply]);
      expect(await callsOf('md')).toEqual([multiply]);
    });

    it('for two ways to end', () => {
      expect(chunkOf('d')).toEqual(chunk.done());
      expect(chunkOf('l')).toEqual(chunk.done({ reason: 'length' }));
    });

    it('that its documentation has, and no others', () => {
      const source = readFileSync(join(__dirname, '../../lib/testing/marbleChat.ts'), 'utf8');
      const listed = Array.from(source.matchAll(/^ \* \| `(\S)`/gm), ([, letter]) => letter);
      expect(listed).toEqual([...Object.keys(marbleChat('')[1]), '#']);
    });
  });

  describe('refuses a letter without a chunk', () => {
    it.each(['-v-', '(av)', '^v', '- 9ms v', 'v|', '-a-v#'])('in %j', (text) => {
      expect(() => marbleChat(text)).toThrow(RangeError);
    });

    it('and tells which there are', () => {
      expect(() => marbleChat('-v-', { w: 'Hi' })).toThrow(
        'The letter "v" stands for no chunk; a b c d e l m o p q r t u x y z w do. Give it one in the values.',
      );
    });

    it('and how a time is written', () => {
      expect(() => marbleChat('-9ms a')).toThrow(
        'The letter "9" stands for no chunk; a b c d e l m o p q r t u x y z do. A time needs a space before and after it: "a 9ms b".',
      );
    });

    it('but no other sign of run mode', () => {
      const text = ' 9ms (a 1.5s |) ^ 2m - # ';
      expect(marbleChat(text)[0]).toBe(text);
    });

    it('but any character that was given one', () => {
      expect(() => marbleChat('-👍-', { '👍': 'fine' })).not.toThrow();
      expect(() => marbleChat('-👎-', { '👍': 'fine' })).toThrow('"👎"');
    });
  });
});
