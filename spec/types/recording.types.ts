import { createWriteStream } from 'node:fs';
import { expectTypeOf } from 'expect-type';
import { VirtualTimeScheduler, type MonoTypeOperatorFunction, type Observable } from 'rxjs';
import {
  fromOllamaChat,
  raceChat,
  recordChat,
  replayChat,
  splitThinking,
  type ChatChunk,
  type OllamaClient,
  type PhasedChunk,
} from '../../lib/index.js';

/** A chunk with more to it than those of a chat. */
type GenerateChunk = ChatChunk & { readonly context?: readonly number[] };

declare const chat$: Observable<ChatChunk>;
declare const phased$: Observable<PhasedChunk>;
declare const generate$: Observable<GenerateChunk>;
declare const text$: Observable<string>;

// Recording keeps the type, whatever kind of chunk it is.
const lines: string[] = [];
expectTypeOf(chat$.pipe(recordChat(console.log))).toEqualTypeOf<Observable<ChatChunk>>();
expectTypeOf(phased$.pipe(recordChat(console.log))).toEqualTypeOf<Observable<PhasedChunk>>();
expectTypeOf(generate$.pipe(recordChat(console.log), splitThinking())).toEqualTypeOf<
  Observable<PhasedChunk<GenerateChunk>>
>();
expectTypeOf(recordChat<PhasedChunk>(console.log)).toEqualTypeOf<
  MonoTypeOperatorFunction<PhasedChunk>
>();
// @ts-expect-error -- text is no chunk
void text$.pipe(recordChat(console.log));

// A sink is a function, or something that is written to.
recordChat((line) => lines.push(line));
recordChat(createWriteStream('chat.ndjson'));
recordChat(process.stdout);
recordChat({ write: (line) => lines.push(line) });
recordChat(console.log, {
  request: { model: 'qwen3' },
  redact: (chunk) => ({ ...chunk, model: '' }),
  scheduler: new VirtualTimeScheduler(),
});
recordChat((line) => new Map([[line, line]]));
recordChat((): undefined => undefined, { request: undefined, redact: undefined });
// @ts-expect-error -- asynchronous writes could overtake each other
recordChat(async (line) => lines.push(line));
// @ts-expect-error -- a file handle writes asynchronously
recordChat({ write: (line) => Promise.resolve(line.length) });
// @ts-expect-error -- there has to be one
recordChat();
// @ts-expect-error -- an array isn't written to
recordChat(lines);
// @ts-expect-error -- it is given text
recordChat((line: number) => line);
// @ts-expect-error -- a chunk has to stay one
recordChat(console.log, { redact: () => 'secret' });

// A recording is its text, the bytes of its text, or its lines.
expectTypeOf(replayChat('')).toEqualTypeOf<Observable<ChatChunk>>();
expectTypeOf(replayChat(lines, { speed: Infinity })).toEqualTypeOf<Observable<ChatChunk>>();
void replayChat(new Set(lines), { scheduler: new VirtualTimeScheduler() });
expectTypeOf({ chat: () => replayChat(lines) }).toExtend<OllamaClient>();
void replayChat(new Uint8Array());
// @ts-expect-error -- bytes are the whole text, and not a line
void replayChat([new Uint8Array()]);
// @ts-expect-error -- a promise of a recording is not one
void replayChat(Promise.resolve(''));
// @ts-expect-error -- a factor
void replayChat('', { speed: 'fast' });

// A race gives what its sources give.
expectTypeOf(raceChat([chat$, fromOllamaChat({ model: 'qwen3' })])).toEqualTypeOf<
  Observable<ChatChunk>
>();
expectTypeOf(raceChat([generate$], { after: 100 })).toEqualTypeOf<Observable<GenerateChunk>>();
// @ts-expect-error -- text is no chunk
void raceChat([text$]);
// @ts-expect-error -- an array, so that options may follow
void raceChat(chat$, chat$);
