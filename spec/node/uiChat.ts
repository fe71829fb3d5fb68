import {
  AbstractChat,
  DefaultChatTransport,
  lastAssistantMessageIsCompleteWithApprovalResponses,
  type ChatInit,
  type ChatState,
  type ChatStatus,
  type UIMessage,
} from 'ai';

/** The state of a chat as plain fields, where a framework would have signals. */
class PlainState implements ChatState<UIMessage> {
  status: ChatStatus = 'ready';
  error: Error | undefined;
  messages: UIMessage[] = [];
  readonly pushMessage = (message: UIMessage): void => {
    this.messages = [...this.messages, message];
  };
  readonly popMessage = (): void => {
    this.messages = this.messages.slice(0, -1);
  };
  readonly replaceMessage = (index: number, message: UIMessage): void => {
    this.messages = this.messages.with(index, this.snapshot(message));
  };
  readonly snapshot = <T>(value: T): T => structuredClone(value);
}

class PlainChat extends AbstractChat<UIMessage> {
  constructor(init: ChatInit<UIMessage>) {
    super({ ...init, state: new PlainState() });
  }
}

/** What the AI SDK's own chat makes of a server. */
export interface UiChat {
  readonly chat: AbstractChat<UIMessage>;
  readonly finishes: { isAbort: boolean; isError: boolean; finishReason: string | undefined }[];
  /** The parts of the last message, as short as they can be told. */
  readonly parts: () => string[];
}

/** A chat of the AI SDK with a server, which sends decisions by itself when all are made. */
export function createUiChat(url: string, headers: Record<string, string> = {}): UiChat {
  const finishes: UiChat['finishes'] = [];
  const chat = new PlainChat({
    transport: new DefaultChatTransport({ api: url, headers }),
    sendAutomaticallyWhen: lastAssistantMessageIsCompleteWithApprovalResponses,
    onFinish: ({ isAbort, isError, finishReason }) => {
      finishes.push({ isAbort, isError, finishReason });
    },
  });
  return { chat, finishes, parts: () => chat.lastMessage?.parts.map(describePart) ?? [] };
}

function describePart(part: UIMessage['parts'][number]): string {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return `${part.type} ${part.state ?? ''} ${part.text}`;
    case 'dynamic-tool': {
      const { toolName, state, input } = part;
      const rest = part as { output?: unknown; errorText?: string };
      const result = rest.output ?? rest.errorText;
      return [
        toolName,
        state,
        JSON.stringify(input),
        result === undefined ? '' : JSON.stringify(result),
      ]
        .join(' ')
        .trim();
    }
    default:
      return part.type;
  }
}

/** Resolves when a chat that sends by itself is idle. */
export async function settled(chat: { readonly status: string }): Promise<void> {
  do await new Promise(setImmediate);
  while (chat.status === 'submitted' || chat.status === 'streaming');
}
