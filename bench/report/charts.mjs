// Charts as SVG: bars for peers, lines for growth. Light and dark, told apart without color too.
import { toAmount, toFigure, toName } from '../harness/names.mjs';

/**
 * @typedef {import('../harness/contest.mjs').Measure} Measure
 * @typedef {import('../harness/contest.mjs').Row} Row
 */

/** A phone of 390 px shows text of 13 px with more than 9 px. */
const WIDTH = 480;
/** Below the title, the unit and what the marks are. */
const TOP = 84;

/** The palette of Okabe and Ito, which color-blind people can tell apart; lighter on dark. */
const STYLE = `
  svg { font: 13px system-ui, -apple-system, 'Segoe UI', sans-serif; }
  .page { fill: #ffffff; } .ink { fill: #1f2328; } .soft { fill: #59636e; }
  .title { font-size: 15px; font-weight: 600; }
  .grid { stroke: #d1d9e0; stroke-width: 1; } .spread { stroke: #1f2328; stroke-width: 1.5; }
  .s0 { --c: #0072b2; } .s1 { --c: #d55e00; } .s2 { --c: #6e7781; } .s3 { --c: #00805f; } .s4 { --c: #b0508a; }
  .line { fill: none; stroke: var(--c); stroke-width: 2.5; stroke-linejoin: round; } .fill { fill: var(--c); }
  .thin { stroke: var(--c); stroke-width: 1.5; }
  .name { fill: var(--c); font-weight: 600; }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117; } .ink { fill: #f0f6fc; } .soft { fill: #9198a1; }
    .grid { stroke: #3d444d; } .spread { stroke: #f0f6fc; }
    .s0 { --c: #56b4e9; } .s1 { --c: #f0a04b; } .s2 { --c: #a5adb8; } .s3 { --c: #2fc79a; } .s4 { --c: #e29ac6; }
  }`;

const DASHES = ['', '7 4', '2 4', '10 3 2 3', '4 2'];

/** A number on an axis. @param {number} value */
const toTick = (value) => Number(value.toPrecision(2)).toLocaleString('en-US');

const ROUND = [1, 2, 5];

/** Round numbers from 0 to above a value. @param {number} most */
function getSteps(most) {
  const magnitude = 10 ** Math.floor(Math.log10(most / 4));
  const step = magnitude * ([...ROUND, 10].find((round) => round * magnitude >= most / 4) ?? 10);
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, n) => n * step);
}

/** Round numbers around two values: 1, 10, 100, or 1, 2, 5, 10 where they are near each other. @param {number} least @param {number} most */
function getDecades(least, most) {
  const first = Math.floor(Math.log10(least));
  const count = Math.ceil(Math.log10(most)) - first + 1;
  const decades = Array.from({ length: count }, (_, n) => 10 ** (first + n));
  if (count > 3) return decades;
  const all = decades.flatMap((decade) => ROUND.map((round) => round * decade));
  const from = all.findLastIndex((tick) => tick <= least);
  return all.slice(from, all.findIndex((tick) => tick >= most) + 1);
}

/** @param {string} text */
const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** Tenths of a pixel are enough. @param {number} value */
const px = (value) => String(Math.round(value * 10) / 10);

/** @param {number} x @param {number} y @param {string} content @param {string} [look] */
const label = (x, y, content, look = 'class="ink"') =>
  `<text x="${px(x)}" y="${px(y)}" ${look}>${escape(content)}</text>`;

