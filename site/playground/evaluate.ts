import { Observable } from 'rxjs';
import { play } from './engine/play.js';
import type { Line, Played, Track } from './engine/played.js';
import { findPipes, markPipes } from './scan.js';
import { SCOPE } from './scope.js';

type Pipes = Observable<never> & { $pipe?: unknown };

const build = (names: readonly string[], code: string) =>
  // The completion value of `eval` is that of the last statement, so that statements may stand before it.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- that is what a playground is
  new Function(...names, `"use strict"; return eval(${JSON.stringify(code)});`) as (
    ...values: unknown[]
  ) => Observable<unknown> | Readonly<Record<string, unknown>>;

/**
 * Makes a program of a user's code. It is JavaScript that ends with an Observable; it may name the inputs and
 * everything in `SCOPE`.
 *
 * @throws SyntaxError when it is run, as JavaScript does
 */
export function toProgram(
  code: string,
): (inputs: Readonly<Record<string, readonly Line[]>>, stopAt?: number) => Played {
  const pipes = findPipes(code);
  const marked = markPipes(code, pipes);
  return (inputs, stopAt) => {
    const evaluate = build([...Object.keys(SCOPE), ...Object.keys(inputs)], marked);
    const { prototype } = Observable as unknown as { prototype: Pipes };
    const run = (sources: Readonly<Record<string, unknown>>, track: Track) => {
      prototype.$pipe = function (this: Observable<never>, n: number, ...operators: never[]) {
        const { args } = pipes[n] ?? { args: [] };
        const isLabeled = args.length === operators.length;
        return track(
          this,
          operators.map((operator, i) => [
            (isLabeled ? args[i] : undefined) ?? `stage ${String(i + 1)}`,
            operator,
          ]),
        );
      };
      return evaluate(...Object.values(SCOPE), ...Object.values(sources));
    };
    try {
      return play(inputs, run, stopAt);
    } finally {
      delete prototype.$pipe;
    }
  };
}
