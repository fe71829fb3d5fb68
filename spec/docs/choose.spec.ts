import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { expectFile } from '../support/generated.js';
import { findNames, readQuestions, renderQuestions } from './choose.js';
import { root } from './documents.js';
import { readReference } from './reference.js';

const reference = readReference();
const questions = readQuestions();

describe('docs/choose.yml', () => {
  it('leads to each value that can be imported exactly once, and to nothing else', () => {
    const values = Array.from(reference.names).flatMap(([name, { isValue }]) =>
      isValue ? name : [],
    );
    expect(findNames(questions).sort()).toEqual(values.sort());
  });

  it('is what docs/choose.md says', () => {
    const { file, text } = renderQuestions(questions, reference);
    expectFile(path.join(root, file), text);
  });
});
