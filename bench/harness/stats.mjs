/** @typedef {{ median: number, low: number, high: number }} Spread the ends are the smallest and the largest */

/** @param {readonly number[]} values */
export function summarize(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median =
    ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
  return {
    median: round(median),
    low: round(sorted[0] ?? Number.NaN),
    high: round(sorted.at(-1) ?? Number.NaN),
  };
}

/** Four digits: more would be noise. */
export const round = (/** @type {number} */ value) => Number(value.toPrecision(4));

/**
 * The slope of the line that fits best.
 * @param {readonly (readonly [number, number])[]} points
 */
export function fitSlope(points) {
  const mean = (/** @type {0 | 1} */ at) =>
    points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const up = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  return up / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}
