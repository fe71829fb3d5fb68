import { describe, expect, it } from '@jest/globals';
import { createPlainPage } from '../../../examples/terminal/page.js';
import { createScreen, type Screen } from '../../../examples/terminal/screen.js';
import { splitThinking } from '../../../lib/index.js';
import { chunk } from '../../../lib/testing/index.js';
import { delta } from '../../support/chunks.js';
import { from } from 'rxjs';
import type { ChatChunk, IdentifiedToolCall } from '../../../lib/types/index.js';

const { answer, done, thinking } = chunk;

/** What is on the page, after the screen has been used. */
function see(use: (screen: Screen, page: () => string) => void): string {
  let text = '';
  use(
    createScreen({ ...createPlainPage({ write: (data) => (text += data) }), width: 80 }),
    () => text,
  );
  return text;
}

const CALL: IdentifiedToolCall = {
  id: '1',
  function: { name: 'f', arguments: { x: 'a\nb', y: [1] } },
};
const OTHER: IdentifiedToolCall = { id: '2', function: { name: 'g', arguments: {} } };

const start = (screen: Screen, call: IdentifiedToolCall): void => {
  screen.show({ type: 'tool-start', step: 1, call });
};
const finish = (screen: Screen, call: IdentifiedToolCall, text: string): void => {
  screen.show({ type: 'tool-result', step: 1, call, result: text, text });
};

const showAll = (screen: Screen, ...chunks: ChatChunk[]): void => {
  from(chunks)
    .pipe(splitThinking())
    .subscribe((chunk) => {
      screen.show({ type: 'chunk', step: 1, chunk });
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
      start(screen, CALL);
      finish(screen, CALL, 'one\n\ntwo');
      start(screen, OTHER);
      screen.show({ type: 'tool-error', step: 1, call: OTHER, error: 1, text: 'Error: no' });
      showAll(screen, answer('So'));
      screen.end();
    });
    expect(text).toBe(
      'Thinking\nHm\n\n→ f(x: "a\\nb", y: [1])\n← one two\n→ g()\n← Error: no\n\nAnswer\nSo\n',
    );
  });

  it('keeps the steps of a run apart', () => {
    const text = see((screen) => {
      showAll(screen, answer('Wait.'), done());
      screen.show({
        type: 'step-finish',
        step: 1,
        reason: 'stop',
        message: { role: 'assistant', content: 'Wait.' },
        results: [],
        statistics: {},
      });
      showAll(screen, answer('Here.'), done());
      screen.end();
    });
    expect(text).toBe('Answer\nWait.\n\nAnswer\nHere.\n');
  });

  it('asks in full whether a tool may be called, which needs no other line then', () => {
    const long = { id: '3', function: { name: 'h', arguments: { x: 'y '.repeat(100) } } };
    const text = see((screen) => {
      const question = screen.ask(long);
      start(screen, long);
      finish(screen, long, 'z');
      question.unsubscribe();
      screen.end();
    });
    expect(text).toBe(`Allow h(x: "${'y '.repeat(100)}")? [Y/n] \n← z\n`);
  });

  it('keeps the question the last line until it is answered', () => {
    let asked = '';
    const text = see((screen, page) => {
      const question = screen.ask(CALL);
      start(screen, OTHER);
      finish(screen, OTHER, 'two');
      showAll(screen, answer('So'));
      asked = page();
      start(screen, CALL);
      finish(screen, CALL, 'one');
      question.unsubscribe();
      screen.end();
    });
    expect(asked).toBe('Allow f(x: "a\\nb", y: [1])? [Y/n] ');
    expect(text).toBe(`${asked}\n← one\n→ g()\n← two\n\nAnswer\nSo\n`);
  });

  it('says with each question that it waits, and then how it goes on', () => {
    const states: string[] = [];
    const screen = createScreen({
      width: 80,
      write: () => undefined,
      status: (line) => states.push(line),
    });
    screen.status('thinking');
    const question = screen.ask(CALL);
    screen.status('finishing');
    question.unsubscribe();
    const waiting = 'waiting for you: y or n · Ctrl-C stops';
    expect(states).toEqual(['thinking', waiting, waiting, 'finishing']);
  });

  it('says that a run has ended without an answer', () => {
    const text = see((screen) => {
      screen.show({ type: 'finish', step: 5, reason: 'max-steps', messages: [], statistics: {} });
    });
    expect(text).toBe('No answer: the model still calls tools after 5 requests.');
  });

  it('says that what was shown as the answer was still thinking', () => {
    const text = see((screen) => {
      showAll(screen, answer('Hm'), answer('</think>'), answer('Hi'), done());
      screen.end();
    });
    expect(text).toBe('Answer\nHm\n\n(All of this was still thinking.)\n\nAnswer\nHi\n');
  });

  it.each([
    ['length', '(The answer is cut off: the model has reached its length limit.)'],
    ['empty', '(The model has ended without an answer.)'],
    ['thinking-only', '(The model has thought, and ended without an answer.)'],
  ])('says how a run has ended: %s', (reason, note) => {
    const text = see((screen) => {
      showAll(screen, answer('Hi'), done());
      screen.show({ type: 'finish', step: 1, reason, messages: [], statistics: {} });
      screen.end();
    });
    expect(text).toBe(`Answer\nHi\n\n${note}\n`);
  });

  it('says nothing of a whole answer', () => {
    const text = see((screen) => {
      showAll(screen, answer('Hi'), done());
      screen.show({ type: 'finish', step: 1, reason: 'stop', messages: [], statistics: {} });
      screen.end();
    });
    expect(text).toBe('Answer\nHi\n');
  });

  it('says why a call needs approval, also while another question is open', () => {
    const approval = (call: IdentifiedToolCall, reason: string) =>
      ({ type: 'tool-approval', step: 1, call, reason }) as const;
    const text = see((screen) => {
      screen.show(approval(CALL, 'it writes'));
      const question = screen.ask(CALL);
      screen.show(approval(OTHER, 'it reads'));
      question.unsubscribe();
      screen.ask(OTHER);
    });
    expect(text).toBe(
      'Allow f(x: "a\\nb", y: [1])? (it writes) [Y/n] \nAllow g()? (it reads) [Y/n] ',
    );
  });

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['turn the text around', { path: '\u202egpj.exe' }, 'f(path: "\\u{202e}gpj.exe")'],
    ['hide text in tags', { path: 'a\u{e0041}\u{e0042}' }, 'f(path: "a\\u{e0041}\\u{e0042}")'],
    ['clear the screen', { path: '\x9b2Jx\x7f' }, 'f(path: "\\u{9b}2Jx\\u{7f}")'],
    ['split a word', { path: 'pass\u200bword' }, 'f(path: "pass\\u{200b}word")'],
    [
      'end the question by a name',
      { 'x: 1)? [Y/n] \n← done': 1 },
      'f("x: 1)? [Y/n] \\n← done": 1)',
    ],
    [
      'push the question away',
      { x: `1${' '.repeat(2000)}Allow g()? [Y/n] ` },
      'f(x: "1 … 2000 spaces … Allow g()? [Y/n] ")',
    ],
  ])('asks so that arguments can not %s', (_, args, shown) => {
    const text = see((screen) => {
      screen.ask({ id: '4', function: { name: 'f', arguments: args } });
    });
    expect(text).toBe(`Allow ${shown}? [Y/n] `);
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
