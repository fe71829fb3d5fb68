import { scan, type OperatorFunction } from 'rxjs';

/** Markdown in blocks: those that never change again, and the one that is still growing. */
export interface Blocks {
  readonly finished: readonly string[];
  readonly open: string;
}

/** Cuts the text of an answer at its blank lines, and not within a block of code. */
export function markdownBlocks(): OperatorFunction<string, Blocks> {
  return scan(addText, { finished: [], open: '' } as Blocks);
}

function addText({ finished, open }: Blocks, text: string): Blocks {
  const blocks: string[] = [];
  let block = '';
  for (const part of (open + text).split(/(?<=\n\n)(?!\n)/)) {
    block += part;
    if (part.endsWith('\n\n') && !isCode(block)) {
      blocks.push(block);
      block = '';
    }
  }
  return { finished: blocks.length ? [...finished, ...blocks] : finished, open: block };
}

/** Whether the end of the text is within a block of code. */
const isCode = (text: string): boolean => (text.match(/^ *`{3}/gm)?.length ?? 0) % 2 === 1;
