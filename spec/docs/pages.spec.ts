import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { expectFile } from '../support/generated.js';
import { listFiles, readPages, root } from './documents.js';
import { createLink } from './link.js';
import { renderIndex, renderPage, renderTypes } from './pages.js';
import { ROOMS, readReference } from './reference.js';

const reference = readReference();
const { documented } = reference;
const each = documented.map((one) => [one.name, one] as const);
/** Sources and operators, wherever they are imported from. */
const streams = each.filter(([, { returns }]) =>
  /^(?:Observable|\w*OperatorFunction)</.test(returns),
);

describe('the pages of all values', () => {
  it.each(each)('say of %s what its comment and its diagrams say', (_, one) => {
    const { file, text } = renderPage(one, reference);
    expectFile(path.join(root, file), text);
  });

  it.each([renderIndex, renderTypes])('are completed by the page of %p', (render) => {
    const { file, text } = render(reference);
    expectFile(path.join(root, file), text);
  });

  it('are there for every value, and for nothing else', () => {
    const pages = documented.map((one) => renderPage(one, reference).file);
    const files = ROOMS.flatMap((room) => listFiles(`docs/${room}`, '.md'));
    expect(files.sort()).toEqual([...pages, renderIndex(reference).file].sort());
    const values = Array.from(reference.names).filter(([, { isValue }]) => isValue);
    expect(documented.map(({ name }) => name)).toEqual(values.map(([name]) => name));
    const names = [...listFiles('lib/operators', '.ts'), ...listFiles('lib/sources', '.ts')];
    expect(documented.map(({ file }) => file)).toEqual(expect.arrayContaining(names));
  });

  it('have every name that can be imported, each below one heading', () => {
    const headings = [
      ...documented.map((one) => renderPage(one, reference)),
      renderTypes(reference),
    ]
      .flatMap(({ text }) => Array.from(text.matchAll(/^(?:#|###) (\w+)$/gm), ([, name]) => name))
      .filter((name) => name !== 'Types');
    expect(headings.sort()).toEqual([...reference.names.keys()].sort());
  });

  it('refuse a link to what is not exported', () => {
    expect(() => createLink(reference, 'docs/x.md')('createMessage')).toThrow('is not exported');
  });
});

describe('the links from docs into the code', () => {
  const findLinks = (text: string) => text.match(/\]\([^)]*\b(?:lib|spec)\/[^)]*\)/g) ?? [];
  const pages = readPages().filter(({ file }) => file.startsWith('docs/'));

  it.each(pages.map(({ file, text }) => [file, text]))(
    'stand in %s below "In the repository" only',
    (_, text) => {
      expect(findLinks(text.split('\n## In the repository\n')[0] ?? '')).toEqual([]);
    },
  );

  it('are found', () => {
    expect(findLinks('[a](../lib/a.ts) [b](spec/b.spec.ts) [c](c.md)')).toHaveLength(2);
  });
});

describe('"In the repository"', () => {
  it('has the code, the files that hold what is not RxJS, and the specs', () => {
    const one = documented.find(({ name }) => name === 'bufferForUi');
    const { text } = one ? renderPage(one, reference) : { text: '' };
    const links = Array.from(text.matchAll(/^- \[((?:lib|spec).*?)\]/gm), ([, file]) => file);
    expect(links[0]).toBe('lib/operators/bufferForUi.ts');
    expect(links).toContain('lib/core/ui/uiBuffer.ts');
    expect(links).toContain('spec/operators/bufferForUi.timing.spec.ts');
  });
});

describe('what a hover shows', () => {
  it.each(each)('has a name for each parameter of %s', (_, { hasNamedParameters }) => {
    expect(hasNamedParameters).toBe(true);
  });
});

describe('the comment of', () => {
  const facts = ['Completes', 'Errors', 'Unsubscribes', 'Memory', 'Scheduler'];

  it.each(streams)('%s has a sentence, an analogy, marbles, an example and all facts', (_, one) => {
    const { summary, analogy, marbles, examples, behavior } = one.comment;
    expect(summary).toMatch(/\.$/);
    expect(analogy).toMatch(/^_It's like [^]+\._$/);
    expect(marbles).not.toEqual([]);
    expect(examples).not.toEqual([]);
    expect(behavior.map(([fact]) => fact)).toEqual(facts);
    for (const [, text] of behavior) expect(text).toMatch(/\.$/);
  });

  it.each(streams)('%s tells of a scheduler if there is one, and of no other', (_, one) => {
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

  it.each(each)('%s has a sentence, and a function an analogy and an example', (_, one) => {
    const { summary, analogy, examples } = one.comment;
    expect(summary).toMatch(/\.$/);
    if (!one.returns) return;
    expect(analogy).toMatch(/^_It's like [^]+\._$/);
    expect(examples).not.toEqual([]);
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
