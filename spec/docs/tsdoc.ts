import ts from 'typescript';

/** A comment, taken apart in the order that this library writes its comments in. */
export interface Comment {
  /** The first paragraph. */
  readonly summary: string;
  /** `_It's like …_` */
  readonly analogy: string;
  /** Blocks of text marbles. */
  readonly marbles: readonly string[];
  /** What happens in which case, and after the examples what else there is to know. */
  readonly cases: readonly string[];
  readonly notes: readonly string[];
  /** What `- **Completes:** …` and its like say, in their order. */
  readonly behavior: readonly (readonly [string, string])[];
  readonly examples: readonly string[];
  readonly tags: readonly { readonly name: string; readonly text: string }[];
}

const TAG = /(?:^|\s)@(see|param|returns|throws|defaultValue)\s+/;

/** A paragraph or a list item on one line. */
export const unwrap = (text: string): string => text.replace(/\s*\n\s*/g, ' ').trim();

/** The comment before a declaration as it reads: without what makes it a comment. */
function readText(node: ts.Node): string {
  const comment = ts.getJSDocCommentsAndTags(node).findLast(ts.isJSDoc)?.getText() ?? '';
  return comment.replace(/^\/\*\*\s*|\s*\*\/$/g, '').replace(/^[ \t]*\* ?/gm, '');
}

/** The items of a list of `- **Completes:** …` and its like; `undefined` for a list with any other item. */
function readBehavior(list: string): [string, string][] | undefined {
  const items = list.split(/\n(?=- )/).map((item) => /^- \*\*([^*]+):\*\* ([^]*)$/.exec(item));
  if (!items.every((item) => item !== null)) return undefined;
  return items.map(([, name = '', text = '']) => [name, unwrap(text)]);
}

/** Reads the comment of a declaration; everything is empty if there is none. */
export function readComment(node: ts.Node): Comment {
  const [body = '', ...rest] = readText(node).split(TAG);
  const tags = rest.flatMap((name, at) =>
    at % 2 ? [] : [{ name, text: unwrap(rest[at + 1] ?? '') }],
  );
  const marbles: string[] = [];
  const examples: string[] = [];
  const cases: string[] = [];
  const notes: string[] = [];
  const behavior: [string, string][] = [];
  // What stands between fences is at odd places.
  body.split(/^(```\w+\n[^]*?^```$)/m).forEach((part, at) => {
    if (part.startsWith('```ts')) {
      // What introduces an example belongs to it.
      const before = examples.length ? notes : cases;
      const introduction = before.at(-1)?.endsWith(':') ? before.pop() : undefined;
      examples.push(introduction ? `${introduction}\n\n${part}` : part);
    } else if (at % 2) marbles.push(part);
    else
      for (const block of part.split(/\n{2,}/).map((each) => each.trim())) {
        const items = readBehavior(block);
        if (items) behavior.push(...items);
        else if (block) (examples.length ? notes : cases).push(block);
      }
  });
  const [summary = '', ...others] = cases;
  const isAnalogy = (text: string): boolean => text.startsWith("_It's like");
  return {
    summary,
    analogy: others.find(isAnalogy) ?? '',
    marbles,
    cases: others.filter((text) => !isAnalogy(text)),
    notes,
    behavior,
    examples,
    tags,
  };
}

/** What a comment says about one tag. */
export const getTag = ({ tags }: Comment, wanted: string): string | undefined =>
  tags.find(({ name }) => name === wanted)?.text;
