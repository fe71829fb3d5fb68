import { parse } from 'yaml';
import { readDocument, type Document } from './documents.js';
import { createLink, type Link } from './link.js';
import type { Reference } from './reference.js';

const NOTE = '<!-- Made of choose.yml: UPDATE_DOCS=1 npx jest spec/docs -->';

/** Questions that lead to more of them, or to an answer: a name, or a name and its guide. */
export interface Questions {
  readonly [question: string]: Questions | string | readonly [name: string, guide: string];
}

/** The questions of docs/choose.yml, under what leads to them. */
export const readQuestions = (): Readonly<Record<string, Questions>> =>
  parse(readDocument('docs/choose.yml').text) as Readonly<Record<string, Questions>>;

/** The names that questions lead to. */
export function findNames(questions: Questions): string[] {
  return Object.values(questions).flatMap((next) => {
    if (typeof next === 'string') return [next];
    return isAnswer(next) ? [next[0]] : findNames(next);
  });
}

/** The questions that lead to a name, and its guide. */
interface Found {
  readonly questions: readonly string[];
  /** From docs. */
  readonly guide: string | undefined;
}

/** What docs/choose.yml asks on the way to a name. */
export function findQuestion(
  name: string,
  questions: Questions = readQuestions(),
): Found | undefined {
  for (const [question, next] of Object.entries(questions)) {
    const [found, guide] = typeof next === 'string' ? [next] : isAnswer(next) ? next : [];
    if (found === name) return { questions: [question], guide };
    if (found !== undefined || typeof next === 'string' || isAnswer(next)) continue;
    const rest = findQuestion(name, next);
    if (rest) return { ...rest, questions: [question, ...rest.questions] };
  }
  return undefined;
}

function isAnswer(next: Questions[string]): next is readonly [string, string] {
  return Array.isArray(next);
}

function renderList(questions: Questions, link: Link, indent = ''): string[] {
  return Object.entries(questions).flatMap(([question, next]) => {
    const line = `${indent}- ${question}`;
    if (typeof next === 'string') return [`${line}: ${link(next)}`];
    if (isAnswer(next)) return [`${line}: ${link(next[0])} ([guide](${next[1]}))`];
    return [line, ...renderList(next, link, `${indent}  `)];
  });
}

const ABOUT =
  'Find your task: each line ends with the name that does it, and with the guide to it.';

/** The questions as a page. */
export function renderQuestions(
  topics: Readonly<Record<string, Questions>>,
  reference: Reference,
): Document {
  const page = 'docs/choose.md';
  const link = createLink(reference, page);
  const parts = Object.entries(topics).map(
    ([topic, questions]) => `## ${topic} …\n\n${renderList(questions, link).join('\n')}`,
  );
  return { file: page, text: `${[NOTE, '# What do I take?', ABOUT, ...parts].join('\n\n')}\n` };
}
