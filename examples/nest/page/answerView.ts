import type { ChunkMarks, IdentifiedToolCall, Message, ToolCall, ToolRunEvent } from 'rxjs-ollama';
import { element } from './dom.js';

/** How an answer is shown while it grows. */
export interface AnswerView {
  /** Shows what has happened. */
  add(event: ToolRunEvent): void;
  /** Shows a message that is complete: of the model, or the result of a call. */
  addMessage(message: Message): void;
  /** Says what the answer waits for, or how it has ended. Without a text nothing is said. */
  note(text?: string, kind?: 'waiting' | 'bad'): void;
}

/**
 * Shows an answer below `parent`. Each part of it belongs to a step of the run: when a step is made again, its
 * parts and all later ones are removed.
 *
 * @param decide called with the decision of the reader on a call
 */
export function createAnswerView(
  parent: HTMLElement,
  decide: (call: IdentifiedToolCall, approved: boolean) => void,
): AnswerView {
  const noted = element('p', { className: 'note', role: 'status' });
  const answer = element('article', { className: 'answer' }, noted);
  parent.append(answer);
  const calls = new Map<string | undefined, CallCard>();
  /** The part that text is added to. */
  let open: { readonly kind: 'text' | 'thinking'; readonly text: Text } | undefined;

  const addPart = (part: HTMLElement, step: number): void => {
    part.dataset['step'] = String(step);
    noted.before(part);
  };

  const addText = (kind: 'text' | 'thinking', delta: string | undefined, step: number): void => {
    if (!delta) return;
    if (open?.kind !== kind) {
      const text = document.createTextNode('');
      addPart(kind === 'text' ? element('div', { className: 'text' }, text) : thought(text), step);
      open = { kind, text };
    }
    open.text.appendData(delta);
  };

  const addCall = (call: ToolCall, step: number): void => {
    open = undefined;
    const card = createCallCard(call);
    addPart(card.element, step);
    calls.set(call.id, card);
  };

  const startOver = (step: number): void => {
    open = undefined;
    for (const part of answer.querySelectorAll<HTMLElement>('[data-step]')) {
      if (Number(part.dataset['step']) >= step) part.remove();
    }
  };

  const addChunk = (message: Partial<Message>, step: number): void => {
    addText('thinking', message.thinking, step);
    addText('text', message.content, step);
  };

  return {
    add(event) {
      const { step } = event;
      switch (event.type) {
        case 'chunk':
          if ((event.chunk as ChunkMarks).reset) startOver(step);
          addChunk(event.chunk.message, step);
          return;
        case 'tool-call':
          addCall(event.call, step);
          return;
        case 'tool-approval':
          calls.get(event.call.id)?.ask(event.reason, (approved) => {
            decide(event.call, approved);
          });
          return;
        case 'tool-start':
        case 'tool-progress':
          calls.get(event.call.id)?.set('runs');
          return;
        case 'tool-result':
          calls.get(event.call.id)?.set('done', 'good');
          return;
        case 'tool-error':
          calls.get(event.call.id)?.set('failed', 'bad');
          return;
        case 'tool-denied':
          calls.get(event.call.id)?.set('declined', 'bad');
          return;
        default:
          open = undefined;
      }
    },
    addMessage(message) {
      open = undefined;
      if (message.role === 'tool') calls.get(message.tool_call_id)?.set('done', 'good');
      if (message.role !== 'assistant') return;
      addChunk(message, 0);
      for (const call of message.tool_calls ?? []) addCall(call, 0);
    },
    note(text = '', kind) {
      noted.textContent = text;
      noted.className = `note ${kind ?? ''}`;
    },
  };
}

function thought(text: Text): HTMLElement {
  const summary = element('summary', {}, 'Thinking');
  return element('details', { className: 'thinking' }, summary, element('div', {}, text));
}

/** A call of a tool, with what has become of it. */
interface CallCard {
  readonly element: HTMLElement;
  set(status: string, kind?: 'good' | 'bad'): void;
  /** Asks the reader, once. */
  ask(reason: string | undefined, decide: (approved: boolean) => void): void;
}

function createCallCard({ function: { name, arguments: args } }: ToolCall): CallCard {
  const status = element('span', { className: 'status' });
  const lines = Object.entries(args).map(([key, value]) => `${key}: ${String(value)}`);
  const card = element(
    'section',
    { className: 'call' },
    element('header', {}, element('strong', {}, name.replaceAll('_', ' ')), status),
    element('pre', {}, lines.join('\n')),
  );
  let question: HTMLElement | undefined;
  const set: CallCard['set'] = (text, kind) => {
    status.textContent = text;
    status.className = `status ${kind ?? ''}`;
    question?.remove();
  };
  return {
    element: card,
    set,
    ask(reason, decide) {
      set('waits for you');
      const choose = (approved: boolean) => () => {
        set('decided');
        decide(approved);
      };
      const yes = element('button', { className: 'main', onclick: choose(true) }, 'Approve');
      const no = element('button', { onclick: choose(false) }, 'Decline');
      const choices = element('div', { className: 'choices' }, yes, no);
      question = element('div', {}, element('p', {}, reason ?? 'May I?'), choices);
      card.append(question);
    },
  };
}
