import { describe, expect, it } from '@jest/globals';
import { readPages, readSources } from './documents.js';
import { findStyleFaults, readComments } from './style.js';

describe('how this project writes', () => {
  it.each(readPages().map(({ file, text }) => [file, text]))('holds in %s', (_, text) => {
    expect(findStyleFaults(text)).toEqual([]);
  });

  it.each(readSources().map(({ file, text }) => [file, text]))(
    'holds in the comments of %s',
    (_, text) => {
      expect(findStyleFaults(readComments(text))).toEqual([]);
    },
  );
});

describe('the rules of writing', () => {
  const words = (count: number) => Array(count).fill('word').join(' ');
  const rulesOf = (text: string) => findStyleFaults(text).map(({ rule }) => rule);

  it.each([
    ['A late subscriber gets one chunk.', []],
    [`${words(25)}.`, []],
    [`${words(26)}.`, ['26 words']],
    [`${words(20)}: ${words(20)}.`, []],
    [`${words(20)}\n${words(20)}.`, ['40 words']],
    [`${words(20)}\n\n${words(20)}.`, []],
    [`- ${words(20)}\n- ${words(20)}.`, []],
    [`${words(13)} [${words(13)}](page.md).`, ['26 words']],
    [`${words(24)} \`a b c\`.`, []],
    ['Who comes late gets one piece.', ['"Who" is banned']],
    ['It ends. Who comes late gets one piece.', ['". Who" is banned']],
    ['The person who comes late.', []],
    ['A page for who comes late.', ['"for who" is banned']],
    ['The model is\ntold the result.', ['"is told" is banned']],
    ['The stream goes on.', ['"goes on" is banned']],
    ['The tag is made good, and put right.', ['"made good" is banned']],
    ['It lets go of its source.', ['"lets go" is banned']],
    ['It must let go of it.', ['"let go" is banned']],
    ['It starts anew.', ['"anew" is banned']],
    ['Nobody reads it.', ['"Nobody" is banned']],
    ['It is no chunk.', ['"is no" is banned']],
    ['There is no chunk.', []],
    ['```ts\n// It goes on.\n```', []],
    ['| It goes on |', []],
  ])('see %j as they should', (text, rules) => {
    expect(rulesOf(text)).toEqual(rules);
  });

  it('see the comments of a source', () => {
    const source = '/** It goes on.\n * @param x it is\n * no chunk */\nconst text = "goes on";';
    expect(findStyleFaults(readComments(source)).map(({ rule }) => rule)).toEqual([
      '"goes on" is banned',
      '"is no" is banned',
    ]);
  });
});
