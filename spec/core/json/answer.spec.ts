import { describe, expect, it } from '@jest/globals';
import { createJsonAnswer } from '../../../lib/core/json/answer.js';
import { chunk } from '../../../lib/testing/index.js';

const { answer } = chunk;

describe('createJsonAnswer', () => {
  it('counts the white space at the end of the text, over all chunks', () => {
    const json = createJsonAnswer();
    const texts = [' ', ' {}', ' \n', '', '  ', ' a ', 'b'];
    const counts = texts.map((text) => {
      json.add(answer(text));
      return json.trailing;
    });
    expect(counts).toEqual([1, 0, 2, 2, 4, 1, 0]);
  });

  it('says of a text that could not be repaired why it had to be', () => {
    const json = createJsonAnswer();
    json.add(answer('{"a":'));
    expect(() => json.end(() => 'not JSON')).toThrow(
      expect.objectContaining({
        message: 'The repaired text is not JSON',
        cause: expect.objectContaining({
          cause: expect.objectContaining({ message: 'The text ends before its JSON does' }),
        }),
      }),
    );
  });
});
