import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toGrammarPattern } from '../../../lib/core/json/grammarPattern.js';
import { measureGrowth } from '../../support/growth.js';
import { findRefused } from './grammarEngine.js';

/** A regular expression in random ways to write one: all that can be rewritten. */
const sources = fc.letrec<{ choice: string; sequence: string; term: string; atom: string }>(
  (tie) => ({
    choice: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }).map((all) => all.join('|')),
    sequence: fc.array(tie('term'), { minLength: 1, maxLength: 4 }).map((all) => all.join('')),
    term: fc
      .tuple(tie('atom'), fc.constantFrom('', '', '', '?', '{2}', '{0,3}', '{1,2}?', '??'))
      .map((all) => all.join('')),
    atom: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom('a', 'Z', '7', '-', '/', '@', ' ', 'é', '\\d', '\\w', '\\s', '\\.', '\\-'),
      fc.constantFrom(
        '\\/',
        '\\+',
        '\\(',
        '\\$',
        '\\^',
        '\\]',
        '\\}',
        '\\D',
        '\\S',
        '\\n',
        '\\x41',
      ),
      fc.constantFrom(
        '[a-c]',
        '[\\d.-]',
        '[^\\s@]',
        '[\\w\\-+]',
        '[-a]',
        '[\\^]',
        '[\\]\\\\]',
        '.',
      ),
      tie('choice').map((choice) => `(${choice})`),
      tie('choice').map((choice) => `(?:${choice})`),
    ),
  }),
).choice;

const anchored = fc
  .tuple(fc.constantFrom('', '^'), sources, fc.constantFrom('', '$'))
  .map((all) => all.join(''));

