// From results to pages: fills the numbers into the prose of performance.md beside this file.
import { readFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { readBars } from '../harness/bars.mjs';
import { toAmount, toFigure, toName, toSpread } from '../harness/names.mjs';
import { QUESTIONS, readResult } from '../harness/results.mjs';
import { drawBars, drawLines } from './charts.mjs';

/** @typedef {import('../harness/results.mjs').Result} Result */

const TEMPLATE = new URL('performance.md', import.meta.url);

/** @param {string[]} head @param {string[][]} rows */
function toTable(head, rows) {
  const line = head.map((_, n) => (n ? '--:' : '---'));
  return [head, line, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** @typedef {import('../harness/contest.mjs').Measure} Measure */

const isGrowth = (/** @type {Measure} */ { rows }) => rows.some(({ at }) => at !== undefined);

/** @param {Measure} measure */
const toPeerTable = ({ unit, rows }) =>
  toTable(
    ['contestant', unit, 'spread', 'ratio', 'spread'],
    rows.map(({ who, cost, ratio }) => [
      toName(who),
      toFigure(cost.median),
      toSpread(cost),
      ratio ? toFigure(ratio.median) : '–',
      ratio ? toSpread(ratio) : '–',
    ]),
  );

/** What has no unit that would tell it. */
const COUNTED = ['streams', 'chunks'];

/** A row for each size, a column for each contestant. @param {Measure} measure */
function toGrowthTable({ unit, x, rows }) {
  const contestants = [...new Set(rows.map(({ who }) => who))];
  const sizes = [...new Set(rows.map(({ at = 0 }) => at))].sort((a, b) => a - b);
  const toCell = (/** @type {string} */ contestant, /** @type {number} */ size) => {
    const cost = rows.find(({ who, at }) => who === contestant && at === size)?.cost;
    return cost ? `${toFigure(cost.median)} (${toSpread(cost)})` : 'left out';
  };
  return toTable(
    [COUNTED.includes(x ?? '') ? `${unit}, by ${x ?? ''}` : unit, ...contestants.map(toName)],
    sizes.map((size) => [
      toAmount(size, x),
      ...contestants.map((contestant) => toCell(contestant, size)),
    ]),
  );
}

/**
 * What a line of the template such as `{{table transport cpu}}` stands for; the charts go into `files`.
 * @param {Map<string, Result>} results
 * @param {Awaited<ReturnType<typeof readBars>>} bars
 * @param {Map<string, string>} files
 */
function createFillers(results, { bars, margin }, files) {
  const find = (/** @type {string} */ question) => {
    const result = results.get(question);
    if (!result) throw new Error(`There is no question "${question}".`);
    return result;
  };
  const findMeasure = (/** @type {string} */ question, /** @type {string} */ name) => {
    const measure = find(question).measures[name];
    if (!measure) throw new Error(`${question} has no measure "${name}".`);
    return measure;
  };
  const findFigure = (/** @type {string} */ question, /** @type {string} */ name) => {
    const figure = find(question).figures[name];
    if (!figure) throw new Error(`${question} has no figure "${name}".`);
    return figure;
  };

  return {
    /** One number: `{{figure transport: ours/official}}`. */
    figure: (/** @type {string} */ question, /** @type {string} */ name) =>
      toFigure(findFigure(question, name).median),
    /** What someone spent: `{{cost transport cpu: ours}}`, `{{cost longLines cpu: ours 8388608}}`. */
    cost: (/** @type {string} */ which, /** @type {string} */ whom) => {
      const [question = '', name = ''] = which.split(' ');
      const row = findMeasure(question, name).rows.find(
        ({ who, at }) => whom === (at === undefined ? who : `${who} ${String(at)}`),
      );
      if (!row) throw new Error(`${which} has no "${whom}".`);
      return toFigure(row.cost.median);
    },
    fact: (/** @type {string} */ question, /** @type {string} */ name) => {
      const fact = find(question).facts[name];
      if (fact === undefined) throw new Error(`${question} has no fact "${name}".`);
      return fact.toLocaleString('en-US');
    },
    rounds: (/** @type {string} */ question) => String(find(question).rounds),
    table: (/** @type {string} */ which) => {
      const [question = '', name = ''] = which.split(' ');
      const measure = findMeasure(question, name);
      return isGrowth(measure) ? toGrowthTable(measure) : toPeerTable(measure);
    },
    /** Several measures side by side, without their spread: `{{overview browser: frames longest}}`. */
    overview: (/** @type {string} */ question, /** @type {string} */ names) => {
      const measures = names.split(' ').map((name) => findMeasure(question, name));
      const contestants = measures[0]?.rows.map(({ who }) => who) ?? [];
      const toCell = (/** @type {Measure} */ { rows }, /** @type {string} */ contestant) =>
        toFigure(rows.find(({ who }) => who === contestant)?.cost.median ?? Number.NaN);
      return toTable(
        ['way', ...measures.map(({ unit }) => unit)],
        contestants.map((who) => [toName(who), ...measures.map((measure) => toCell(measure, who))]),
      );
    },
    /** `{{chart transport cpu: Its title}}` */
    chart: (/** @type {string} */ which, /** @type {string} */ title) => {
      const [question = '', name = '', scale] = which.split(' ');
      const measure = findMeasure(question, name);
      const file = `charts/${question}-${name}.svg`;
      files.set(
        file,
        isGrowth(measure)
          ? drawLines(title, measure, scale === 'linear')
          : drawBars(title, measure),
      );
      return `![${title}](${file})`;
    },
    bars: () =>
      toTable(
        ['what', 'measured', 'spread', 'bar', ''],
        bars.map(({ what, seen, max, allowed, ok }) => [
          what,
          toFigure(seen.median),
          toSpread(seen),
          `≤ ${toFigure(max)}`,
          ok
            ? allowed === undefined
              ? 'holds'
              : `missed; ${toFigure(allowed)} allowed`
            : 'missed',
        ]),
      ),
    margin: () => String(margin * 100),
    machine: () => {
      const { machine, date } = find('transport');
      return `${String(machine['cpu'])}, ${String(machine['cores'])} cores, ${String(machine['memory'])}, ${String(machine['system'])}, Node ${String(machine['node'])}; ${date}`;
    },
    versions: () =>
      Object.entries(find('transport').versions)
        .map(([name, version]) => `\`${name}\` ${version}`)
        .join(', '),
  };
}

/**
 * The files of docs/ that results give.
 * @param {string} folder with the results
 * @returns {Promise<Map<string, string>>}
 */
export async function render(folder) {
  const results = new Map(
    await Promise.all(
      QUESTIONS.map(async (name) => /** @type {const} */ ([name, await readResult(folder, name)])),
    ),
  );
  /** @type {Map<string, string>} */
  const files = new Map();
  /** @type {Record<string, (first: string, second: string) => string>} */
  const fillers = createFillers(results, await readBars(folder), files);
  const template = await readFile(TEMPLATE, 'utf8');
  const text = template.replaceAll(
    /\{\{(\w+)(?: ([^:}]+))?(?:: ([^}]+))?\}\}/g,
    (all, /** @type {string} */ name, first = '', second = '') => {
      const fill = fillers[name];
      if (!fill) throw new Error(`${all} stands for nothing.`);
      return fill(String(first), String(second));
    },
  );
  const config = await resolveConfig(TEMPLATE.pathname);
  files.set('performance.md', await format(text, { ...config, parser: 'markdown' }));
  return files;
}
