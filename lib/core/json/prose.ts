/** Finds where JSON may begin in what a model writes around it. */
export interface JsonProse {
  /**
   * Takes the next character, and returns whether a value begins with it: `'certain'` at the start of
   * the text and after a line that opens a fence, `'possible'` in prose.
   */
  read(character: string): 'certain' | 'possible' | undefined;
  /** The bracket that seemed possible is prose, and so is all up to its counterpart. */
  refuse(): void;
  /** What was read since the start or the opening fence, up to a closing one. */
  readonly text: string;
}

const FENCE = '```';

/** Reads by characters, so it can't matter how the text is cut. */
export function createJsonProse(): JsonProse {
  let text = '';
  let ticks = 0;
  let fenced = false;
  /** How many brackets are open. */
  let brackets = 0;

  return {
    read(character) {
      const opens = '{['.includes(character);
      if (brackets === 0 && (opens || (character === '"' && !text))) {
        return text ? 'possible' : 'certain';
      }
      if (opens) brackets++;
      else if (brackets > 0 && '}]'.includes(character)) brackets--;

      if (text || character.trim()) text += character;
      if (character === '`') ticks++;
      else if (ticks < FENCE.length) ticks = 0;
      else if (character === '\n') {
        ticks = brackets = 0;
        fenced = !fenced;
        if (fenced) text = '';
      }
      return undefined;
    },
    refuse() {
      brackets = 1;
      text += '[';
    },
    get text() {
      return text.split(FENCE, 1).join();
    },
  };
}
