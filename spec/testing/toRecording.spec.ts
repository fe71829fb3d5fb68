import { describe, expect, it } from '@jest/globals';
import { recordChat } from '../../lib/operators/recordChat.js';
import { replayChat } from '../../lib/sources/replayChat.js';
import { chunk, marbleChat, toRecording } from '../../lib/testing/index.js';
import { marbles } from '../support/marbles.js';

const { answer } = chunk;

describe('toRecording', () => {
  const times = (recording: string) =>
    recording
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => (JSON.parse(line) as { at: number }).at);

  // prettier-ignore
  it('writes what replayChat plays', marbles((m) => {
    for (const text of ['-t-(ab)-(d|)', '-a-#', 'a 300ms b', '|', '#', '--']) {
      const chat = marbleChat(text);
      m.expect(replayChat(toRecording(chat))).toBeObservable(...chat);
    }
  }));

  it.each(['-t-(ab)-(d|)', '-a-#', 'a 300ms b|'])(
    'writes what recordChat writes of %s',
    marbles((m, text: string) => {
      const lines: string[] = [];
      const chat = marbleChat(text);
      const recorded$ = m.cold(...chat).pipe(recordChat((line) => lines.push(line)));
      m.expect(recorded$).toBeObservable(...chat);
      m.flush();
      expect(lines.join('')).toBe(toRecording(chat));
    }),
  );

  it('takes a character for a frame', () => {
    expect(times(toRecording(marbleChat('-a-b 30ms (d|)'), { frame: 10 }))).toEqual([
      10, 30, 340, 340,
    ]);
  });

  it('lasts as long as the marbles where they have no end', () => {
    expect(toRecording(marbleChat('--a 20ms '))).toMatch(/\n{"at":23,"end":"left"}\n$/);
    expect(times(toRecording(marbleChat('')))).toEqual([0]);
  });

  it('leaves out what came before the subscription, and what would come after the end', () => {
    expect(times(toRecording(marbleChat('a-b-^-c|')))).toEqual([2, 3]);
    expect(times(toRecording(marbleChat('-a|-b|')))).toEqual([1, 2]);
    expect(times(toRecording(marbleChat('a#|')))).toEqual([0, 1]);
  });

  it('refuses a letter that no chunk was given for', () => {
    expect(() => toRecording(['-a-b|', { a: answer('Hel') }, undefined])).toThrow(
      'The letter "b" stands for no chunk; a do.',
    );
  });

  it.each([0, -1, NaN, Infinity])('refuses a frame of %d', (frame) => {
    expect(() => toRecording(marbleChat('-'), { frame })).toThrow(RangeError);
  });
});
