import { first, map, switchMap, takeLast, type Observable } from 'rxjs';
import {
  accumulateMessage,
  fromOllamaChat,
  type Conversation,
  type OllamaOptions,
} from 'rxjs-ollama';

const ASK = {
  role: 'user',
  content: 'Write a title for this conversation: at most five words, and nothing but the title.',
};

/** A title, once, after the first answer of a conversation. */
export function titleOf(
  { state$ }: Conversation,
  model: string,
  options?: OllamaOptions,
): Observable<string> {
  return state$.pipe(
    first(({ status, messages }) => status === 'idle' && messages.length > 1),
    map(({ messages }) => [...messages.map(({ message }) => message), ASK]),
    switchMap((messages) =>
      fromOllamaChat({ model, messages, think: false, options: { num_predict: 30 } }, options),
    ),
    accumulateMessage(),
    takeLast(1),
    map(({ content }) => content.replace(/^["'\s]+|["'.\s]+$/g, '')),
  );
}
