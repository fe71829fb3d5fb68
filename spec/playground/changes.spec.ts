import { describe, expect, it } from '@jest/globals';
import {
  answer,
  edit,
  open,
  playTo,
  run,
  seek,
  stopAt,
  toggleStop,
  type,
  undo,
  undoable,
  undoableSince,
  zoomBy,
} from '../../site/playground/page/changes.js';
import {
  INITIAL,
  timeOf,
  type Change,
  type Opening,
  type State,
} from '../../site/playground/page/state.js';

const script = { code: 'source$', marbles: '-a-b-|', letters: '', frame: 10 };
const opening: Opening = { script, isTrusted: true, notice: '', example: undefined };
const after = (...changes: readonly Change[]): State =>
  changes.reduce((state, change) => change(state), open(opening)(INITIAL));

describe('what is opened', () => {
  it('is read, and has nothing of what was before', () => {
    const before = after(edit({ marbles: '-^' }), zoomBy(4), seek(20), undoable(stopAt(10)));
    expect(open(opening)(before)).toEqual(after());
    expect(after().model.end).toBe(50);
  });

  it('gets no answer to what was asked before', () => {
    const reply = { id: 1, kind: 'error', message: 'no' } as const;
    const asked = { ...opening };
    expect(answer(asked, reply)(after()).codeError).toBe('');
    expect(answer(opening, reply)(after()).codeError).toBe('no');
  });

  it('may run when the user wants it', () => {
    const linked = open({ ...opening, isTrusted: false, notice: 'From a link.' })(INITIAL);
    expect([linked.isTrusted, linked.notice]).toEqual([false, 'From a link.']);
    expect([run(linked).isTrusted, run(linked).notice]).toEqual([true, '']);
  });
});

describe('what is typed', () => {
  it('changes the picture when it is read, and leaves it if it is wrong', () => {
    const typed = after(type({ marbles: '-a-|' }));
    expect([typed.script.marbles, typed.model.end]).toEqual(['-a-|', 50]);
    const wrong = after(edit({ marbles: '-(a' }));
    expect(wrong.inputError).toMatch('A group');
    expect(wrong.model).toBe(edit({ marbles: '-(a' })(wrong).model);
    expect(edit({ marbles: '-a-|' })(wrong)).toMatchObject({ inputError: '', model: { end: 30 } });
  });
});

describe('what is moved', () => {
  const move = (marbles: string): Change => undoable(edit({ marbles }));

  it('is undone step by step', () => {
    const moved = after(move('-ab--|'), undoable(stopAt(20)), move('a-b--|'));
    expect(moved.script).toMatchObject({ marbles: 'a-b--|', stopAt: 20 });
    expect(undo(moved).script).toMatchObject({ marbles: '-ab--|', stopAt: 20 });
    expect(undo(undo(moved)).script).toMatchObject({ marbles: '-ab--|', stopAt: undefined });
    expect(undo(undo(undo(moved))).script).toEqual({ ...script, stopAt: undefined });
    expect(undo(after())).toEqual(after());
    expect(after(move(script.marbles), undoable(stopAt(undefined))).past).toEqual([]);
  });

  it('is undone as a whole if it is dragged', () => {
    const begun = after(undoable(stopAt(20)));
    const dragged = [script.marbles, '-ab--|', 'a-b--|'].reduce(
      (state, marbles) => undoableSince(begun)(edit({ marbles }))(state),
      begun,
    );
    expect(dragged.script).toMatchObject({ marbles: 'a-b--|', stopAt: 20 });
    expect(undo(dragged).script).toMatchObject({ marbles: script.marbles, stopAt: 20 });
    expect(undo(undo(dragged)).script.stopAt).toBeUndefined();
  });

  it('is not undone over what was typed since', () => {
    const typed = after(move('-ab--|'), type({ marbles: '-ab-c-|' }));
    expect(undo(typed).script.marbles).toBe('-ab-c-|');
  });

  it('stays in the time of a run', () => {
    expect(after(stopAt(-5)).script.stopAt).toBe(0);
    expect(after(stopAt(1e9)).script.stopAt).toBe(60_000);
    expect(after(toggleStop).script.stopAt).toBe(50);
    expect(after(toggleStop, toggleStop).script.stopAt).toBeUndefined();
  });
});

describe('the time that is looked at', () => {
  it('is the end, until another one is chosen', () => {
    expect(timeOf(after())).toBe(50);
    expect(timeOf(after(seek(20)))).toBe(20);
    expect(after(seek(50)).now).toBeUndefined();
    // It does not outlive what it was a time of.
    expect(timeOf(after(seek(40), edit({ marbles: '-a|' })))).toBe(20);
  });

  it('plays to the end', () => {
    const playing = { ...after(), isPlaying: true };
    expect(playTo(20, 50)(playing)).toMatchObject({ now: 20, isPlaying: true });
    expect(playTo(51, 50)(playing)).toMatchObject({ now: undefined, isPlaying: false });
  });

  it('is looked at from 1 to 64 times as near', () => {
    expect(after(zoomBy(1 / 2)).zoom).toBe(1);
    expect(after(...Array<Change>(9).fill(zoomBy(2))).zoom).toBe(64);
  });
});
