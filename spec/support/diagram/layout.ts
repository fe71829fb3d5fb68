import { LINE_HEIGHT, RADIUS } from './blocks.js';
import { layOutBox, type Box } from './box.js';
import { BAR, placeColumns, toLines } from './columns.js';
import { listSigns } from './legend.js';
import { measure, wrap } from './measure.js';
import type { Layout, Row, Stretch, System } from './picture.js';
import { planSystems, type Plan } from './plan.js';
import type { Scale, Shelf } from './scale.js';
import { MARGIN, WIDTH } from './size.js';
import { toDescription } from './text.js';
import { isCut, listLanes, type Lane, type Stage, type Timeline } from './timeline.js';

/** From the line of a row up to its subscriptions. */
export const SPAN = 26;
const MAX_GUTTER = 78;
/** From an axis to what stands below. */
const AXIS = 44;

function placeRow(lane: Lane, shelf: Shelf, top: number, scale: Scale): Row {
  const times = [...scale.places.keys()];
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  const left = (scale.places.get(first) ?? 0) - RADIUS;
  const x = (at: number) => scale.places.get(at) ?? (at < first ? left : WIDTH - MARGIN);
  const toStretch = (from: number, to: number): Stretch => ({
    ...{ x1: x(from), x2: x(to) },
    ...{ begun: from < first, open: to > last },
  });
  const y = top + (lane.spans.length ? SPAN + 5 : BAR);
  const names = wrap(lane.label, MAX_GUTTER);
  return {
    labels: toLines(names, MARGIN, y - (names.length * LINE_HEIGHT) / 2),
    y,
    lives: lane.runs
      .filter(({ to }) => to >= first)
      .map((run) => toStretch(run.from, Math.min(run.to, run.end))),
    ghosts: lane.runs.filter(isCut).map((run) => toStretch(Math.max(run.from, run.to), run.end)),
    spans: lane.spans.map(({ from, to }) => toStretch(from, to)),
    columns: placeColumns(shelf, y, scale),
  };
}

const bottomOf = ({ y, columns }: Row): number =>
  Math.max(y + BAR, ...columns.map(({ bottom }) => bottom));

/** The numbers that fit under the axis. */
function listTicks({ places }: Scale): System['ticks'] {
  let free = 0;
  return Array.from(places, ([at, x]) => {
    const text = String(at);
    const half = measure(text) / 2 + 2;
    const fits = x - half >= free;
    if (fits) free = x + half;
    return { x, text: fits ? text : '' };
  });
}

/** A stretch counts as compressed if a ms takes less than half of what it takes elsewhere. */
function listBreaks({ places }: Scale): number[] {
  const stops = [...places];
  const paces = stops.slice(1).map(([at, x], i) => {
    const [before = 0, left = 0] = stops[i] ?? [];
    return { middle: (x + left) / 2, pace: (x - left) / (at - before), room: x - left };
  });
  const sorted = paces.map(({ pace }) => pace).sort((a, b) => a - b);
  const usual = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return paces
    .filter(({ pace, room }) => pace < usual / 2 && room > 14)
    .map(({ middle }) => middle);
}

function layOutSystem({ timeline, shelves, scale }: Plan, top: number): System {
  const { inputs, stages } = timeline;
  const rows: Row[] = [];
  const boxes: Box[] = [];
  let y = top;
  const place = (lane: Lane): void => {
    const row = placeRow(lane, shelves[rows.length] ?? { blocks: [], levels: [] }, y, scale);
    rows.push(row);
    y = bottomOf(row) + 14;
  };
  const placeStage = (stage: Stage, i: number): void => {
    const above = i ? (stages[i - 1]?.results ?? []) : inputs;
    const box = layOutBox(timeline, { stage, above, rows, top: y }, scale);
    boxes.push(box);
    y = box.y + box.height + 14;
    stage.results.forEach(place);
  };
  inputs.forEach(place);
  stages.forEach(placeStage);
  const [start = 0] = scale.places.values();
  return {
    ...{ top, rows, boxes },
    axis: { x1: start, x2: WIDTH - MARGIN, y: y + 2 },
    ticks: listTicks(scale),
    breaks: listBreaks(scale),
  };
}

/** Says where everything of a diagram is. */
export function layOut(timeline: Timeline): Layout {
  const { title } = timeline;
  const names = listLanes(timeline).flatMap(({ label }) => wrap(label, MAX_GUTTER));
  // Its font is bold.
  const gutter = 1.1 * Math.max(...names.map((name) => measure(name))) + MARGIN / 2;
  const caption = toLines(wrap(title, WIDTH - 2 * MARGIN, 13), MARGIN, MARGIN);
  let y = MARGIN + caption.length * LINE_HEIGHT + 12;
  const systems = planSystems(timeline, gutter).map((plan) => {
    const system = layOutSystem(plan, y);
    y = system.axis.y + AXIS;
    return system;
  });
  const legend = listSigns(systems, y);
  return {
    ...{ title, description: toDescription(timeline), caption, systems, legend },
    width: WIDTH,
    height: Math.max(y, ...legend.map((sign) => sign.y)) + 24,
  };
}
