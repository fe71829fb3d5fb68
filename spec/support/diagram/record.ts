import type { Observable } from 'rxjs';
import type { Context } from 'rxjs-marbles/jest';
import type { Strings } from './timeline.js';

type Values<T> = Readonly<Record<string, T>>;

/** What a drawn test has of rxjs-marbles. */
export interface DrawnContext extends Pick<Context, 'cold' | 'flush'> {
  expect<T>(
    actual: Observable<T>,
    subscription?: string,
  ): {
    toBeObservable(expected: string, values?: Values<T>, error?: unknown): void;
    toHaveSubscriptions(expected: string | string[]): void;
  };
}

/** What a test has asserted of its Observables. */
export interface Recording {
  readonly context: DrawnContext;
  getInput(source: Observable<unknown>): Strings;
  getResult(marbles: string): Strings;
}

/** Passes everything to rxjs-marbles, and keeps it. */
export function record(m: Context): Recording {
  const inputs = new Map<unknown, Omit<Strings, 'subscriptions'>>();
  const subscriptions = new Map<unknown, readonly string[]>();
  const results: Strings[] = [];

  const context: DrawnContext = {
    flush: () => {
      m.flush();
    },
    cold<T>(marbles: string, values?: Values<T>, error?: unknown) {
      const source = m.cold<T>(marbles, values, error);
      inputs.set(source, { marbles, values, error });
      return source;
    },
    expect: (actual, subscription) => {
      const expectation = m.expect(actual, subscription);
      return {
        toBeObservable(marbles, values, error) {
          expectation.toBeObservable(marbles, values, error);
          results.push({
            marbles,
            values,
            error,
            subscriptions: subscription ? [subscription] : [],
          });
        },
        toHaveSubscriptions(expected) {
          expectation.toHaveSubscriptions(expected);
          subscriptions.set(actual, [expected].flat());
        },
      };
    },
  };

  return {
    context,
    getInput(source) {
      const strings = inputs.get(source);
      if (!strings) throw new Error('An input is drawn that m.cold did not make.');
      const asserted = subscriptions.get(source);
      if (!asserted) throw new Error('An input is drawn of which no subscriptions are expected.');
      return { ...strings, subscriptions: asserted };
    },
    getResult(marbles) {
      const [strings, ...others] = results.filter((each) => each.marbles === marbles);
      if (!strings) throw new Error(`"${marbles}" is drawn, but not expected of anything.`);
      if (others.length) throw new Error(`"${marbles}" is drawn, but expected more than once.`);
      return strings;
    },
  };
}
