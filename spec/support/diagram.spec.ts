import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { delay, map, merge, toArray } from 'rxjs';
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

  it('is written with UPDATE_DOCS=1, and is then what the test expects', () => {
    setUpdate('1');
    double(4)();
    expect(read(comment)).toBe(DRAWN);
    expect(read(picture)).toMatch(/^<svg .*<title>a diagram is written with UPDATE_DOCS=1, /s);
    setUpdate(undefined);
    expect(double(4)).not.toThrow();
  });

  it.each(['1', undefined])(
    'of a wrong result fails, and changes neither picture nor comment, with UPDATE_DOCS=%s',
    (update) => {
      setUpdate(update);
      expect(double(5)).toThrow('C  4');
      expect(read(picture)).toBe('an old picture');
      expect(read(comment)).toBe(OLD);
    },
  );

  it('fails when the picture or the comment differs from what the test draws', () => {
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

  it.each(Object.entries(strange))('fails when it shows what is %s', (message, test) => {
    setUpdate('1');
    expect(diagram('double-strange', test, root)).toThrow(message);
    expect(readdirSync(folder)).toEqual(['double.svg']);
  });

  /** Draws a test without a comment, and gives the picture. */
  function draw(name: string, test: (m: DrawnContext) => Picture): string {
    setUpdate('1');
    diagram(`double-${name}`, test, root)();
    return read(join(folder, `double-${name}.svg`));
  }

  it('draws a character as ten milliseconds, and time to scale', () => {
    const svg = draw('time', (m) => {
      const expected = 'a 90ms b 190ms |';
      m.expect(m.cold(expected)).toBeObservable(expected);
      return { call: 'none()', results: { result: expected } };
    });
    const places = Array.from(svg.matchAll(/<circle cx="([\d.]+)"/g), ([, x]) => Number(x));
    const end = Number(/d="M([\d.]+) [^"]*" class="end"/.exec(svg)?.[1]);
    const [a = NaN, b = NaN] = places;
    expect((end - a) / (b - a)).toBeCloseTo(3, 1);
    expect(svg).toContain("at 100 ms 'b'");
  });

  it('compresses a pause when the labels need the room', () => {
    const svg = draw('pause', (m) => {
      const expected = 'abc 5s (d|)';
      const texts = { a: 'a long text', b: 'a long text', c: 'a long text', d: 'a long text' };
      m.expect(m.cold(expected, texts)).toBeObservable(expected, texts);
      return { call: 'none()', results: { result: expected } };
    });
    expect(svg).toContain('class="gap"');
    expect(svg).toContain('>5030<');
  });

  it('wraps time that does not fit', () => {
    const count = (length: number) => {
      const svg = draw('wrap', (m) => {
        const expected = 'a'.repeat(length);
        m.expect(m.cold(expected)).toBeObservable(expected);
        return { call: 'none()', results: { result: expected } };
      });
      expect(svg.match(/class="dot value"/g)).toHaveLength(length + 1);
      return svg.match(/>none\(\)<\/text>/g)?.length;
    };
    expect([5, 15, 30].map(count)).toEqual([1, 2, 3]);
    expect(() => count(60)).toThrow('does not fit into 480 px');
  });

  const held = (svg: string): unknown[] => svg.match(/class="held \w+"/g) ?? [];

  it.each([
    ['a text that consists of inputs', 'xy', 2],
    ['no other text', 'xz', 0],
    ['no text of which a part never came', 'xyxy', 0],
  ])('draws as held %s', (_, text, count) => {
    const svg = draw('held', (m) => {
      const source = m.cold('-a-b|', { a: 'x', b: 'y' });
      const expected = '     ----(c|)';
      const result = source.pipe(
        toArray(),
        map(() => text),
      );
      m.expect(result).toBeObservable(expected, { c: text });
      m.expect(source).toHaveSubscriptions('^---!');
      return { inputs: { source }, call: 'none()', results: { result: expected } };
    });
    // One of them is in the legend.
    expect(held(svg)).toHaveLength(count);
  });

  it.each<[string, string | undefined]>([
    ['fires', undefined],
    ['is cancelled', '---!'],
  ])('draws a timer that %s', (what, unsubscribe) => {
    const svg = draw('timer', (m) => {
      const source = m.cold('-a---------');
      const expected = unsubscribe ? '---' : '----a------';
      m.expect(source.pipe(delay(30)), unsubscribe).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(unsubscribe ? '^--!' : '^');
      return { inputs: { source }, call: 'delay(30)', results: { result: expected } };
    });
    expect(svg).toContain('>30 ms<');
    expect(svg.includes('class="fired"')).toBe(what === 'fires');
    const legend = Array.from(svg.matchAll(/>timer that ([^<]*)/g), ([, end]) => end);
    expect(legend).toEqual([what]);
  });

  it('links each output with the one of several inputs that it is from', () => {
    const svg = draw('inputs', (m) => {
      const first = m.cold(' -a-----|');
      const second = m.cold('---b---|');
      const expected = '     -a-b-c-|';
      m.expect(merge(first, second, m.cold('-----c|'))).toBeObservable(expected);
      m.expect(first).toHaveSubscriptions('^------!');
      m.expect(second).toHaveSubscriptions('^------!');
      return { inputs: { first, second }, call: 'join()', results: { result: expected } };
    });
    const marbles = Array.from(svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)" r="11"/g));
    const [a, b] = marbles.map(([, x, y]) => ({ x, y: Number(y) }));
    // From under an input to the arrow above the result: two pieces if the words of the call are between.
    const wires = Array.from(svg.matchAll(/d="M([\d.]+) ([\d.]+) \1 [\d.]+" class="link"/g));
    const starts = new Map(wires.map(([, x, y]) => [x, Number(y)]).reverse() as [string, number][]);
    expect([...starts.keys()].sort()).toEqual([a?.x, b?.x].sort());
    expect(starts.get(a?.x ?? '')).toBeGreaterThan(a?.y ?? NaN);
    expect(starts.get(a?.x ?? '')).toBeLessThan(b?.y ?? NaN);
    expect(starts.get(b?.x ?? '')).toBeGreaterThan(b?.y ?? NaN);
  });

  it('draws stages under one another, each with its call', () => {
    const svg = draw('stages', (m) => {
      const source = m.cold('-1-2|', { 1: 1, 2: 2 });
      const values = { a: 2, b: 4, c: 3, d: 5 };
      const doubled = '      -a-b|';
      const raised = '       -c-d|';
      const double$ = source.pipe(map((n) => n * 2));
      m.expect(double$).toBeObservable(doubled, values);
      m.expect(double$.pipe(map((n) => n + 1))).toBeObservable(raised, values);
      m.expect(source).toHaveSubscriptions(['^---!', '^---!']);
      return {
        call: 'double()',
        results: { doubled },
        then: [{ call: 'raise()', results: { raised } }],
      };
    });
    const texts = Array.from(svg.matchAll(/class="(?:name|label)">([^<]*)/g), ([, text]) => text);
    expect(texts.sort()).toEqual(['double()', 'doubled', 'raise()', 'raised']);
    expect(svg).toMatch(/Through double\(\):\ndoubled: .*\nThrough raise\(\):\nraised: /);
  });
});
