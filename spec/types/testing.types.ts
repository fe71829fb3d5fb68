import { expectTypeOf } from 'expect-type';
import { from, type Observable } from 'rxjs';
import { configure, type Context } from 'rxjs-marbles/jest';
import { TestScheduler, type RunHelpers } from 'rxjs/testing';
import {
  OllamaTruncatedError,
  fromOllamaChat,
  replayChat,
  splitThinking,
  type ChatChunk,
  type ChatDeltaChunk,
  type ChatFinalChunk,
  type ChatRequest,
  type GenerateChunk,
  type OllamaClient,
  type OllamaStreamError,
  type PhasedChunk,
  type Recording,
} from '../../lib/index.js';
import {
  chunk,
  chunks,
  cuttings,
  marbleAssertion,
  marbleChat,
  scriptedClient,
  toMarbles,
  toRecording,
  type MarbleChat,
} from '../../lib/testing/index.js';

declare const helpers: RunHelpers;
declare const m: Context;
declare const recording: Recording;
declare const generated: GenerateChunk;

// The builders know whether it is the final chunk.
expectTypeOf(chunk.answer('Hel')).toEqualTypeOf<ChatDeltaChunk>();
expectTypeOf(chunk.thinking('hm')).toEqualTypeOf<ChatDeltaChunk>();
expectTypeOf(chunk.toolCall('add', { a: 1 }, 'id')).toEqualTypeOf<ChatDeltaChunk>();
expectTypeOf(chunk.done({ reason: 'length', evalCount: 7 })).toEqualTypeOf<ChatFinalChunk>();
expectTypeOf(chunk.error('broken')).toEqualTypeOf<OllamaStreamError>();
expectTypeOf(chunks('Hello', { by: 'word' })).toEqualTypeOf<ChatDeltaChunk[]>();
expectTypeOf(['Hel', 'lo'].map(chunk.answer)).toEqualTypeOf<ChatDeltaChunk[]>();
// @ts-expect-error -- text, not a number
chunk.answer(1);
// @ts-expect-error -- the arguments of a call have names
chunk.toolCall('add', [1, 2]);
// @ts-expect-error -- durations are called as in TypeScript, not as on the wire
chunk.done({ eval_count: 7 });
// @ts-expect-error -- there is no such way to cut
chunks('Hello', { by: 'line' });

// Marbles are what every helper takes, and their chunks keep their type.
expectTypeOf(marbleChat('-a-')).toEqualTypeOf<MarbleChat>();
expectTypeOf(helpers.cold(...marbleChat('-a-')).pipe()).toEqualTypeOf<Observable<ChatChunk>>();
expectTypeOf(helpers.hot(...marbleChat('-a-')).pipe()).toEqualTypeOf<Observable<ChatChunk>>();
helpers.expectObservable(fromOllamaChat({ model: 'qwen3' })).toBe(...marbleChat('-a-'));
expectTypeOf(m.cold(...marbleChat('-a-')).pipe()).toEqualTypeOf<Observable<ChatChunk>>();
expectTypeOf(m.hot(...marbleChat('-a-')).pipe()).toEqualTypeOf<Observable<ChatChunk>>();
m.expect(fromOllamaChat({ model: 'qwen3' })).toBeObservable(...marbleChat('-a-'));
m.equal(fromOllamaChat({ model: 'qwen3' }), ...marbleChat('-a-'));
expectTypeOf(helpers.cold(...marbleChat('-a-')).pipe(splitThinking())).toEqualTypeOf<
  Observable<PhasedChunk>
>();
// @ts-expect-error -- these are chunks, and not strings
m.expect(from(['a'])).toBeObservable(...marbleChat('-a-'));

// Letters of one's own are text or chunks, of any kind.
expectTypeOf(marbleChat('-v-', { v: 'Ahoy' })).toEqualTypeOf<MarbleChat>();
expectTypeOf(marbleChat('-v-w', { v: 'Ahoy', w: chunk.done() })).toEqualTypeOf<MarbleChat>();
expectTypeOf(marbleChat('-v-', { v: generated })).toEqualTypeOf<
  MarbleChat<ChatChunk | GenerateChunk>
>();
expectTypeOf(marbleChat('-#', {}, new OllamaTruncatedError('cut'))[2]).toBeUnknown();
// @ts-expect-error -- a number is neither
marbleChat('-v-', { v: 1 });
// @ts-expect-error -- an error is the third argument
marbleChat('-v-', { v: new Error('broken') });

// A recording becomes marbles, and marbles a recording.
expectTypeOf(toMarbles(recording, { frame: 10 })).toEqualTypeOf<MarbleChat>();
expectTypeOf(toMarbles(toRecording(marbleChat('-a-')))).toEqualTypeOf<MarbleChat>();
expectTypeOf(toRecording(toMarbles(recording), { frame: 10 })).toEqualTypeOf<string>();
expectTypeOf(replayChat(toRecording(marbleChat('-a-')))).toEqualTypeOf<Observable<ChatChunk>>();
// @ts-expect-error -- an Observable is no recording
toMarbles(replayChat(recording));
// @ts-expect-error -- a number of ms
toMarbles(recording, { frame: '10ms' });
// @ts-expect-error -- marbles without their chunks
toRecording('-a-');

expectTypeOf(cuttings('Hello')).toEqualTypeOf<Generator<string[]>>();
// @ts-expect-error -- one text, and not its pieces
cuttings(['Hel', 'lo']);

// A client is scripted by what gives chunks, or by a function of the request.
expectTypeOf(scriptedClient(helpers.cold(...marbleChat('-a-')))).toExtend<OllamaClient>();
expectTypeOf(scriptedClient([]).requests).toEqualTypeOf<readonly ChatRequest[]>();
expectTypeOf(scriptedClient([]).aborts).toEqualTypeOf<number>();
scriptedClient(({ messages = [] }, index) => chunks(`${String(messages.length)} ${String(index)}`));
void fromOllamaChat({ model: 'qwen3' }, { client: scriptedClient(replayChat(recording)) });
// @ts-expect-error -- marbles are no chunks yet
scriptedClient(marbleChat('-a-'));

// An assertion of any test runner becomes one for both.
declare const assertEqual: (actual: unknown, expected: unknown) => void;
new TestScheduler(marbleAssertion(assertEqual));
new TestScheduler(marbleAssertion((actual, expected) => actual === expected));
configure({ assertDeepEqual: marbleAssertion(assertEqual), frameworkMatcher: true });
// @ts-expect-error -- marbles are compared by an assertion
marbleAssertion('-a-');