/** @param {string} title @param {string} unit @param {number} height @param {string[]} parts */
function frame(title, unit, height, parts) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(WIDTH)} ${String(height)}" width="${String(WIDTH)}" height="${String(height)}" role="img" aria-label="${escape(title)}">
<style>${STYLE}
</style>
<rect class="page" width="100%" height="100%" rx="6"/>
${[label(16, 28, title, 'class="ink title"'), label(16, 48, unit, 'class="soft"'), label(16, 65, 'The marks are the lowest and highest of all rounds.', 'class="soft"'), ...parts].join('\n')}
</svg>
`;
}

/**
 * A bar for each contestant, below its name.
 * @param {string} title
 * @param {Measure} measure
 */
export function drawBars(title, { unit, rows }) {
  const [left, right, step] = [16, 130, 44];
  const most = Math.max(...rows.map(({ cost }) => cost.high));
  const toX = (/** @type {number} */ value) =>
    left + (Math.max(0, value) / most) * (WIDTH - left - right);
  const marked = rows.some(({ who }) => who === 'ours');
  const parts = rows.flatMap(({ who, cost, ratio }, n) => {
    const y = TOP + n * step;
    const series = who === 'ours' || !marked ? 's0' : 's2';
    const middle = y + 28;
    const value = `${toFigure(cost.median)}${ratio ? `  (${toFigure(ratio.median)} ×)` : ''}`;
    return [
      label(left, y + 14, toName(who), `class="${who === 'ours' ? 'ink title' : 'ink'}"`),
      `<rect class="${series} fill" x="${px(left)}" y="${px(y + 19)}" width="${px(Math.max(1, toX(cost.median) - left))}" height="18" rx="2"/>`,
      `<path class="spread" d="M${px(toX(cost.low))} ${px(middle)}H${px(toX(cost.high))}M${px(toX(cost.low))} ${px(middle - 4)}v8M${px(toX(cost.high))} ${px(middle - 4)}v8"/>`,
      label(toX(cost.high) + 10, middle + 5, value),
    ];
  });
  return frame(title, unit, TOP + rows.length * step + 14, parts);
}

/** @param {number} series @param {number} x @param {number} y */
function marker(series, x, y) {
  const look = `class="s${String(series)} fill"`;
  const [cx, cy] = [px(x), px(y)];
  return [
    `<circle ${look} cx="${cx}" cy="${cy}" r="5"/>`,
    `<rect ${look} x="${px(x - 4.5)}" y="${px(y - 4.5)}" width="9" height="9"/>`,
    `<path ${look} d="M${cx} ${px(y - 6)}l5.5 10h-11z"/>`,
    `<path ${look} d="M${cx} ${px(y - 6)}l6 6l-6 6l-6-6z"/>`,
    `<path ${look} d="M${cx} ${px(y + 6)}l5.5-10h-11z"/>`,
  ][series % 5];
}

const LINE = 17;

/** A name on as many lines as it needs beside a plot. @param {string} name */
const wrap = (name) => name.match(/.{1,19}(?: |$)|\S+/g) ?? [];

/**
 * How far apart names have to stand, each as near to its place as that lets it.
 * @param {{ y: number, lines: readonly string[] }[]} names
 */
function spread(names) {
  const sorted = names.toSorted((a, b) => a.y - b.y);
  for (let turn = 0; turn < 40; turn++) {
    sorted.forEach((name, n) => {
      const next = sorted[n + 1];
      const need = (LINE * (name.lines.length + (next?.lines.length ?? 0))) / 2;
      const overlap = next ? need - (next.y - name.y) : 0;
      if (!next || overlap <= 0) return;
      name.y -= overlap / 2;
      next.y += overlap / 2;
    });
  }
}

/**
 * A line for each contestant, both axes logarithmic unless they are told to be linear.
 * @param {string} title
 * @param {Measure} measure
 * @param {boolean} [linear]
 */
export function drawLines(title, { unit, x: xUnit, rows }, linear = false) {
  const [left, right, bottom, height] = [58, 172, 50, 340];
  const scale = linear ? Number : Math.log10;
  const xs = [...new Set(rows.map(({ at = 0 }) => at))].sort((a, b) => a - b);
  const costs = rows.flatMap(({ cost }) => [cost.low, cost.high]).filter((cost) => cost > 0);
  const ticks = linear
    ? getSteps(Math.max(...costs))
    : getDecades(Math.min(...costs), Math.max(...costs));
  const [yMin = 0, yMax = 1] = [ticks[0], ticks.at(-1)];
  const [xMin = 0, xMax = 1] = [xs[0], xs.at(-1)];
  const toX = (/** @type {number} */ value) =>
    left + ((scale(value) - scale(xMin)) / (scale(xMax) - scale(xMin))) * (WIDTH - left - right);
  const toY = (/** @type {number} */ value) =>
    height -
    bottom -
    ((scale(Math.max(value, linear ? 0 : yMin)) - scale(yMin)) / (scale(yMax) - scale(yMin))) *
      (height - TOP - bottom);

  const parts = ticks.flatMap((tick) => [
    `<path class="grid" d="M${px(left)} ${px(toY(tick))}H${px(WIDTH - right)}"/>`,
    label(left - 10, toY(tick) + 4, toTick(tick), 'class="soft" text-anchor="end"'),
  ]);
  let lastX = Number.NEGATIVE_INFINITY;
  for (const x of xs) {
    if (toX(x) - lastX < Math.max(54, 9 * toAmount(x, xUnit).length)) continue;
    lastX = toX(x);
    parts.push(
      label(lastX, height - bottom + 20, toAmount(x, xUnit), 'class="soft" text-anchor="middle"'),
    );
  }
  if (xUnit === 'streams' || xUnit === 'chunks') {
    parts.push(
      label(
        (left + WIDTH - right) / 2,
        height - bottom + 40,
        xUnit,
        'class="soft" text-anchor="middle"',
      ),
    );
  }

  const names = [...new Set(rows.map(({ who }) => who))].map((who, series) => {
    const points = rows
      .filter((row) => row.who === who)
      .map(({ at = 0, cost }) => ({ x: toX(at), cost }));
    const path = points.map(({ x, cost }) => `${px(x)} ${px(toY(cost.median))}`).join('L');
    parts.push(
      ...points.map(
        ({ x, cost }) =>
          `<path class="s${String(series)} thin" d="M${px(x)} ${px(toY(cost.low))}V${px(toY(cost.high))}"/>`,
      ),
      `<path class="s${String(series)} line" stroke-dasharray="${DASHES[series % 5] ?? ''}" d="M${path}"/>`,
      ...points.map(({ x, cost }) => marker(series, x, toY(cost.median)) ?? ''),
    );
    const last = points.at(-1);
    const lines = wrap(toName(who));
    return { lines, series, y: last ? toY(last.cost.median) : 0, x: last?.x ?? 0 };
  });
  spread(names);
  for (const { lines, series, x, y } of names) {
    const first = y + 4 - (LINE * (lines.length - 1)) / 2;
    const look = `class="s${String(series)} name"`;
    parts.push(...lines.map((line, n) => label(x + 14, first + LINE * n, line.trim(), look)));
  }
  return frame(title, unit, height, parts);
}
