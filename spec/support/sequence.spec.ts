import { describe, expect, it } from '@jest/globals';
import { drawSequence, type Moment } from './sequence.js';

const draw = (...moments: Moment[]): string =>
  drawSequence({ title: 'A & B', description: 'x < y', lanes: ['Page', 'Gateway'], moments });

/** The lower ends of the lines of the lanes. */
const lives = (svg: string): number[] =>
  Array.from(svg.matchAll(/<path d="M[\d.]+ [\d.]+ [\d.]+ ([\d.]+)" class="life"/g), ([, y]) =>
    Number(y),
  );

describe('drawSequence', () => {
  it('points each arrow at its receiver', () => {
    const [there, back] = ['Page', 'Gateway'].map((from) =>
      draw({ from, to: from === 'Page' ? 'Gateway' : 'Page', text: 'hello' }),
    );
    expect(there).toContain('d="M123 80 357 80" class="go"');
    expect(back).toContain('d="M357 80 123 80" class="go"');
  });

  it('ends the line of a lane that is no more, and begins it again', () => {
    const ends: Moment = { at: 'Gateway', text: 'killed', ends: true };
    const [other = NaN, ended = NaN] = lives(draw(ends)).sort((a, b) => b - a);
    expect(ended).toBeLessThan(other);
    expect(lives(draw(ends, { from: 'Page', to: 'Gateway', text: 'again' }))).toHaveLength(3);
  });

  it('keeps the words of the edges within the picture', () => {
    const svg = draw({ at: 'Page', text: 'a note that is much longer than its lane is wide' });
    const boxes = Array.from(svg.matchAll(/class="box" x="([\d.-]+)"/g), ([, x]) => Number(x));
    expect(boxes).toHaveLength(1);
    expect(Math.min(...boxes)).toBeGreaterThanOrEqual(6);
  });

  it('escapes what stands in it', () => {
    expect(draw({ from: 'Page', to: 'Gateway', text: '<a>' })).toMatch(
      /<title>A &amp; B<\/title>\n<desc>x &lt; y<\/desc>[^]*>&lt;a&gt;</,
    );
  });

  it('refuses a lane that there is not', () => {
    expect(() => draw({ at: 'Log', text: '' })).toThrow('Log is not one of Page, Gateway.');
  });
});
