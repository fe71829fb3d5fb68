// What runs in the page: it is bundled from the build, as an app would be.
import { lastValueFrom, type Subscription } from 'rxjs';
import {
  accumulateMessage,
  bufferForUi,
  fromOllamaChat,
  isOllamaError,
  splitThinking,
  type AssistantMessage,
} from 'rxjs-ollama';
import { chunk, scriptedClient } from 'rxjs-ollama/testing';

const request = { model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] };

/** The time between two frames. */
interface Frame {
  readonly ms: number;
  readonly renders: number;
}

/** The chat that is shown. */
export const shown = {
  /** All but the last, in which the chat ended: what was left then is shown at once. */
  frames: [] as Frame[],
  /** Whether the page was hidden at each render. */
  renders: [] as boolean[],
  end: '',
};
let subscription: Subscription | undefined;

/** Shows an answer as it grows, and watches the frames meanwhile. */
export function show(host: string, headers: Record<string, string> = {}): void {
  // By which the trace knows the page.
  performance.mark('chat');
  let renders = 0;
  let last = performance.now();
  requestAnimationFrame(function onFrame() {
    if (shown.end) return;
    const now = performance.now();
    shown.frames.push({ ms: now - last, renders });
    renders = 0;
    last = now;
    requestAnimationFrame(onFrame);
  });
  subscription = fromOllamaChat(request, { host, headers })
    .pipe(splitThinking(), bufferForUi(), accumulateMessage())
    .subscribe({
      next: ({ content }) => {
        renders++;
        shown.renders.push(document.hidden);
        document.body.textContent = content;
      },
      error: (error: unknown) => {
        shown.end = isOllamaError(error) ? `${error.name}: ${error.message}` : String(error);
      },
      complete: () => {
        shown.end = 'complete';
      },
    });
}

export function leave(): void {
  subscription?.unsubscribe();
}

/** A chat without a server. */
export function chatByScript(): Promise<AssistantMessage> {
  const client = scriptedClient([
    chunk.thinking('Hm.'),
    chunk.answer('Hel'),
    chunk.answer('lo'),
    chunk.done(),
  ]);
  const chat$ = fromOllamaChat(request, { client });
  return lastValueFrom(chat$.pipe(splitThinking(), bufferForUi(), accumulateMessage()));
}
