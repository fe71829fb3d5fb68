import { defer, identity, map, tap, type Observable } from 'rxjs';
import { createCallReader } from '../core/message/toolCalls.js';
import type { Throughput } from '../core/throughput.js';
import { accumulateMessage } from '../operators/accumulateMessage.js';
import { bufferForUi } from '../operators/bufferForUi.js';
import { splitThinking } from '../operators/splitThinking.js';
import { tapThroughput } from '../operators/tapThroughput.js';
import type { ChatChunk, IdentifiedToolCall, Phase } from '../types/index.js';
import type { ChatResourceOptions } from './chatResourceRef.js';
import type { ChatState } from './chatState.js';

/** The states of an answer, from its first chunk to its last. */
export function streamChat(
  chunk$: Observable<ChatChunk>,
  every: 'frame' | number,
  operators: ChatResourceOptions['operators'] = identity,
): Observable<ChatState> {
  return defer(() => {
    const calls = createCallReader();
    let toolCalls: readonly IdentifiedToolCall[] = [];
    let throughput: Throughput | undefined;
    let phase: Phase;
    return operators(chunk$.pipe(splitThinking())).pipe(
      // Measured at the arrival of a chunk, not when it is shown.
      tapThroughput((figures) => {
        throughput = figures;
      }),
      bufferForUi({ every }),
      tap((chunk) => {
        ({ phase } = chunk);
        // A message that was requested again drops its calls.
        const isChanged = calls.add(chunk).length > 0 || calls.calls.length !== toolCalls.length;
        if (isChanged) toolCalls = [...calls.calls];
      }),
      accumulateMessage(),
      map((message): ChatState => ({
        ...{ status: 'resolved', phase, message, toolCalls, throughput, isStreaming: true },
      })),
    );
  });
}
