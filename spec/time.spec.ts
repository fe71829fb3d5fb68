import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { VirtualTimeScheduler, repeat, take } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { nextFrame } from '../lib/time.js';
import { bufferForUi } from '../lib/operators/bufferForUi.js';
import { chunk } from '../lib/testing/index.js';
import type { ChatChunk, ChunkMarks } from '../lib/types/index.js';
import { marbles } from './support/marbles.js';

const { answer } = chunk;

type Chunk = ChatChunk & ChunkMarks;

const merge = (text: string): Chunk => ({ ...answer(text), merged: text.length });

/** A browser's frames, each shown by hand. */
function createFrames() {
  let last = 0;
  const waiting = new Map<number, FrameRequestCallback>();
  globalThis.requestAnimationFrame = (callback) => {
    waiting.set(++last, callback);
    return last;
  };
  globalThis.cancelAnimationFrame = (id) => {
    waiting.delete(id);
  };
  return {
    waiting,
    show() {
      for (const [id, callback] of [...waiting]) {
        waiting.delete(id);
        callback(performance.now());
      }
    },
  };
}

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'requestAnimationFrame');
  Reflect.deleteProperty(globalThis, 'cancelAnimationFrame');
});

describe('nextFrame', () => {
  // prettier-ignore
  it('takes 16 ms for a frame where there are none', marbles((m) => {
    const frames = nextFrame().pipe(take(1), repeat(2));
    const expected = ' 16ms a 15ms (a|)';
    m.expect(frames).toBeObservable(expected, { a: 0 });
  }));

  it('takes 16 ms of a given scheduler for a frame, also where there are frames', () => {
    const { waiting } = createFrames();
    const scheduler = new VirtualTimeScheduler();
    const times: number[] = [];
    nextFrame(scheduler).subscribe(() => times.push(scheduler.now()));
    expect(waiting.size).toBe(0);
    scheduler.flush();
    expect(times).toEqual([16]);
  });

  describe('in a browser', () => {
    let frames: ReturnType<typeof createFrames>;
    let count: number;

    beforeEach(() => {
      jest.useFakeTimers();
      frames = createFrames();
      count = 0;
    });

    const wait = () =>
      nextFrame()
        .pipe(take(1))
        .subscribe(() => count++);

    it('emits when the frame is shown, and leaves no timer', () => {
      wait();
      expect([count, frames.waiting.size]).toEqual([0, 1]);
      frames.show();
      expect([count, frames.waiting.size, jest.getTimerCount()]).toEqual([1, 0, 0]);
    });

    it('goes on every 250 ms in a hidden page, and waits for no frame then', () => {
      wait();
      jest.advanceTimersByTime(249);
      expect(count).toBe(0);
      jest.advanceTimersByTime(1);
      expect([count, frames.waiting.size, jest.getTimerCount()]).toEqual([1, 0, 0]);
    });

    it('waits for nothing once it is unsubscribed from', () => {
      wait().unsubscribe();
      expect([count, frames.waiting.size, jest.getTimerCount()]).toEqual([0, 0, 0]);
    });
  });
});

describe('bufferForUi in a browser', () => {
  it('emits once a frame, be frames short or long', () => {
    createFrames();
    const scheduler = new TestScheduler((actual, expected) => {
      expect(actual).toEqual(expected);
    });
    expect.assertions(2);
    scheduler.run(({ animate, cold, expectObservable, expectSubscriptions }) => {
      animate('                   ---x---x--------x---x---x---x');
      const chunks = { a: answer('a'), b: answer('b') };
      const source = cold<Chunk>('ab--ab---ababab--------a--|   ', chunks);
      const expected = '          ---X---X--------Y-------a-|   ';
      const subs = '              ^-------------------------!   ';
      const results = { ...chunks, X: merge('ab'), Y: merge('ababab') };
      expectObservable(source.pipe(bufferForUi())).toBe(expected, results);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });
});
