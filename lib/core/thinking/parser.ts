/** What opens and what closes a thinking block. */
export interface ThinkingTag {
  readonly open: string;
  readonly close: string;
}

/** How thinking is told from the answer in a model's text. */
export interface ThinkingOptions {
  /**
   * The tags to look for, in any case; none switches the reading of tags off.
   * @defaultValue `<think>`, `<thinking>`, `[THINK]`, `<|START_THINKING|>` and `<|channel>thought`
   * with what closes them
   */
  readonly tags?: readonly ThinkingTag[];
  /**
   * `'leading'`: only before the first visible text, as in Ollama's own parser, so that an answer may
   * mention a tag. `'anywhere'`: wherever an opening tag stands, as often as it does.
   * @defaultValue `'leading'`
   */
  readonly position?: 'leading' | 'anywhere';
  /** The prompt's template has opened the block already: the text begins inside. @defaultValue `false` */
  readonly startsInThinking?: boolean;
}

/** A part of the text that is about one thing. */
export interface TextPart {
  readonly phase: 'thinking' | 'answer';
  readonly text: string;
  /** All answer text before this part was thinking. */
  readonly reclassify?: true;
}

/** Tells thinking from answer in the text of one message, which comes in pieces. */
export interface ThinkingParser {
  /**
   * Whether the text is plainly more of the answer, as nearly all of it is: then it is taken in, and
   * there is no need to push it.
   */
  passes(text: string): boolean;
  /** What is certain after this piece; with `flush` also what is held back in case more comes. */
  push(text: string, flush?: boolean): readonly TextPart[];
}

const defaultTags: readonly ThinkingTag[] = [
  { open: '<think>', close: '</think>' },
  { open: '<thinking>', close: '</thinking>' },
  { open: '[THINK]', close: '[/THINK]' },
  { open: '<|START_THINKING|>', close: '<|END_THINKING|>' },
  { open: '<|channel>thought', close: '<channel|>' },
];

/**
 * Follows the semantics of Ollama's own parser (`thinking/parser.go`), with three differences: any
 * of several tags is known, nothing is lost at the end, and a closing tag that none opened is told.
 */
export function createThinkingParser({
  tags = defaultTags,
  position = 'leading',
  startsInThinking = false,
}: ThinkingOptions = {}): ThinkingParser {
  const opens = tags.map(({ open }) => open);
  const closes = tags.map(({ close }) => close);
  const anywhere = position === 'anywhere';
  const leading = createPattern(opens);
  const fresh = createPattern([...opens, ...closes]);
  const later = createPattern(anywhere ? opens : []);

  let phase: TextPart['phase'] = startsInThinking ? 'thinking' : 'answer';
  /** What is looked for: `leading` before any visible text, `fresh` in an answer before any tag. */
  let pattern = leading;
  /** White space before an opening tag and after any tag is dropped; the former waits in `space`. */
  let skipsSpace = tags.length > 0;
  let space = '';
  let held = '';
  /** How many opening tags the answer mentions that it hasn't closed. */
  let mentions = 0;
  let fenced = false;
  let ticks = 0;
  let quotes = 0;
  let parts: TextPart[] = [];

  /** Keeps track of whether the answer so far ends in code or between quotation marks. */
  const watch = (text: string): void => {
    if (pattern !== fresh) return;
    for (const mark of text.match(/[\n`"“”]/g) ?? []) {
      if (mark === '`') ticks++;
      else if (mark !== '\n') quotes++;
      else {
        if (ticks > 2 && ticks % 2) fenced = !fenced;
        ticks = quotes = 0;
      }
    }
  };

  const emit = (text: string): void => {
    watch(text);
    const last = parts.at(-1);
    if (last?.phase === phase) parts[parts.length - 1] = { ...last, text: last.text + text };
    else if (text) parts.push({ phase, text });
  };

  /** A whole tag has come that is looked for: it does its work, or is mentioned by the answer. */
  const handle = (tag: string): void => {
    const opened = tags.filter(({ open }) => open.toUpperCase() === tag.toUpperCase());
    const begins = pattern === leading || (phase === 'answer' && anywhere && opened.length > 0);
    if (phase === 'answer' && !begins) {
      const quoted = fenced || ticks % 2 || quotes % 2;
      if (!quoted) mentions += opened.length ? 1 : -1;
      if (mentions >= 0) {
        emit(tag);
        return;
      }
      parts.push({ phase, text: '', reclassify: true });
    }
    phase = begins ? 'thinking' : 'answer';
    pattern = begins ? createPattern(opened.map(({ close }) => close)) : later;
    skipsSpace = true;
    space = '';
  };

  return {
    passes(text) {
      if (phase === 'thinking' || skipsSpace || held || pattern.test(text)) return false;
      watch(text);
      return true;
    },
    push(text, flush) {
      let rest = held + text;
      held = '';
      while (rest) {
        if (skipsSpace) {
          const visible = rest.trimStart();
          if (pattern === leading) space += rest.slice(0, rest.length - visible.length);
          skipsSpace = !visible;
          rest = visible;
          continue;
        }
        let match = pattern.exec(rest);
        if (flush && !match?.[1]) match = null;
        if (pattern === leading && match?.index !== 0) {
          pattern = phase === 'answer' ? fresh : createPattern(closes);
          rest = space + rest;
          space = '';
          continue;
        }
        emit(rest.slice(0, match?.index));
        if (!match) break;
        rest = rest.slice(match.index + match[0].length);
        if (match[1]) handle(match[1]);
        else held = match[0];
      }
      if (flush) {
        emit(space);
        space = '';
      }
      const taken = parts;
      parts = [];
      return taken;
    },
  };
}

/**
 * Matches the first of the tags, which it captures, the longest where several begin; or at the end of
 * the text what may become one.
 */
function createPattern(tags: readonly string[]): RegExp {
  const spelled = tags
    .filter(Boolean)
    .sort((a, b) => b.length - a.length)
    .map((tag) => tag.split('').map((unit) => unit.replace(/[\\^$.*+?()[\]{}|]/, '\\$&')));
  const begun = spelled.map((units) =>
    units.slice(0, -1).reduceRight((rest, unit) => `${unit}(?:${rest})?`, ''),
  );
  const whole = spelled.map((units) => units.join(''));
  return new RegExp(whole.length ? `(?:${begun.join('|')})$|(${whole.join('|')})` : '(?!)', 'i');
}
