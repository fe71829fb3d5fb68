import { describe, expect, it } from '@jest/globals';
import { Subject } from 'rxjs';
import { createApproval } from '../../../examples/terminal/approval.js';
import { createPlainPage } from '../../../examples/terminal/page.js';
import { createScreen } from '../../../examples/terminal/screen.js';
import type { IdentifiedToolCall } from '../../../lib/index.js';

const call = (id: string): IdentifiedToolCall => ({
  id,
  function: { name: id, arguments: {} },
});

/** Somebody at the keyboard, in front of a screen. */
function sit() {
  let text = '';
  const key$ = new Subject<string>();
  const approve = createApproval(
    createScreen(createPlainPage({ write: (data) => (text += data) })),
    key$,
  );
  const decisions: unknown[] = [];
  return {
    key$,
    decisions,
    /** The questions so far. */
    asked: () => Array.from(text.matchAll(/Allow (\w+)\(\)\?/g), ([, name]) => name),
    request: (id: string) =>
      approve(call(id)).subscribe((decision) => decisions.push([id, decision])),
  };
}

describe('an approval', () => {
  it.each([
    ['y', true],
    ['Y', true],
    ['\r', true],
    ['n', false],
    ['N', false],
  ])('takes the key %j for %s', (key, approved) => {
    const { key$, decisions, request } = sit();
    request('a');
    key$.next(key);
    expect(decisions).toEqual([['a', approved]]);
  });

  it.each(['x', ' ', '\x1b[A', '\x03', ''])('does not mind the key %j', (key) => {
    const { key$, decisions, request } = sit();
    request('a');
    key$.next(key);
    expect(decisions).toEqual([]);
  });

  it('asks about one call after the other', () => {
    const { key$, decisions, asked, request } = sit();
    ['a', 'b', 'c'].forEach(request);
    expect(asked()).toEqual(['a']);
    key$.next('y');
    expect(asked()).toEqual(['a', 'b']);
    key$.next('n');
    key$.next('y');
    expect(asked()).toEqual(['a', 'b', 'c']);
    expect(decisions).toEqual([
      ['a', true],
      ['b', false],
      ['c', true],
    ]);
  });

  it('asks nothing more when the run is left, and afresh in the next', () => {
    const { key$, decisions, asked, request } = sit();
    const runs = ['a', 'b'].map(request);
    runs.forEach((run) => {
      run.unsubscribe();
    });
    expect(key$.observed).toBe(false);
    request('c');
    key$.next('y');
    expect(asked()).toEqual(['a', 'c']);
    expect(decisions).toEqual([['c', true]]);
  });
});
