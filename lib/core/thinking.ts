/** What opens and what closes a thinking block. */
export interface ThinkingTag {
  readonly open: string;
  readonly close: string;
}

/** How thinking is told from the answer in a model's text. */
export interface ThinkingOptions {
  /**
   * The tags to look for, in any case.
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

/** Tells thinking from answer in text that comes in pieces. */
export interface ThinkingParser {
  /**
   * Whether the text is plainly more of the answer, as nearly all of it is: then it is taken in, and
   * there is no need to push it.
   */
  passes(text: string): boolean;
  /** What is certain after this piece. */
  push(text: string): readonly TextPart[];
  /** What was held back because more might have come. */
  flush(): readonly TextPart[];
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
  const opens = tags.map(({ open }) => open.toLowerCase());
  const closes = tags.map(({ close }) => close.toLowerCase());
  const anyOpen = createMatcher(opens);
  const anyTag = createMatcher([...opens, ...closes]);
  const code = createCodeContext();

  let state: 'start' | TextPart['phase'] = 'start';
  let closer = createMatcher(closes);
  /** No block has been seen yet, so a closing tag may come that the prompt's template opened. */
  let fresh = !startsInThinking;
  let eatSpace = false;
  let space = '';
  let held = '';
  let mentions = 0;
  let parts: TextPart[] = [];

  const emit = (phase: TextPart['phase'], text: string): void => {
    if (!text) return;
    if (fresh && phase === 'answer') code.add(text);
    const last = parts.at(-1);
    if (last?.phase === phase) parts[parts.length - 1] = { ...last, text: last.text + text };
    else parts.push({ phase, text });
  };

  const begin = (tag: string): void => {
    state = 'thinking';
    closer = createMatcher([closes[opens.indexOf(tag)] ?? '']);
    fresh = false;
    eatSpace = true;
  };

  /** Takes what is certain at the start of `text`, and gives the rest. */
  const step = (text: string): string => {
    if (state === 'start') {
      const visible = text.trimStart();
      const lower = visible.toLowerCase();
      space += text.slice(0, text.length - visible.length);
      if (opens.some((open) => open.length > lower.length && open.startsWith(lower))) {
        held = visible;
        return '';
      }
      const tag = opens.find((open) => lower.startsWith(open));
      const lead = space;
      space = '';
      if (tag !== undefined) {
        begin(tag);
        return visible.slice(tag.length);
      }
      state = startsInThinking ? 'thinking' : 'answer';
      return lead + visible;
    }
    const matcher =
      state === 'thinking'
        ? closer
        : fresh
          ? anyTag
          : position === 'anywhere'
            ? anyOpen
            : undefined;
    const match = matcher?.find(text);
    if (!match) {
      emit(state, text);
      return '';
    }
    const { start, tag } = match;
    const end = start + (tag?.length ?? 0);
    emit(state, text.slice(0, start));
    if (tag === undefined) {
      held = text.slice(start);
      return '';
    }
    if (state === 'thinking') {
      state = 'answer';
      eatSpace = true;
    } else if (opens.includes(tag)) {
      if (position === 'anywhere') {
        begin(tag);
      } else {
        mentions++;
        emit(state, text.slice(start, end));
      }
    } else if (mentions > 0 || code.inside) {
      mentions = Math.max(0, mentions - 1);
      emit(state, text.slice(start, end));
    } else {
      fresh = false;
      eatSpace = true;
      parts.push({ phase: 'answer', text: '', reclassify: true });
    }
    return text.slice(end);
  };

  const take = (): readonly TextPart[] => {
    const taken = parts;
    parts = [];
    return taken;
  };

  return {
    passes(text) {
      if (state !== 'answer' || held || eatSpace || anyTag.begins(text)) return false;
      if (fresh) code.add(text);
      return true;
    },
    push(text) {
      let rest = held + text;
      held = '';
      while (rest) {
        if (eatSpace) {
          rest = rest.trimStart();
          eatSpace = !rest;
        }
        if (rest) rest = step(rest);
      }
      return take();
    },
    flush() {
      if (state === 'start' && held) state = startsInThinking ? 'thinking' : 'answer';
      const phase = state === 'start' ? (startsInThinking ? 'thinking' : 'answer') : state;
      emit(phase, space + held);
      space = held = '';
      return take();
    },
  };
}

interface Match {
  readonly start: number;
  /** The tag that stands there, in lower case; nothing if the text ends in what may become one. */
  readonly tag?: string;
}

interface Matcher {
  /** Whether a tag may begin in the text. */
  begins(text: string): boolean;
  find(text: string): Match | undefined;
}

/** Finds the first of several tags, complete or cut off by the end of the text. */
function createMatcher(tags: readonly string[]): Matcher {
  const any = (texts: readonly string[]) =>
    new RegExp(texts.map((text) => text.replace(/[^\w\s]/g, '\\$&')).join('|'), 'i');
  const pattern = any([...tags].sort((a, b) => b.length - a.length));
  const first = any(tags.map((tag) => tag.charAt(0)));
  const longest = Math.max(...tags.map((tag) => tag.length));

  const findCut = (text: string): number => {
    for (let start = Math.max(0, text.length - longest + 1); start < text.length; start++) {
      const tail = text.slice(start).toLowerCase();
      if (tags.some((tag) => tag.length > tail.length && tag.startsWith(tail))) return start;
    }
    return text.length;
  };

  return {
    begins: (text) => first.test(text),
    find(text) {
      if (!first.test(text)) return;
      const cut = findCut(text);
      const match = pattern.exec(text);
      if (match && match.index < cut) return { start: match.index, tag: match[0].toLowerCase() };
      return cut < text.length ? { start: cut } : undefined;
    },
  };
}

/** Knows whether the end of the text so far stands in code or between quotation marks. */
function createCodeContext(): { add(text: string): void; readonly inside: boolean } {
  let fenced = false;
  let ticks = 0;
  let quotes = 0;
  let lineStart = true;
  return {
    add(text) {
      // Most pieces are part of a word, and change nothing.
      if (!lineStart && !/[\n`"“”]/.test(text)) return;
      for (const character of text) {
        if (character === '\n') {
          ticks = quotes = 0;
          lineStart = true;
        } else if (character === '`') {
          ticks++;
          if (lineStart && ticks === 3) {
            fenced = !fenced;
            ticks = 0;
            lineStart = false;
          }
        } else if (character !== ' ') {
          lineStart = false;
          if ('"“”'.includes(character)) quotes++;
        }
      }
    },
    get inside() {
      return fenced || ticks % 2 === 1 || quotes % 2 === 1;
    },
  };
}
