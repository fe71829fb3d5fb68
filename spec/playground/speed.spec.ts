import { describe, expect, it } from '@jest/globals';
import { toProgram } from '../../site/playground/evaluate.js';
import { toReport } from '../../site/playground/report.js';
import { parseScript } from '../../site/playground/script.js';

/** The least CPU time of many runs in ms: that of a program that is warm. Other processes don't count. */
function measure(marbles: string, runs: number): number {
  const { inputs } = parseScript({ marbles, letters: '', frame: 10 });
  const program = toProgram(FOUR);
  const times = Array.from({ length: runs }, () => {
    const begun = process.cpuUsage();
    toReport(program(inputs), inputs, 'source$');
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

const FOUR = `source$.pipe(
  splitThinking(),
  bufferForUi({ every: 30 }),
  tapThroughput(() => undefined),
  accumulateMessage(),
)`;

describe('a run that is reported', () => {
  it('takes 10 ms at most for 30 events', () => {
    const marbles = `-(tu)-${'a-b--c-'.repeat(9)}(d|)`;
    expect(measure(marbles, 100)).toBeLessThan(10);
  });

  it('takes 100 ms at most for 714 chunks in four stages', () => {
    const marbles = `-${'a-b--c-'.repeat(238)}(d|)`;
    expect(measure(marbles, 25)).toBeLessThan(100);
  });
});
