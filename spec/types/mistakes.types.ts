import {
  bufferForUi,
  fromOllamaChat,
  fromOllamaEmbed,
  raceChat,
  recordChat,
  replayChat,
  retryChat,
  shareChat,
  splitThinking,
  throughput,
  timeoutChat,
} from '../../lib/index.js';

// An option name that does not exist is refused by the types, see docs/decisions/0019.

// @ts-expect-error -- did you mean 'idle'?
timeoutChat({ idel: 1000 });
// @ts-expect-error -- did you mean 'every'?
bufferForUi({ evry: 50 });
// @ts-expect-error -- did you mean 'count'?
retryChat({ cuont: 1 });
// @ts-expect-error -- did you mean 'resetOnRefCountZero'?
shareChat({ resetOnRefcountZero: false });
// @ts-expect-error -- did you mean 'tags'?
splitThinking({ tag: [] });
// @ts-expect-error -- did you mean 'scheduler'?
throughput({ schedular: undefined });
// @ts-expect-error -- did you mean 'after'?
void raceChat([], { afer: 50 });
// @ts-expect-error -- did you mean 'redact'?
recordChat(() => undefined, { redactt: (chunk: never) => chunk });
// @ts-expect-error -- did you mean 'speed'?
void replayChat('', { sped: 2 });
// @ts-expect-error -- did you mean 'host'?
void fromOllamaChat({ model: 'qwen3' }, { hots: 'http://gpu:11434' });
// @ts-expect-error -- did you mean 'messages'?
void fromOllamaChat({ model: 'qwen3', message: [] });
// @ts-expect-error -- did you mean 'batchSize'?
void fromOllamaEmbed({ model: 'embeddinggemma', input: '' }, { batchsize: 10 });