describe('toGrammarPattern', () => {
  it('gives what the engine takes, of any expression', () => {
    const anything = fc.array(
      fc.constantFrom(...'^$.[]()|{}*+?\\-/"adpswDu,:=!<>0129é'.split('')),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          anchored,
          anything.map((all) => all.join('')),
        ),
        (source) => {
          const pattern = toGrammarPattern(source);
          if (pattern === undefined) return;
          expect(findRefused(pattern)).toBe(undefined);
          expect(() => new RegExp(pattern)).not.toThrow();
          expect(toGrammarPattern(pattern)).toBe(pattern);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('matches every string that the expression matches', () => {
    fc.assert(
      fc.property(
        anchored.chain((source) =>
          fc.tuple(
            fc.constant(source),
            fc.array(fc.stringMatching(new RegExp(source)), { maxLength: 4 }),
          ),
        ),
        ([source, strings]) => {
          const pattern = toGrammarPattern(source);
          expect(pattern).toBeDefined();
          const rewritten = new RegExp(pattern ?? '');
          for (const text of strings)
            expect([source, text, rewritten.test(text)]).toEqual([source, text, true]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('matches no other string', () => {
    fc.assert(
      fc.property(
        anchored,
        fc.array(fc.string({ unit: fc.constantFrom(...'aZ7-/@ é.bc+'.split('')) })),
        (source, texts) => {
          const rewritten = new RegExp(toGrammarPattern(source) ?? '');
          const original = new RegExp(source);
          for (const text of texts)
            expect([source, text, rewritten.test(text)]).toEqual([
              source,
              text,
              original.test(text),
            ]);
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each([
    // As they are.
    ['^[0-9]{3}$', '^[0-9]{3}$'],
    ['^(?:a|b)+\\.[^c]?$', '^(?:a|b)+\\.[^c]?$'],
    ['^[a-zA-Z0-9_-]{21}$', '^[a-zA-Z0-9_-]{21}$'],
    ['^[-a]\\[\\]$', '^[-a]\\[\\]$'],
    ['^(?=[a-z]).*$', '^(?=[a-z]).*$'],
    ['^$', '^$'],
    ['^a\\nb$', '^a\\nb$'],
    // Escapes.
    ['^\\d{3}$', '^[0-9]{3}$'],
    ['^\\w\\W$', '^[A-Za-z0-9_][^A-Za-z0-9_]$'],
    ['^[\\w.-]$', '^[A-Za-z0-9_.-]$'],
    ['^[\\w-.]$', '^[A-Za-z0-9_.-]$'],
    ['^[a\\-z]$', '^[az-]$'],
    ['^[^\\D]$', '^[0-9]$'],
    ['^[\\s\\S]$', '^[\\x00-\\uFFFF]$'],
    ['^[^]$', '^[\\x00-\\uFFFF]$'],
    ['^[+-\\.]$', '^[+-.]$'],
    ['^[\\^a]$', '^[\\x5Ea]$'],
    ['^[\\^-a]$', '^[\\x5E-a]$'],
    ['^[!--]$', '^[!-\\x2D]$'],
    ['^[a^]$', '^[a^]$'],
    ['^[^^]$', '^[^^]$'],
    ['^[\\~]$', '^[~]$'],
    ['^[à-é]$', '^[à-é]$'],
    ['^\\-\\/\\@$', '^-/@$'],
    ['^\\f\\v\\0\\cA\\u00e9$', '^[\\x0C][\\x0B][\\x00][\\x01][\\u00E9]$'],
    ['^[\\b]$', '^[\\x08]$'],
    ['^[\\cA]$', '^[\\x01]$'],
    ['^x{$', '^x\\{$'],
    ['^a\\ b\\~$', '^a b~$'],
    ['^😀$', '^😀$'],
    // What the engine reads otherwise.
    ['^a\\.+$', '^a[.]+$'],
    ['^é+$', '^[é]+$'],
    ['^\x7f+$', '^[\x7f]+$'],
    ['^a+?$', '^a+$'],
    ['^(?<year>a)$', '^(a)$'],
    // Anchors.
    ['', '^.*$'],
    ['abc', '^.*abc.*$'],
    ['^a', '^a.*$'],
    ['a$', '^.*a$'],
    ['.*a$', '^.*a$'],
    ['^a.*', '^a.*$'],
    ['^a|b$', '^(?:a.*|.*b)$'],
    ['^$|^(?:ab)*$', '^(?:|(?:ab)*)$'],
    ['^(?:a|^b)$', '^(?:a|b)$'],
    // A lookahead is skipped by the engine; without an equal it is left out.
    ['^(?=.*\\d)(?!^-0$).{8}$', '^(?=.*[0-9])(?!^-0$).{8}$'],
    ['^(?=[()])a$', '^(?=[\\x28\\x29])a$'],
    ['^(?=\\(+)a$', '^(?=[\\x28]+)a$'],
    ['^(?!\\p{L}+)(?=a(?!\\b)).$', '^.$'],
  ])('makes of %s', (source, pattern) => {
    expect(toGrammarPattern(source)).toBe(pattern);
  });

  it.each([
    '^\\p{L}+$',
    '^[\\p{L}]$',
    '^(?<=a)b$',
    '^(?<!a)b$',
    '^(a)\\1$',
    '^(?<n>a)\\k<n>$',
    '\\bword\\b',
    '^a\\B$',
    '^\\u{1F600}$',
    '^[\\u{1F600}]$',
    '^😀+$',
    '^[😀]$',
    '^\\ud83d$',
    '^\\ud83d\ude00$',
    '^\ud83da$',
    '^\udc00\udc00$',
    '^\ude00\ude00$',
    '^[a-\ud83d]$',
    '^[!-\\p]$',
    '^[\\Da]$',
    '^[^\\d\\D]$',
    '^[]$',
    '^(?i:a)$',
    '^a(^b)$',
    '^a(b$)$',
    '^(a$|b)c$',
    '^a$b$',
    '$a',
    '(?:^a|b)c',
    // Not JSON if they are written as they are.
    '^"a"$',
    '^\\\\d$',
    // A left recursion.
    '^(a*)*$',
    '^(|a)+$',
    '^(a|)+$',
    '^(a{0,3})+$',
    '^(?:a?){2,}$',
    '^(?=a)*b$',
    '^a{2000}$',
    '^a{1,2000}$',
    '^(?=a',
    '[',
    '*',
    '\\',
  ])('has no equal for %s', (source) => {
    expect(toGrammarPattern(source)).toBe(undefined);
  });

  it('takes time that is linear in the length, and any depth', () => {
    const repeat = (n: number): string => '(?:\\d[\\w-]|a)?'.repeat(n / 16);
    expect(measureGrowth((n) => toGrammarPattern(`^${repeat(n)}$`), 40_000)).toBeLessThan(8);
    // As deep as the engine of JavaScript takes it, or none.
    const deep = `^${'(?:a'.repeat(100_000)}${')'.repeat(100_000)}$`;
    expect([deep, undefined]).toContain(toGrammarPattern(deep));
  });
});
