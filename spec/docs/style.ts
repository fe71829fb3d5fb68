/** What the project's rules of writing forbid, as far as a program can see it. */
export interface StyleFault {
  readonly rule: string;
  readonly text: string;
}

const MOST_WORDS = 25;

/** Phrases that readers of English as a second language stumble over. "There is no …" is plain. */
const BANNED =
  /(?:^|[.!?] )Who |\b(?:for who|is told|goes on|made good|put right|lets? go|anew|somebody|nobody)\b|(?<!\bthere )\bis no /i;

/** What is not prose becomes one word, or the end of a sentence. */
function toProse(markdown: string): string {
  return markdown
    .replace(/^ *```[^]*?^ *```$/gm, '\n\n')
    .replace(/^\|.*$|^#+ .*$|<!--[^]*?-->/gm, '\n\n')
    .replace(/!?\[([^\]]*)\]\([^)]*\)|\{@link ([^}]*)\}/g, '$1$2')
    .replace(/`[^`]*`/g, 'code')
    .replace(/\*\*/g, '');
}

/** The comments of a source that hovers and pages show, without what makes them comments. */
export function readComments(source: string): string {
  return Array.from(source.matchAll(/\/\*\*([^]*?)\*\//g), ([, comment = '']) =>
    comment.replace(/^[ \t]*\* ?/gm, '').replace(/^@\w+ ?/gm, '\n\n'),
  ).join('\n\n');
}

const countWords = (sentence: string): number =>
  sentence.split(' ').filter((word) => /[\p{L}\p{N}]/u.test(word)).length;

/** The faults of a text in Markdown. A colon or a semicolon ends a sentence as a period does. */
export function findStyleFaults(markdown: string): StyleFault[] {
  return toProse(markdown)
    .split(/\n\s*\n|\n\s*(?:[-*]|\d+\.)\s+/)
    .map((paragraph) => paragraph.replace(/\s+/g, ' ').trim())
    .flatMap((paragraph) => {
      const banned = BANNED.exec(paragraph)?.[0].trim();
      return [
        ...(banned ? [{ rule: `"${banned}" is banned`, text: paragraph }] : []),
        ...paragraph
          .split(/(?<=[.!?:;]) /)
          .filter((sentence) => countWords(sentence) > MOST_WORDS)
          .map((text) => ({ rule: `${String(countWords(text))} words`, text })),
      ];
    });
}
