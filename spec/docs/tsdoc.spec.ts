import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { readComment } from './tsdoc.js';

/** The comment of a function, of which these lines are what follows the summary. */
function read(...lines: readonly string[]): ReturnType<typeof readComment> {
  const body = ['Does it.', '', ...lines].map((line) => ` * ${line}`).join('\n');
  const file = ts.createSourceFile(
    'a.ts',
    `/**\n${body}\n */\nexport function a() {}`,
    ts.ScriptTarget.Latest,
    true,
  );
  const [declaration] = file.statements;
  if (!declaration) throw new Error('There is no function.');
  return readComment(declaration);
}

describe('a list of a comment', () => {
  it('is behavior if each item has a name, of however many words', () => {
    const { behavior, cases } = read(
      '- **Completes:** with the',
      '  source.',
      '- **The end:** one.',
    );
    expect(behavior).toEqual([
      ['Completes', 'with the source.'],
      ['The end', 'one.'],
    ]);
    expect(cases).toEqual([]);
  });

  it('is a case as a whole if any item has none, so that no item is missing', () => {
    const { behavior, cases } = read('- **Headers** are sent at once.', '- **Errors:** none.');
    expect(behavior).toEqual([]);
    expect(cases).toEqual(['- **Headers** are sent at once.\n- **Errors:** none.']);
  });
});
