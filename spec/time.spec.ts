import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Subscription, VirtualTimeScheduler, asyncScheduler, repeat, take } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import {
  checkCount,
  checkDuration,
  checkScheduler,
  nextFrame,
  startClock,
  wait,
} from '../lib/time.js';
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

describe('wait', () => {
  // prettier-ignore
  it.each([0, 5, 2 ** 31 - 1, 2 ** 31, 2 ** 33 + 7])('emits once after %i ms', marbles((m, ms: number) => {
    const expected = `${String(ms)}ms (a|)`;
    m.expect(wait(ms)).toBeObservable(expected, { a: 0 });
  }));

  it('never emits after Infinity, and sets no timer for it', () => {
    const scheduler = new VirtualTimeScheduler();
    wait(Infinity, scheduler).subscribe();
    expect(scheduler.actions).toHaveLength(0);
  });

  it('waits on the given scheduler, and leaves no timer when it is unsubscribed from', () => {
    const scheduler = new VirtualTimeScheduler();
    let count = 0;
    wait(20, scheduler).subscribe(() => count++);
    wait(2 ** 40, scheduler)
      .subscribe(() => count++)
      .unsubscribe();
    scheduler.flush();
    expect(count).toBe(1);
    expect(scheduler.actions).toHaveLength(0);
  });
});

describe('startClock', () => {
  it('measures from its call, by the given clock, and counts for nothing that it is set back', () => {
    let now = 1_000;
    const elapsed = startClock({ now: () => now, schedule: () => Subscription.EMPTY });
    const times = [1_000, 1_010, 1_015, 500, 500, 520, 10_520].map((time) => {
      now = time;
      return elapsed();
    });
    expect(times).toEqual([0, 10, 15, 15, 15, 35, 10_035]);
  });
});

describe('checkDuration', () => {
  it.each([undefined, 0, 0.5, 2 ** 40, Infinity])('accepts %p', (ms) => {
    expect(() => {
      checkDuration('idle', ms);
    }).not.toThrow();
  });

  it.each([NaN, -1, -Infinity, '5', null, true, 5n, []])('refuses %p', (ms) => {
    const check = () => {
      checkDuration('idle', ms as number);
    };
    expect(check).toThrow(RangeError);
    expect(check).toThrow(`idle is ${String(ms)}. Set it to a number of ms from 0 to Infinity`);
  });
});

describe('checkCount', () => {
  it.each([undefined, 1, 2 ** 40, Infinity])('accepts %p', (count) => {
    expect(() => {
      checkCount('maxSteps', count);
    }).not.toThrow();
  });

  it.each([0, 1.5, NaN, -1, -Infinity, '5', null])('refuses %p', (count) => {
    const check = () => {
      checkCount('maxSteps', count as number);
    };
    expect(check).toThrow(
      new RangeError(
        `maxSteps is ${String(count)}. Set it to a whole number from 1, or to Infinity.`,
      ),
    );
  });
});

describe('checkScheduler', () => {
  it.each([undefined, asyncScheduler, new VirtualTimeScheduler()])('accepts %p', (scheduler) => {
    expect(() => {
      checkScheduler(scheduler);
    }).not.toThrow();
  });

  it.each([null, 5, 'async', {}, Date, { now: Date.now }, { schedule: () => undefined }])(
    'refuses %p',
    (scheduler) => {
      expect(() => {
        checkScheduler(scheduler);
      }).toThrow(
        new TypeError(
          'scheduler is not a scheduler of RxJS. Set it to one such as asyncScheduler, or omit it.',
        ),
      );
    },
  );
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

    const waitForFrame = () =>
      nextFrame()
        .pipe(take(1))
        .subscribe(() => count++);

    it('emits when the frame is shown, and leaves no timer', () => {
      waitForFrame();
      expect([count, frames.waiting.size]).toEqual([0, 1]);
      frames.show();
      expect([count, frames.waiting.size, jest.getTimerCount()]).toEqual([1, 0, 0]);
    });

    it('goes on every 250 ms in a hidden page, and waits for no frame then', () => {
      waitForFrame();
      jest.advanceTimersByTime(249);
      expect(count).toBe(0);
      jest.advanceTimersByTime(1);
      expect([count, frames.waiting.size, jest.getTimerCount()]).toEqual([1, 0, 0]);
    });

    it('waits for nothing once it is unsubscribed from', () => {
      waitForFrame().unsubscribe();
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
