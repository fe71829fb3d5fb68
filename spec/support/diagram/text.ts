import { FRAME_MS, isCut, listLanes, type Lane, type Timeline } from './timeline.js';
import { describeError, describeValue, toNote } from './values.js';

/** How long a line of a comment may be. */
const MAX_LENGTH = 96;
const GAP = 4;
const BETWEEN = '  ';

/** The letters of a row and what they stand for, without the notes of the rows above. */
function listNotes(lane: Lane, said: Set<string>): string[] {
  const marbles = lane.runs.flatMap(({ moments }) => moments.flatMap((moment) => moment.marbles));
  const notes = marbles.map(({ letter, value }) => `${letter}: ${toNote(describeValue(value))}`);
  if (lane.runs.some(({ moments }) => moments.some(({ end }) => end === 'error'))) {
    notes.push(`#: ${describeError(lane.error)}`);
  }
  return notes.filter((note) => {
    const isNew = !said.has(note);
    said.add(note);
    return isNew;
  });
}

/** Notes, as many on a line as fit. */
function fill(notes: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const note of notes) {
    const longer = [...lines.slice(-1), note].join(BETWEEN);
    if (lines.length && longer.length <= width) lines.splice(-1, 1, longer);
    else lines.push(note);
  }
  return lines;
}

/** Marbles in the column in which their time begins. */
function align({ marbles, runs, spans }: Lane): string {
  const from = (runs[0]?.from ?? 0) / FRAME_MS;
  // An input's marbles begin with its subscription, those of a result with the test.
  return ' '.repeat(from) + (spans.length ? marbles.trim() : marbles.trim().slice(from));
}

/** Subscription marbles where the marbles do not show the unsubscribe. */
const listSubscriptions = ({ runs, subscriptions }: Lane): readonly string[] =>
  runs.some((run) => isCut(run) || run.moments.some(({ end }) => end === 'leave'))
    ? subscriptions.map((marbles) => marbles.trim())
    : [];

/** The diagram as the lines of a comment. */
export function toText(timeline: Timeline): string[] {
  const lanes = listLanes(timeline);
  const gutter = Math.max(...lanes.map(({ label }) => label.length)) + 4;
  const columns = Math.max(...lanes.map((lane) => align(lane).length));
  const said = new Set<string>();
  const margin = ' '.repeat(gutter);
  const toLines = (lane: Lane): string[] => {
    const marbles = ` ${`${lane.label}:`.padEnd(gutter - 1)}${align(lane)}`;
    const strings = [marbles, ...listSubscriptions(lane).map((each) => margin + each)];
    const notes = fill(listNotes(lane, said), MAX_LENGTH - gutter - columns - GAP);
    const height = Math.max(strings.length, notes.length);
    return Array.from({ length: height }, (_, i) =>
      ((strings[i] ?? '').padEnd(gutter + columns + GAP) + (notes[i] ?? '')).trimEnd(),
    );
  };
  const inputs = timeline.inputs.flatMap(toLines);
  const stages = timeline.stages.flatMap(({ call, results }) => [
    margin + call,
    ...results.flatMap(toLines),
  ]);
  const [first = '', ...others] = stages;
  const isTimed = timeline.clocks.length > 0 || lanes.some(({ marbles }) => /\dms/.test(marbles));
  const unit = isTimed ? `-: ${String(FRAME_MS)} ms` : '';
  const call = `${first}${BETWEEN}`.padEnd(gutter + columns + GAP);
  return [...inputs, `${call}${unit}`.trimEnd(), ...others];
}

/** The diagram for readers who do not see it. */
export function toDescription({ inputs, stages }: Timeline): string {
  const describe = (lane: Lane): string => {
    const events = lane.runs.flatMap((run) =>
      run.moments
        .filter(({ at }) => at <= run.to)
        .flatMap(({ at, marbles, end }) => {
          const what = marbles.map(({ value }) => toNote(describeValue(value)));
          if (end === 'complete') what.push('completes');
          if (end === 'error') what.push(`fails with ${describeError(lane.error)}`);
          if (end === 'leave') what.push('is unsubscribed from');
          return `at ${String(at)} ms ${what.join(' and ')}`;
        })
        .concat(
          isCut(run) && run.to >= 0 ? [`at ${String(run.to)} ms it is unsubscribed from`] : [],
        ),
    );
    return `${lane.label}: ${events.join('; ') || 'nothing'}.`;
  };
  const tell = stages.flatMap(({ call, results }) => [
    `Through ${call}:`,
    ...results.map(describe),
  ]);
  return [...inputs.map(describe), ...tell].join('\n');
}
