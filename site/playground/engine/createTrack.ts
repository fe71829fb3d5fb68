import type { Observable } from 'rxjs';
import type { Stage, Track } from './played.js';
import { probe } from './probe.js';
import { newStage, type Run } from './run.js';

/** Applies operators with a probe behind each, and knows the stages that lead to an Observable. */
export function createTrack(run: Run): {
  readonly track: Track;
  readonly stagesOf: (result: Observable<unknown>) => readonly Stage[];
} {
  const chains = new WeakMap<Observable<unknown>, readonly Stage[]>();
  const stagesOf = (result: Observable<unknown>): readonly Stage[] => chains.get(result) ?? [];
  const track: Track = (source, operators) => {
    const stages = operators.map(([label]) => newStage(label));
    const entered = probe(run, undefined, stages[0])(source);
    const result = operators.reduce((before, [, operator], n) => {
      const after = operator(before as Observable<never>) as Observable<never>;
      return probe(run, stages[n], stages[n + 1])(after);
    }, entered);
    chains.set(result, [...stagesOf(source), ...stages]);
    return result as Observable<never>;
  };
  return { track, stagesOf };
}
