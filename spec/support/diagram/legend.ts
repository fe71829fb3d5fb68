import { measure } from './measure.js';
import type { Sign, System } from './picture.js';
import { MARGIN, WIDTH } from './size.js';

const SIGNS = [
  'thinking',
  'answer',
  'tools',
  'done',
  'value',
  'span',
  'held',
  'timer',
  'cancelled',
] as const;

const NAMES: Readonly<Record<Sign['what'], string>> = {
  thinking: 'thinking',
  answer: 'answer',
  tools: 'tool calls',
  done: 'final chunk',
  value: 'value',
  span: 'subscribed',
  held: 'held until emitted',
  timer: 'timer that fires',
  cancelled: 'timer that is cancelled',
};

/** What has to be explained, as many signs on a line as fit. */
export function listSigns(systems: readonly System[], top: number): Sign[] {
  const rows = systems.flatMap((system) => system.rows);
  const boxes = systems.flatMap((system) => system.boxes);
  const shown = new Set<string>(
    rows.flatMap(({ columns }) => columns.flatMap(({ dots }) => dots.map(({ kind }) => kind))),
  );
  if (rows.some(({ spans }) => spans.length)) shown.add('span');
  if (boxes.some(({ holds }) => holds.length)) shown.add('held');
  const clocks = boxes.flatMap((box) => box.clocks);
  if (clocks.some(({ end }) => end === 'fires')) shown.add('timer');
  if (clocks.some(({ end }) => end === 'is cancelled')) shown.add('cancelled');
  const signs: Sign[] = [];
  let x = MARGIN;
  let y = top;
  for (const what of SIGNS.filter((each) => shown.has(each))) {
    const name = NAMES[what];
    const room = 30 + measure(name);
    if (x + room > WIDTH - MARGIN) {
      x = MARGIN;
      y += 28;
    }
    signs.push({ x: x + 11, y, what, name });
    x += room + 4;
  }
  return signs;
}
