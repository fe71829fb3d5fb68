import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { map } from 'rxjs';
import { diagram, type Picture } from './diagram.js';
import type { DrawnContext } from './diagram/record.js';

const toComment = (...lines: readonly string[]): string =>
  ['/**', ' * Doubles.', ' *', ' * ```none', ...lines, ' * ```', ' */', ''].join('\n');

const OLD = toComment(' *  an old block');
const DRAWN = toComment(
  ' *  source:  -a-b|    a: 1  b: 2',
  ' *           double()',
  ' *  result:  -x-y|    x: 2  y: 4',
);

describe('a diagram', () => {
  const { UPDATE_DOCS: before } = process.env;
  let root: string;
  let folder: string;
  let picture: string;
  let comment: string;

  function setUpdate(value: string | undefined): void {
    if (value === undefined) delete process.env['UPDATE_DOCS'];
    else process.env['UPDATE_DOCS'] = value;
  }

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'diagram-'));
    folder = join(root, 'docs/diagrams');
    picture = join(folder, 'double.svg');
    comment = join(root, 'lib/operators/double.ts');
    for (const each of ['docs/diagrams', 'lib/operators']) {
      mkdirSync(join(root, each), { recursive: true });
    }
    writeFileSync(picture, 'an old picture');
    writeFileSync(comment, OLD);
  });

  afterEach(() => {
    setUpdate(before);
    rmSync(root, { recursive: true });
  });

  const read = (file: string): string => readFileSync(file, 'utf8');

  /** A test that is right if twice 2 is expected to be `four`. */
  const double = (four: number) =>
    diagram(
      'double',
      (m) => {
        const source = m.cold('  -a-b|', { a: 1, b: 2 });
        const expected = '       -x-y|';
        const subs = '           ^---!';
        m.expect(source.pipe(map((n) => n * 2))).toBeObservable(expected, { x: 2, y: four });
        m.expect(source).toHaveSubscriptions(subs);
        return { inputs: { source }, call: 'double()', results: { result: expected } };
      },
      root,
    );

  it('is drawn anew when told so, and is then what the test expects', () => {
    setUpdate('1');
    double(4)();
    expect(read(comment)).toBe(DRAWN);
    expect(read(picture)).toMatch(/^<svg .*<title>a diagram is drawn anew when told so, /s);
    setUpdate(undefined);
    expect(double(4)).not.toThrow();
  });

  it.each(['1', undefined])(
    'of a wrong result is red, and neither picture nor comment is touched, with UPDATE_DOCS=%s',
    (update) => {
      setUpdate(update);
      expect(double(5)).toThrow('C  4');
      expect(read(picture)).toBe('an old picture');
      expect(read(comment)).toBe(OLD);
    },
  );

  it('is red when the picture or the comment is not what the test draws', () => {
    setUpdate('1');
    double(4)();
    setUpdate(undefined);
    for (const file of [picture, comment]) {
      const drawn = read(file);
      writeFileSync(file, drawn.replace('4', '5'));
      expect(double(4)).toThrow('5');
      writeFileSync(file, drawn);
    }
    expect(double(4)).not.toThrow();
    writeFileSync(comment, '/** Doubles. */\n');
    expect(double(4)).toThrow('toMatch');
    rmSync(picture);
    expect(double(4)).toThrow();
  });

  const strange: Readonly<Record<string, (m: DrawnContext) => Picture>> = {
    'not expected of anything': (m) => {
      m.expect(m.cold('-a|')).toBeObservable('-a|');
      return { call: 'none()', results: { result: '-b|' } };
    },
    'expected more than once': (m) => {
      m.expect(m.cold('-a|')).toBeObservable('-a|');
      m.expect(m.cold('-a|')).toBeObservable('-a|');
      return { call: 'none()', results: { result: '-a|' } };
    },
    'of which no subscriptions are expected': (m) => {
      const source = m.cold('-a|');
      m.expect(source).toBeObservable('-a|');
      return { inputs: { source }, call: 'none()', results: {} };
    },
    'subscribed to twice at a time': (m) => {
      const source = m.cold('-a|');
      m.expect(source).toBeObservable('-a|');
      m.expect(source).toBeObservable('-a|');
      m.expect(source).toHaveSubscriptions(['^-!', '^-!']);
      return { inputs: { source }, call: 'none()', results: {} };
    },
    'm.cold did not make': (m) => {
      const source = m.cold('-a|');
      m.expect(source).toBeObservable('-a|');
      return { inputs: { source: source.pipe(map(String)) }, call: 'none()', results: {} };
    },
  };

  it.each(Object.entries(strange))('is red when it shows what is %s', (message, test) => {
    setUpdate('1');
    expect(diagram('double-strange', test, root)).toThrow(message);
    expect(readdirSync(folder)).toEqual(['double.svg']);
  });

  it('draws 9ms as nine milliseconds', () => {
    setUpdate('1');
    const test = (m: DrawnContext): Picture => {
      const expected = 'a 9ms b 19ms |';
      m.expect(m.cold(expected)).toBeObservable(expected);
      return { call: 'none()', results: { result: expected } };
    };
    diagram('double-time', test, root)();
    const svg = read(join(folder, 'double-time.svg'));
    const places = Array.from(svg.matchAll(/<circle cx="([\d.]+)"/g), ([, x]) => Number(x));
    const end = Number(/d="M([\d.]+) [^"]*" class="end"/.exec(svg)?.[1]);
    const [a = NaN, b = NaN] = places;
    expect((end - a) / (b - a)).toBeCloseTo(3, 1);
    expect(svg).toContain('at 10 ms &apos;b&apos;'.replaceAll('&apos;', "'"));
  });
});
