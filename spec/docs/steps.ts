import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

type Room = 'operators' | 'sources';

/** A part of an operator or a source: its place is a file, or any file of a folder, that says something. */
interface Step {
  /** As docs/contributing.md calls it. */
  readonly title: string;
  readonly places: (name: string, room: Room) => readonly Place[];
}

interface Place {
  /** From the root of the repository; with `*`, any file that ends like that. */
  readonly file: string;
  readonly says: RegExp;
}

/** It shares its state by design (docs/semantics.md), and the contract is that nothing is shared. */
const WITHOUT_CONTRACT = ['shareChat'];

/** What every operator and source has, in the order in which one writes it. */
export const STEPS: readonly Step[] = [
  {
    title: 'The function',
    places: (name, room) => [
      { file: `lib/${room}/${name}.ts`, says: new RegExp(`^export function ${name}\\b`, 'm') },
    ],
  },
  {
    title: 'The spec',
    places: (name, room) => [
      {
        file: `spec/${room}/${name}.spec.ts`,
        says:
          room === 'sources' || WITHOUT_CONTRACT.includes(name)
            ? new RegExp(`^describe\\('${name}'`, 'm')
            : new RegExp(`describeOperatorContract\\(\\{\\s*name: ['"\`]${name}\\b`),
      },
    ],
  },
  {
    title: 'The export',
    places: (name, room) => [
      { file: 'lib/index.ts', says: new RegExp(`from './${room}/${name}\\.js';$`, 'm') },
    ],
  },
  {
    title: 'The type test',
    places: (name) => [{ file: 'spec/types/*.types.ts', says: new RegExp(`\\b${name}[(<]`) }],
  },
  {
    title: 'The diagram',
    places: (name, room) => [
      { file: `spec/${room}/*.spec.ts`, says: new RegExp(`diagram\\(\\s*'${name}'`) },
      { file: `docs/diagrams/${name}.svg`, says: /<svg/ },
    ],
  },
  {
    title: 'The page',
    places: (name, room) => [
      { file: `docs/${room}/${name}.md`, says: new RegExp(`^# ${name}$`, 'm') },
    ],
  },
  {
    title: 'The ways to find it',
    places: (name) => [
      { file: 'docs/choose.yml', says: new RegExp(`\\b${name}\\b`) },
      { file: 'CHANGELOG.md', says: new RegExp(`\`${name}\``) },
    ],
  },
];

function readPlace(root: string, file: string): string[] {
  const [start, end] = path.basename(file).split('*');
  const folder = path.join(root, path.dirname(file));
  if (end === undefined || !existsSync(folder)) {
    const whole = path.join(root, file);
    return existsSync(whole) ? [readFileSync(whole, 'utf8')] : [];
  }
  return readdirSync(folder)
    .filter((each) => each.startsWith(start ?? '') && each.endsWith(end))
    .map((each) => readFileSync(path.join(folder, each), 'utf8'));
}

/** What an operator or a source lacks, in words. */
export function findMissing(root: string, name: string, room: Room): string[] {
  return STEPS.flatMap(({ title, places }, i) =>
    places(name, room)
      .filter(({ file, says }) => !readPlace(root, file).some((text) => says.test(text)))
      .map(
        ({ file, says }) =>
          `${name}, step ${String(i + 1)}, ${title}: ${file} lacks ${String(says)}`,
      ),
  );
}
