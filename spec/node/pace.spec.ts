import { describe, expect, it } from '@jest/globals';
import { NEVER, Subscription, of } from 'rxjs';
import { createPace, paceOfSubscriber, subscribeAtPace } from '../../lib/node/pace.js';

describe('a pace', () => {
  it('is waited for from `hold` to `release`, however often each is called', async () => {
    const pace = createPace();
    expect(pace.ready()).toBeUndefined();
    pace.release();
    pace.hold();
    const held = pace.ready();
    expect(held).toBeInstanceOf(Promise);
    pace.hold();
    expect(pace.ready()).toBe(held);
    pace.release();
    await held;
    expect(pace.ready()).toBeUndefined();
  });

  it('is that of the subscriber while it subscribes, and no longer', () => {
    const [outer, inner] = [createPace(), createPace()];
    expect(paceOfSubscriber()).toBeUndefined();
    subscribeAtPace(outer, () => {
      subscribeAtPace(inner, () => {
        expect(paceOfSubscriber()).toBe(inner);
        return of(1).subscribe();
      });
      expect(paceOfSubscriber()).toBe(outer);
      return of(1).subscribe();
    });
    expect(() =>
      subscribeAtPace(outer, () => {
        throw new RangeError('x');
      }),
    ).toThrow(RangeError);
    expect(paceOfSubscriber()).toBeUndefined();
  });

  it.each([
    [
      'leaves',
      () => NEVER.subscribe(),
      (subscription: Subscription) => {
        subscription.unsubscribe();
      },
    ],
    ['has left already', () => Subscription.EMPTY, () => undefined],
  ])('ends with a consumer that %s', async (_, subscribe, leave) => {
    const pace = createPace();
    pace.hold();
    const held = pace.ready();
    leave(subscribeAtPace(pace, subscribe));
    await held;
    expect(pace.ready()).toBeUndefined();
  });
});
