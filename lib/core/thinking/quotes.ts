/** Follows code and quotation marks in a text that comes in pieces. */
export interface QuoteReader {
  read(text: string): void;
  /** Whether the text so far ends in a block of code, in code within a line, or in a quotation. */
  isOpen(): boolean;
}

/** Code within a line and quotations end with the line; a block of code ends with its second fence. */
export function createQuoteReader(): QuoteReader {
  let fenced = false;
  let ticks = 0;
  let quotes = 0;

  return {
    read(text) {
      for (const mark of text.match(/[\n`"“”]/g) ?? []) {
        if (mark === '`') ticks++;
        else if (mark !== '\n') quotes++;
        else {
          if (ticks > 2 && ticks % 2) fenced = !fenced;
          ticks = quotes = 0;
        }
      }
    },
    isOpen: () => fenced || ticks % 2 > 0 || quotes % 2 > 0,
  };
}
