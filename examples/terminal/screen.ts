import type { ChatChunk, ChunkMarks, FinishEvent, ToolCall, ToolRunEvent } from 'rxjs-ollama';
import type { Unsubscribable } from 'rxjs';
import { reveal } from './clean.js';
import type { Page, Style } from './page.js';
import { truncate } from './wrap.js';

/** Shows a conversation. */
export interface Screen {
  /** Thinking, answers, calls of tools and their results. */
  show(event: ToolRunEvent): void;
  /** Asks whether a tool may be called, until that is known. */
  ask(call: ToolCall): Unsubscribable;
  /** A paragraph of the demo's own. */
  note(text: string, style?: Style): void;
  /** Shows a line below the text, in place of the one before; an empty one takes it away. */
  status(line: string): void;
  /** Ends the last paragraph. */
  end(): void;
}

/** What is said of an answer that is not a whole one. */
const ENDINGS: Readonly<Record<string, string>> = {
  length: '(The answer is cut off: the model has reached its length limit.)',
  empty: '(The model has ended without an answer.)',
  'thinking-only': '(The model has thought, and ended without an answer.)',
};

type Block = 'Thinking' | 'Answer' | 'tools' | 'note' | 'end of step';

/**
 * Lays a conversation out in blocks with an empty line between them.
 *
 * @param notes where notes go to, if they are to be kept apart from the conversation
 */
export function createScreen(page: Page, notes?: Page): Screen {
  let block: Block | undefined;
  /** Line ends that have come: they count only if more text follows in the block. */
  let pending = '';
  let status = '';
  let asked: ToolCall | undefined;
  let asking = false;
  /** Why calls need approval. */
  const reasons = new WeakMap<ToolCall, string>();
  /** Events since the question, which stays the last line until it is answered. */
  const held: ToolRunEvent[] = [];

  const begin = (next: Block): void => {
    if (block) page.write('\n\n');
    block = next;
    pending = '';
    if (next === 'Thinking' || next === 'Answer') {
      page.write(next, 'bold');
      pending = '\n';
    }
  };

  const add = (to: Block, text: string, style: Style = 'plain'): void => {
    // Models like to begin with empty lines.
    const shown = block === to ? text : text.trimStart();
    if (!shown) return;
    if (block !== to) begin(to);
    const body = shown.replace(/\n+$/, '');
    if (body) page.write(pending + body, style);
    pending = (body ? '' : pending) + shown.slice(body.length);
  };

  const addLine = (text: string): void => {
    add('tools', `${truncate(text.replace(/\s+/g, ' '), page.width)}\n`);
  };

  const addChunk = (chunk: ChatChunk & ChunkMarks): void => {
    const { thinking, content } = chunk.message;
    if (chunk.reclassify) note('(All of this was still thinking.)', 'dim');
    if (thinking) add('Thinking', thinking, 'dim');
    if (content) add('Answer', content);
  };

  const note = (text: string, style?: Style): void => {
    if (notes) {
      end();
      notes.write(`${text}\n`, style);
    } else {
      begin('note');
      page.write(text, style);
    }
  };

  const showEvent = (event: ToolRunEvent): void => {
    switch (event.type) {
      case 'chunk':
        addChunk(event.chunk);
        break;
      case 'tool-start':
        // The question has said it.
        if (event.call !== asked) addLine(`→ ${describe(event.call)}`);
        break;
      case 'tool-result':
      case 'tool-error':
      case 'tool-denied':
        addLine(`← ${event.text}`);
        break;
      case 'step-finish':
        // What the model says next is another message.
        if (block) block = 'end of step';
        break;
      case 'finish':
        showEnding(event);
    }
  };

  const showEnding = ({ reason, step }: FinishEvent): void => {
    if (reason === 'max-steps') {
      note(`No answer: the model still calls tools after ${String(step)} requests.`, 'red');
    } else {
      const ending = ENDINGS[reason];
      if (ending) note(ending, 'dim');
    }
  };

  const showStatus = (): void => {
    page.status(asking ? 'waiting for you: y or n · Ctrl-C stops' : status);
  };

  const end = (): void => {
    page.status('');
    if (block) page.write('\n');
    block = undefined;
  };

  return {
    show(event) {
      if (event.type === 'tool-approval') {
        if (event.reason) reasons.set(event.call, event.reason);
      } else if (asking && !('call' in event && event.call === asked)) held.push(event);
      else showEvent(event);
    },
    ask(call) {
      // In full, however long, and with all that is invisible: what can't be read can't be agreed to.
      const reason = reasons.get(call);
      const why = reason ? ` (${reason})` : '';
      add('tools', `Allow ${describe(call)}?${why} [Y/n] \n`, 'bold');
      asked = call;
      asking = true;
      showStatus();
      return {
        unsubscribe() {
          asking = false;
          held.splice(0).forEach(showEvent);
          showStatus();
        },
      };
    },
    note,
    status(line) {
      status = line;
      showStatus();
    },
    end,
  };
}

/** `calculate(expression: "17 × 23")` */
function describe({ function: { name, arguments: args } }: ToolCall): string {
  const list = Object.entries(args).map(
    // A name of the model's own may look like the end of the question.
    ([key, value]) => `${/^\w+$/.test(key) ? key : JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  return reveal(`${name}(${list.join(', ')})`);
}
