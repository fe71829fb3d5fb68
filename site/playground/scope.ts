// What the code of a user may name: all of RxJS, and what of the library makes no request.
import * as rxjs from 'rxjs';
import { backoff } from '../../lib/backoff.js';
import {
  OllamaConnectionError,
  OllamaError,
  OllamaHttpError,
  OllamaProtocolError,
  OllamaStreamError,
  OllamaTimeoutError,
  OllamaToolError,
  OllamaTruncatedError,
  OllamaValidationError,
  isOllamaError,
} from '../../lib/errors.js';
import { accumulateMessage } from '../../lib/operators/accumulateMessage.js';
import { accumulateResponse } from '../../lib/operators/accumulateResponse.js';
import { answerText } from '../../lib/operators/answerText.js';
import { bufferForUi } from '../../lib/operators/bufferForUi.js';
import { collectToolCalls } from '../../lib/operators/collectToolCalls.js';
import { jsonElements } from '../../lib/operators/jsonElements.js';
import { parseJson } from '../../lib/operators/parseJson.js';
import { partialJson } from '../../lib/operators/partialJson.js';
import { recordChat } from '../../lib/operators/recordChat.js';
import { retryChat } from '../../lib/operators/retryChat.js';
import { shareChat } from '../../lib/operators/shareChat.js';
import { splitThinking } from '../../lib/operators/splitThinking.js';
import { takeUntilAborted } from '../../lib/operators/takeUntilAborted.js';
import { tapThroughput } from '../../lib/operators/tapThroughput.js';
import { thinkingText } from '../../lib/operators/thinkingText.js';
import { throughput } from '../../lib/operators/throughput.js';
import { timeoutChat } from '../../lib/operators/timeoutChat.js';
import { toolCalls } from '../../lib/operators/toolCalls.js';
import { raceChat } from '../../lib/sources/raceChat.js';
import { replayChat } from '../../lib/sources/replayChat.js';
import { chunk, chunks } from '../../lib/testing/chunk.js';
import { marbleChat } from '../../lib/testing/marbleChat.js';
import { toMarbles } from '../../lib/testing/toMarbles.js';
import { toRecording } from '../../lib/testing/toRecording.js';
import { runChunks } from '../../lib/tools/runChunks.js';
import { runMessage } from '../../lib/tools/runMessage.js';

/** Names by the module that a spec imports them from. */
export const MODULES = {
  // Some bundlers add a default export.
  rxjs: Object.fromEntries(Object.entries(rxjs).filter(([name]) => name !== 'default')),
  'rxjs-ollama': {
    ...{ OllamaConnectionError, OllamaError, OllamaHttpError, OllamaProtocolError },
    ...{ OllamaStreamError, OllamaTimeoutError, OllamaToolError, OllamaTruncatedError },
    ...{ OllamaValidationError, isOllamaError },
    ...{
      accumulateMessage,
      accumulateResponse,
      answerText,
      backoff,
      bufferForUi,
      collectToolCalls,
    },
    ...{ jsonElements, parseJson, partialJson, raceChat, recordChat, replayChat, retryChat },
    ...{ runChunks, runMessage, shareChat, splitThinking, takeUntilAborted, tapThroughput },
    ...{ thinkingText, throughput, timeoutChat, toolCalls },
  },
  'rxjs-ollama/testing': { chunk, chunks, marbleChat, toMarbles, toRecording },
} as const;

export const SCOPE: Readonly<Record<string, unknown>> = Object.fromEntries(
  Object.values(MODULES).flatMap((names) => Object.entries(names)),
);
