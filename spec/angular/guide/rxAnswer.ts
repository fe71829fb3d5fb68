import { computed, type ResourceRef } from '@angular/core';
import { rxResource } from '@angular/core/rxjs-interop';
import { of } from 'rxjs';
import { accumulateMessage, bufferForUi, splitThinking, type AssistantMessage } from 'rxjs-ollama';
import { injectOllama } from 'rxjs-ollama/angular';

export function rxAnswer(
  question: () => string | undefined,
): ResourceRef<AssistantMessage | undefined> {
  const ollama = injectOllama();
  return rxResource({
    // Never undefined. A computed text is the same text; an object would be another one each time.
    params: computed(() => question() ?? ''),
    stream: ({ params: content }) =>
      content
        ? ollama
            .chat({ messages: [{ role: 'user', content }] })
            .pipe(splitThinking(), bufferForUi(), accumulateMessage())
        : of(undefined),
  });
}
