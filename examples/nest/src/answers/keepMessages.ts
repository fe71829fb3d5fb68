import { concatMap, defer, finalize, of, tap, type MonoTypeOperatorFunction } from 'rxjs';
import type { ChunkMarks, Message, ToolRunEvent } from 'rxjs-ollama';

/**
 * Saves the messages of a run: before its end is emitted, so that the next request finds them; and when it is
 * stopped or fails, with the text so far.
 *
 * @param asked the messages that the run was started with
 * @param save does not reject: a run is not failed by its history
 */
export function keepMessages(
  asked: readonly Message[],
  save: (messages: readonly Message[]) => Promise<void>,
): MonoTypeOperatorFunction<ToolRunEvent> {
  return (run$) =>
    defer(() => {
      let kept = asked;
      let text = '';
      let isSaved = false;
      const keep = (event: ToolRunEvent): void => {
        if (event.type === 'chunk') {
          const { reset } = event.chunk as ChunkMarks;
          text = (reset ? '' : text) + event.chunk.message.content;
        } else if (event.type === 'step-finish') {
          kept = [...kept, event.message, ...event.results];
          text = '';
        }
      };
      return run$.pipe(
        tap(keep),
        concatMap((event) => {
          if (event.type !== 'finish') return of(event);
          isSaved = true;
          return save(event.messages).then(() => event);
        }),
        finalize(() => {
          if (isSaved) return;
          const partial = text ? [{ role: 'assistant', content: text }] : [];
          void save([...kept, ...partial]);
        }),
      );
    });
}
