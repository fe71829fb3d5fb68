import { createSearch, type Mark, type Search, type Spelling } from './search.js';

/** The tags around a block of thinking. */
export interface ThinkingTag {
  /** The text before thinking, such as `<think>`. */
  readonly open: string;
  /** The text after thinking, such as `</think>`. */
  readonly close: string;
}

/** How {@link splitThinking} separates thinking from the answer. */
export interface SplitThinkingOptions {
  /**
   * The tags to look for, in upper or lower case. An opening tag such as `<think>` may have attributes.
   * An empty list switches the reading of tags off.
   * @defaultValue `<think>`, `<thinking>`, `<reasoning>`, `<thought>`, `[THINK]`, `<|START_THINKING|>` and
   * `<|channel>thought` with their closing tags, and the channels of gpt-oss
   */
  readonly tags?: readonly ThinkingTag[] | undefined;
  /**
   * `'leading'`: an opening tag counts only before the first visible text, as in Ollama's own parser, so
   * that an answer may mention a tag. `'anywhere'`: each opening tag in the answer counts.
   * @defaultValue `'leading'`
   */
  readonly position?: 'leading' | 'anywhere' | undefined;
  /**
   * The prompt's template opens the block, so that the text begins inside of it and only a closing tag
   * arrives.
   * @defaultValue `false`
   */
  readonly startsInThinking?: boolean | undefined;
}

/** What to look for in each state of the text. */
interface Searches {
  /** Before the first visible text. */
  readonly leading: Search;
  /** In an answer before which no tag came. */
  readonly untagged: Search;
  /** In thinking that no tag has opened. */
  readonly unopened: Search;
}

/** The options of a parser, prepared once for all texts. */
export interface ThinkingGrammar extends Searches {
  readonly startsInThinking: boolean;
  readonly anywhere: boolean;
  /** There are tags: then white space next to one is dropped. */
  readonly hasTags: boolean;
}

const DEFAULT_TAGS: readonly ThinkingTag[] = [
  { open: '<think>', close: '</think>' },
  { open: '<thinking>', close: '</thinking>' },
  { open: '<reasoning>', close: '</reasoning>' },
  { open: '<thought>', close: '</thought>' },
  { open: '[THINK]', close: '[/THINK]' },
  { open: '<|START_THINKING|>', close: '<|END_THINKING|>' },
  { open: '<|channel>thought', close: '<channel|>' },
];

/** What may follow the name of a tag: attributes, on the same line. */
const ATTRIBUTES = /(?:[ \t][^<>\n]{0,199})?/;
/** The role in front of a channel, or the recipient and the content type after its name. */
const HEADER = /[^<]{0,199}/;
/** The same after a name that is complete. */
const HEADER_REST = /\b[^<]{0,199}/;

/** The searches for the default tags are the same for everyone. */
const defaults: { leading?: Searches; anywhere?: Searches } = {};

/** Prepares the options of {@link splitThinking}. */
export function createGrammar({
  tags,
  position = 'leading',
  startsInThinking = false,
}: SplitThinkingOptions = {}): ThinkingGrammar {
  const anywhere = position === 'anywhere';
  const searches = tags
    ? createSearches(tags, anywhere)
    : (defaults[position] ??= createSearches(DEFAULT_TAGS, anywhere, createChannels()));
  return { ...searches, startsInThinking, anywhere, hasTags: tags?.length !== 0 };
}

function createSearches(
  tags: readonly ThinkingTag[],
  anywhere: boolean,
  channels: Channels = { thinking: [], final: [], ended: [] },
): Searches {
  const closing = tags.map(({ close }): Mark => ({
    spelling: [close],
    begins: 'answer',
    next: () => afterBlock,
  }));
  const opening = tags.map(({ open }): Mark => {
    const isSame = (_: Mark, i: number) => tags[i]?.open.toUpperCase() === open.toUpperCase();
    const search = createSearch(closing.filter(isSame));
    return { spelling: spellOpening(open), begins: 'thinking', next: () => search };
  });
  const openings = [...opening, ...channels.thinking];
  const closings = [...closing, ...channels.final, ...channels.ended];
  const afterBlock = createSearch(anywhere ? openings : []);

  return {
    leading: createSearch([...openings, ...channels.final]),
    untagged: createSearch([...openings, ...closings]),
    unopened: createSearch(closings),
  };
}

/** `<think>` may be `<think type="deep">`. */
function spellOpening(tag: string): Spelling {
  return /^<[\w:-]+>$/.test(tag) ? [tag.slice(0, -1), ATTRIBUTES, '>'] : [tag];
}

/** Marks that begin a channel. */
interface Channels {
  readonly thinking: readonly Mark[];
  readonly final: readonly Mark[];
  /** `final`, after the end of a message whose header never came. */
  readonly ended: readonly Mark[];
}

/**
 * The format of gpt-oss is a row of messages, each with a header that names its channel. Only the channel
 * `final` is the answer. `analysis` is thinking, and so is `commentary`, which holds the arguments of
 * tool calls. Each mark may be cut, and each header may have more in it:
 *
 * ```none
 *  <|channel|>analysis<|message|>Hm.<|end|>
 *  <|start|>assistant<|channel|>commentary to=functions.add <|constrain|>json<|message|>{"a":1}<|call|>
 *  <|start|>assistant<|channel|>final<|message|>Hi!<|return|>
 * ```
 */
function createChannels(): Channels {
  const starts: Spelling[] = [['<|channel|>'], ['<|start|>', HEADER, '<|channel|>']];
  const ends: Spelling[] = [['<|message|>'], ['<|constrain|>', HEADER, '<|message|>']];
  const spell = (...name: Spelling): Spelling[] =>
    starts.flatMap((start) => ends.map((end) => [...start, ...name, ...end]));
  const toMarks = (spellings: readonly Spelling[], begins: Mark['begins']): Mark[] =>
    spellings.map((spelling) => ({ spelling, begins, next: () => inChannel }));

  const finals = spell('final', HEADER_REST);
  const final = toMarks(finals, 'answer');
  const thinking = toMarks(spell(HEADER), 'thinking');
  const end = toMarks([['<|end|>'], ['<|call|>'], ['<|return|>']], 'answer');
  const inChannel = createSearch([...final, ...thinking, ...end]);
  const ended = toMarks(
    finals.map((spelling) => ['<|end|>', ...spelling]),
    'answer',
  );
  return { thinking, final, ended };
}
