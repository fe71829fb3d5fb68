import type { Message, PhasedChunk, ToolCall } from 'rxjs-ollama';
import type { Page, Style } from './page.js';
import { truncate } from './wrap.js';

/** Shows a conversation. */
export interface Screen {
  /** The next piece of what the model thinks or says. */
  chunk(chunk: PhasedChunk): void;
  /** A complete message: the tools that it calls, or what one of them has returned. */
  message(message: Message): void;
  /** A paragraph of the demo's own. */
  note(text: string, style?: Style): void;
  /** Shows a line below the text, in place of the one before; an empty one takes it away. */
  status(line: string): void;
  /** Ends the last paragraph. */
  end(): void;
}

type Block = 'Thinking' | 'Answer' | 'tools' | 'note';

/**
 * Lays a conversation out in blocks with an empty line between them.
 *
 * @param notes where notes go to, if they are to be kept apart from the conversation
 */
export function createScreen(page: Page, notes?: Page): Screen {
  let block: Block | undefined;
  /** Line ends that have come: they count only if more text follows in the block. */
  let pending = '';

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

  const note = (text: string, style?: Style): void => {
    if (notes) {
      end();
      notes.write(`${text}\n`, style);
    } else {
      begin('note');
      page.write(text, style);
    }
  };

  const end = (): void => {
    page.status('');
    if (block) page.write('\n');
    block = undefined;
  };

  return {
    chunk({ message: { thinking, content }, ...chunk }) {
      if (chunk.reclassify) note('(All of this was still thinking.)', 'dim');
      if (thinking) add('Thinking', thinking, 'dim');
      if (content) add('Answer', content);
      if (chunk.done && chunk.done_reason === 'length') {
        note('(The answer is cut off: the model has reached its length limit.)', 'dim');
      }
    },
    message({ role, content, tool_calls = [] }) {
      if (role === 'tool') addLine(`← ${content}`);
      for (const call of tool_calls) addLine(`→ ${describe(call)}`);
    },
    note,
    status: (line) => {
      page.status(line);
    },
    end,
  };
}

/** `calculate(expression: "17 × 23")` */
function describe({ function: { name, arguments: args } }: ToolCall): string {
  const list = Object.entries(args).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return `${name}(${list.join(', ')})`;
}
