import { describe, expect, it } from '@jest/globals';
import { findPipes, listBreaks, listNames, markPipes } from '../../site/playground/scan.js';

const argsOf = (code: string) => findPipes(code).map(({ args }) => args);

describe('the calls of pipe in a piece of code', () => {
  it('have the texts of their arguments', () => {
    expect(argsOf("a$.pipe(splitThinking(), bufferForUi({ by: 'word', every: 30 }))")).toEqual([
      ['splitThinking()', "bufferForUi({ by: 'word', every: 30 })"],
    ]);
  });

  it.each([
    [
      'a trailing comma, lines and comments',
      'a$\n  .pipe(\n    one(), // , two(\n    /* ) */ two(\n      2,\n    ),\n  )',
      [['one()', '// , two( /* ) */ two( 2, )']],
    ],
    [
      'strings with signs',
      `a$.pipe(one(','), two("\\")"), three(\`\${b(",")},)\`))`,
      [["one(',')", 'two("\\")")', 'three(`${b(",")},)`)']],
    ],
    [
      'regular expressions',
      'a$.pipe(one(/[,)/]\\)/g), two(1 / 2, 3 / 4))',
      [['one(/[,)/]\\)/g)', 'two(1 / 2, 3 / 4)']],
    ],
    ['no arguments', 'a$.pipe()', [[]]],
    [
      'a call in a call',
      'a$.pipe(one(() => b$.pipe(two())))',
      [['one(() => b$.pipe(two()))'], ['two()']],
    ],
    ['what is no call', "'.pipe(' + /.pipe(/ + `.pipe(`", []],
    ['code that is not finished', 'a$.pipe(one(, two', [['one(, two']]],
  ])('with %s', (_, code, args) => {
    expect(argsOf(code)).toEqual(args);
  });

  it('are marked by their numbers, and nothing else is changed', () => {
    expect(markPipes("a$.pipe(b(c$.pipe( d() )), '.pipe(')")).toBe(
      "a$.$pipe(0, b(c$.$pipe(1,  d() )), '.pipe(')",
    );
  });

  it('take no time that grows with the square of the code', () => {
    const code = `a$.pipe(${'one(),'.repeat(2000)})`;
    expect(argsOf(code)[0]).toHaveLength(2000);
  });
});

describe('the names in a piece of code', () => {
  it('are not those of fields, of keys, and in strings', () => {
    const code = "a.b.c({ every: one, two }); [...three].map((x) => x ? four : 5) // six\n'seven'";
    expect([...listNames(code)].sort()).toEqual(['a', 'four', 'one', 'three', 'two', 'x']);
  });
});

describe('the places where statements may end', () => {
  it('are outside of brackets and strings, the last one first', () => {
    expect(listBreaks('a;\nb(\n;)\n"\\n;"')).toEqual([8, 2, 1]);
  });
});
