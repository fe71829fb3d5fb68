import { describe, expect, it } from '@jest/globals';
import { createPlainPage } from '../../../examples/terminal/page.js';
import { createScreen, type Screen } from '../../../examples/terminal/screen.js';
import { splitThinking } from '../../../lib/index.js';
import { answer, delta, done, thinking } from '../../support/chunks.js';
import { from } from 'rxjs';
import type { ChatChunk } from '../../../lib/types.js';

/** What is on the page, after the screen has been used. */
function see(use: (screen: Screen) => void): string {
  let text = '';
  use(createScreen(createPlainPage({ write: (data) => (text += data) })));
  return text;
}

const showAll = (screen: Screen, ...chunks: ChatChunk[]): void => {
  from(chunks)
    .pipe(splitThinking())
    .subscribe((chunk) => {
      screen.chunk(chunk);
    });
};

describe('a screen', () => {
  it('puts a heading above thoughts and one above the answer', () => {
    const text = see((screen) => {
      showAll(
        screen,
        thinking('Let me '),
        thinking('see.'),
        answer('It '),
        answer('is 4.'),
        done(),
      );
      screen.end();
    });
    expect(text).toBe('Thinking\nLet me see.\n\nAnswer\nIt is 4.\n');
  });

  it('drops empty lines around a text, and keeps those within', () => {
    const text = see((screen) => {
      showAll(
        screen,
        thinking('\n\nHm\n'),
        thinking('\n'),
        answer('\n\n'),
        answer('\nA\n'),
        answer('\nB\n\n'),
      );
      screen.end();
    });
    expect(text).toBe('Thinking\nHm\n\nAnswer\nA\n\nB\n');
  });

  it('shows calls and results as a line each', () => {
    const text = see((screen) => {
      showAll(screen, thinking('Hm'));
      const call = { function: { name: 'f', arguments: { x: 'a\nb', y: [1] } } };
      screen.message({ role: 'assistant', content: '', tool_calls: [call, call] });
      screen.message({ role: 'tool', content: 'one\n\ntwo' });
      showAll(screen, answer('So'));
      screen.end();
    });
    const call = '→ f(x: "a\\nb", y: [1])\n';
    expect(text).toBe(`Thinking\nHm\n\n${call}${call}← one two\n\nAnswer\nSo\n`);
  });

  it('says that what was shown as the answer was still thinking', () => {
    const text = see((screen) => {
      showAll(screen, answer('Hm'), answer('</think>'), answer('Hi'), done());
      screen.end();
    });
    expect(text).toBe('Answer\nHm\n\n(All of this was still thinking.)\n\nAnswer\nHi\n');
  });

  it('says that an answer was cut off', () => {
    const text = see((screen) => {
      showAll(screen, answer('Hi'), done({ done_reason: 'length' }));
      screen.end();
    });
    expect(text).toContain('Hi\n\n(The answer is cut off');
  });

  it('keeps notes apart from the conversation where they have a page of their own', () => {
    const written = { text: '', notes: '' };
    const screen = createScreen(
      createPlainPage({ write: (data) => (written.text += data) }),
      createPlainPage({ write: (data) => (written.notes += data) }),
    );
    screen.note('before');
    showAll(screen, delta({ content: 'Hi' }));
    screen.note('after');
    screen.end();
    expect(written).toEqual({ text: 'Answer\nHi\n', notes: 'before\nafter\n' });
  });
});
