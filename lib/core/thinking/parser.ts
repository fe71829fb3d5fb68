import type { ThinkingGrammar } from './grammar.js';
import { createQuoteReader } from './quotes.js';
import type { Mark } from './search.js';

/** A part of the text that is about one thing. */
export interface TextPart {
  readonly phase: 'thinking' | 'answer';
  readonly text: string;
  /** All answer text before this part was thinking. */
  readonly reclassify?: true;
}

/** Separates thinking from the answer in the text of one message, which comes in pieces. */
export interface ThinkingParser {
  /**
   * Whether the text only continues the answer, as nearly all texts do. Then it counts as read, and must
   * not be pushed.
   */
  passes(text: string): boolean;
  /** The parts that are certain after this piece; with `flush`, also the text that is held back. */
  push(text: string, flush?: boolean): readonly TextPart[];
}

/**
 * Reads a text as Ollama's own parser does (`thinking/parser.go`), with these differences: it knows
 * several tags, it loses nothing at the end, and it reports a closing tag without an opening one.
 *
 * The states, and what is looked for in each:
 *
 * ```none
 *  leading    before the first visible text    an opening tag, a channel
 *  untagged   in an answer without any tag     a closing tag, which makes the answer so far thinking
 *  unopened   in thinking without any tag      a closing tag
 *  the next   after a mark                     what the mark says: its closing tag, channels, or nothing
 * ```
 */
export function createThinkingParser(grammar: ThinkingGrammar): ThinkingParser {
  const { leading, untagged, unopened, anywhere, startsInThinking } = grammar;
  const quotes = createQuoteReader();
  let phase: TextPart['phase'] = startsInThinking ? 'thinking' : 'answer';
  let search = leading;
  /** White space before a leading tag and after any tag is dropped; the former waits in `space`. */
  let skipsSpace = grammar.hasTags;
  let space = '';
  let held = '';
  /** Whether there is text that a closing tag without an opening one would make thinking. */
  let hasText = false;
  /** How many opening tags the answer mentions and has not closed. */
  let mentions = 0;
  let parts: TextPart[] = [];

  const emit = (text: string): void => {
    if (!text) return;
    hasText = true;
    if (search === untagged) quotes.read(text);
    const last = parts.at(-1);
    if (last?.phase === phase) parts[parts.length - 1] = { ...last, text: last.text + text };
    else parts.push({ phase, text });
  };

  /** Whether an untagged answer only mentions the tag: in code, quoted, or after its opening tag. */
  const isMentioned = ({ begins }: Mark): boolean => {
    if (search !== untagged || (anywhere && begins === 'thinking')) return false;
    if (!quotes.isOpen()) mentions += begins === 'thinking' ? 1 : -1;
    return mentions >= 0;
  };

  const obey = (mark: Mark): void => {
    if (search === untagged && mark.begins === 'answer' && hasText) {
      parts.push({ phase, text: '', reclassify: true });
    }
    phase = mark.begins;
    search = mark.next();
    skipsSpace = true;
    space = '';
  };

  /** Drops white space, or keeps it until it is known whether a leading tag follows. */
  const skipSpace = (text: string): string => {
    const visible = text.trimStart();
    if (search === leading) space += text.slice(0, text.length - visible.length);
    skipsSpace = !visible;
    return visible;
  };

  return {
    passes(text) {
      if (phase === 'thinking' || skipsSpace || held || search.test(text)) return false;
      if (search === untagged) quotes.read(text);
      hasText = true;
      return true;
    },
    push(text, flush) {
      let rest = held + text;
      held = '';
      while (rest) {
        if (skipsSpace) {
          rest = skipSpace(rest);
          continue;
        }
        let find = search.find(rest);
        if (flush && !find?.mark) find = undefined;
        if (search === leading && find?.index !== 0) {
          search = phase === 'answer' ? untagged : unopened;
          rest = space + rest;
          space = '';
          continue;
        }
        emit(rest.slice(0, find?.index));
        if (!find) break;
        rest = rest.slice(find.index + find.text.length);
        if (!find.mark) held = find.text;
        else if (isMentioned(find.mark)) emit(find.text);
        else obey(find.mark);
      }
      if (flush) {
        emit(space);
        space = '';
      }
      const certain = parts;
      parts = [];
      return certain;
    },
  };
}
