import { createLegend } from '../../lib/testing/legend.js';
import { READY } from '../../lib/testing/ready.js';
import type { Event, Played, Stage } from './engine/played.js';
import { readLetters, type Letters } from './letters.js';
import { SOURCE, isWritable, writeMarbles, type Marble, type Row } from './rows.js';
import { listBreaks, listNames } from './scan.js';
import { MODULES } from './scope.js';
import type { Script } from './script.js';
import { quote, toCode, toErrorCode, toObject } from './toCode.js';

/** A spec's lines stand in a test, in a call of `marbles`. */
const INDENT = '    ';

const compiles = (code: string): boolean => {
  try {
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- it is not called
    new Function(code);
    return true;
  } catch {
    return false;
  }
};

/** Cuts code into what stands before its last statement, and that statement as an expression. */
export function splitResult(code: string): readonly [before: string, result: string] {
  const text = code.trim().replace(/[;\s]+$/, '');
  for (const at of [...listBreaks(text), -1]) {
    const [before, result] = [text.slice(0, at + 1).trim(), text.slice(at + 1).trim()];
    if (result && compiles(before) && compiles(`return (${result}\n);`)) return [before, result];
  }
  return ['', text];
}

/** An input as the argument of `m.cold`. */
function toCold({ name, marbles }: Row, letters: Letters): string {
  // `marbleChat` has these.
  const isReady = (sign: string): boolean =>
    name === SOURCE && letters.values.get(sign) === READY[sign];
  const text = quote(writeMarbles(marbles, 1));
  const own = new Set(marbles.map(({ sign }) => sign));
  const entries = [...own]
    .filter((sign) => letters.values.has(sign) && !isReady(sign))
    .map((sign) => [sign, toCode(letters.values.get(sign))] as const);
  const error = own.has('#') ? toErrorCode(letters.error) : undefined;
  const values = entries.length || error ? [toObject(entries)] : [];
  return [text, ...values, ...(error ? [error] : [])].join(', ');
}

function toInput(name: string, rows: readonly Row[], letters: Letters): string[] {
  const colds = rows.map((row) => {
    const args = toCold(row, letters);
    return name === SOURCE ? `m.cold(...marbleChat(${args}))` : `m.cold(${args})`;
  });
  const [only] = colds;
  if (colds.length < 2) return [`const ${name} = ${only ?? 'EMPTY'};`];
  return [
    '// One for each subscription.',
    `const attempts = [`,
    ...colds.map((cold) => `  ${cold},`),
    '];',
    `const ${name} = defer(() => (attempts.length > 1 ? attempts.shift() : attempts[0])!);`,
  ];
}

const toMarbles = (events: readonly Event[], letterOf: (value: unknown) => string): Marble[] =>
  events.map((event) => ({
    at: event.at,
    sign: event.end ? (event.end === 'error' ? '#' : '|') : letterOf(event.value),
  }));

const toError = (error: unknown): string => {
  const { name, message } = Object(error) as { name?: unknown; message?: unknown };
  // That is what rxjs-marbles compares.
  return error instanceof Error
    ? toObject([
        ['name', quote(String(name))],
        ['message', quote(String(message))],
      ])
    : toCode(error);
};

/** A subscription that ends at a time. */
const toSubscription = (stopAt: number): string =>
  stopAt < 1 ? '(^!)' : stopAt === 1 ? '^!' : `^ ${String(stopAt - 1)}ms !`;

/** What is expected of a result. */
function toExpectation({ events }: Stage, result: string, stopAt: number | undefined): string[] {
  const legend = createLegend();
  const marbles = toMarbles(events, (value) => legend.letterOf(value));
  const text = writeMarbles(marbles, 1);
  if (!isWritable(marbles, 1)) return toTimedExpectation(events, result, stopAt);
  const entries = new Map(
    events.flatMap((event) =>
      event.end ? [] : [[legend.letterOf(event.value), toCode(event.value)] as const],
    ),
  );
  const failed = events.find(({ end }) => end === 'error');
  const values = [...entries].map(([letter, code]) => `  ${letter}: ${code},`);
  const error = failed?.end === 'error' ? [toError(failed.error)] : [];
  const unsubscribes = stopAt === undefined ? '' : `, ${quote(toSubscription(stopAt))}`;
  const expectation = `m.expect(${result}${unsubscribes})`;
  if (!values.length && !error.length) return [`${expectation}.toBeObservable(${quote(text)});`];
  return [
    `${expectation}.toBeObservable(${quote(text)}, {`,
    ...values,
    `}${error.map((code) => `, ${code}`).join('')});`,
  ];
}

/** The same without marbles, which can't say when everything happened. */
function toTimedExpectation(
  events: readonly Event[],
  result: string,
  stopAt: number | undefined,
): string[] {
  const listed = events.map((event) => {
    const what =
      event.end === 'error'
        ? `error: expect.objectContaining(${toError(event.error)})`
        : event.end
          ? "kind: 'C'"
          : `value: ${toCode(event.value)}`;
    return `  { timestamp: ${String(event.at)}, value: expect.objectContaining({ ${what} }) },`;
  });
  return [
    'const seen: unknown[] = [];',
    `const subscription = ${result}`,
    '  .pipe(materialize(), timestamp())',
    '  .subscribe((each) => seen.push(each));',
    ...(stopAt === undefined
      ? []
      : [`timer(${String(stopAt)}).subscribe(() => subscription.unsubscribe());`]),
    'm.flush();',
    'expect(seen).toEqual([',
    ...listed,
    ']);',
  ];
}

function toImports(code: string): string[] {
  const names = listNames(code);
  return Object.entries(MODULES).flatMap(([module, values]) => {
    const used = Object.keys(values).filter((name) => names.has(name));
    return used.length ? [`import { ${used.sort().join(', ')} } from '${module}';`] : [];
  });
}

/**
 * Writes a spec for rxjs-marbles in jest that expects what has been played.
 *
 * @throws TypeError if a value can't be written as code
 */
export function toSpec(script: Script, rows: readonly Row[], { results }: Played): string {
  const letters = readLetters(script.letters);
  const [before, result] = splitResult(script.code);
  const names = [...new Set([SOURCE, ...rows.map(({ name }) => name)])];
  const [first] = results;
  const isOne = results.length === 1 && first?.label === 'result';
  const expectations = results.flatMap((stage) =>
    toExpectation(stage, isOne ? 'result$' : `results[${quote(stage.label)}]`, script.stopAt),
  );
  const body = [
    ...names.flatMap((name) =>
      toInput(
        name,
        rows.filter((row) => row.name === name),
        letters,
      ),
    ),
    ...(before ? before.split('\n') : []),
    ...`const ${isOne ? 'result$' : 'results'} = ${result};`.split('\n'),
    ...expectations,
  ];
  const code = body.join('\n');
  const globals = code.includes('expect(seen)') ? 'expect, test' : 'test';
  return [
    `import { ${globals} } from '@jest/globals';`,
    ...toImports(code),
    "import { marbles } from 'rxjs-marbles/jest';",
    '',
    'test(',
    "  'emits what the playground showed',",
    '  marbles((m) => {',
    ...body.map((line) => (line ? INDENT + line : line)),
    '  }),',
    ');',
    '',
  ].join('\n');
}
