import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { expectFile } from '../support/generated.js';
import { listFiles, root } from './documents.js';
import { createLink, renderIndex, renderPage } from './operatorPages.js';
import { readReference } from './reference.js';

const reference = readReference();
const { documented } = reference;
const each = documented.map((one) => [one.name, one] as const);

describe('the pages of operators and sources', () => {
  it.each(each)('say of %s what its comment and its diagrams say', (_, one) => {
    const { file, text } = renderPage(one, reference);
    expectFile(path.join(root, file), text);
  });

  it('are listed on a page of their own', () => {
    const { file, text } = renderIndex(reference);
    expectFile(path.join(root, file), text);
  });

  it('are there for every file of operators and sources, and for nothing else', () => {
    const pages = documented.map((one) => renderPage(one, reference).file);
    const files = [...listFiles('docs/operators', '.md'), ...listFiles('docs/sources', '.md')];
    expect(files.sort()).toEqual([...pages, renderIndex(reference).file].sort());
    const names = [...listFiles('lib/operators', '.ts'), ...listFiles('lib/sources', '.ts')];
    expect(documented.map(({ file }) => file)).toEqual(expect.arrayContaining(names));
  });

  it('refuse a link to what is not exported', () => {
    expect(() => createLink(reference, 'docs/x.md')('createMessage')).toThrow('is not exported');
  });
});

describe('the comment of', () => {
  const facts = ['Completes', 'Errors', 'Unsubscribes', 'Memory', 'Scheduler'];

  it.each(each)('%s has a sentence, an analogy, marbles, an example and all facts', (_, one) => {
    const { summary, analogy, marbles, examples, behavior } = one.comment;
    expect(summary).toMatch(/\.$/);
    expect(analogy).toMatch(/^_It's like [^]+\._$/);
    expect(marbles).not.toEqual([]);
    expect(examples).not.toEqual([]);
    expect(behavior.map(([fact]) => fact)).toEqual(facts);
    for (const [, text] of behavior) expect(text).toMatch(/\.$/);
  });

  it.each(each)('%s tells of a scheduler if there is one, and of no other', (_, one) => {
    const said = one.comment.behavior.find(([fact]) => fact === 'Scheduler')?.[1];
    const option = one.options
      .flatMap(({ fields }) => fields)
      .find(({ name }) => name === 'scheduler');
    if (option) expect(said).toMatch(/^`scheduler`, or else .*`asyncScheduler`/);
    else expect(said).toBe('none.');
    expect(option?.defaultValue ?? '`asyncScheduler`').toContain('`asyncScheduler`');
  });

  it.each(each)('%s tells the defaults that the code has', (_, one) => {
    for (const { literal, defaultValue } of one.options.flatMap(({ fields }) => fields)) {
      if (literal) expect(defaultValue).toContain(`\`${literal}\``);
    }
  });

  it.each(each)('%s explains each parameter and each option', (_, one) => {
    const fields = [...one.parameters, ...one.options.flatMap((options) => options.fields)];
    expect(fields.filter(({ meaning }) => !meaning).map(({ name }) => name)).toEqual([]);
  });
});

describe('the defaults that the code has', () => {
  it('are found', () => {
    const fields = documented.flatMap(({ options }) => options.flatMap((each) => each.fields));
    const literals = fields.flatMap(({ name, literal }) => (literal ? `${name}: ${literal}` : []));
    expect(literals).toEqual(expect.arrayContaining(["every: 'frame'", 'maxHold: 250']));
  });
});
