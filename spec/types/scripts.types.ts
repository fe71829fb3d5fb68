import { expectTypeOf } from 'expect-type';
import { of, type Observable } from 'rxjs';
import { fromOllamaChat, type ChatChunk, type ChatRequest } from '../../lib/index.js';
import {
  chunk,
  chunks,
  scriptedClient,
  type ClientScript,
  type ScriptedClient,
} from '../../lib/testing/index.js';
import {
  demoModel,
  inTurn,
  startScriptedOllama,
  type DemoModel,
  type ReceivedRequest,
  type Script,
  type ScriptedOllama,
} from '../../lib/testing/node/index.js';

// Chunks are those of the wire.
expectTypeOf(chunk.answer('Hi')).toExtend<ChatChunk>();
expectTypeOf(chunk.thinking('hm')).toExtend<ChatChunk>();
expectTypeOf(chunk.toolCall('add', { x: 1 }, 'call_1')).toExtend<ChatChunk>();
expectTypeOf(chunk.done({ reason: 'length', evalCount: 3 }).eval_count).toEqualTypeOf<
  number | undefined
>();
expectTypeOf(chunk.error('broken')).toExtend<Error>();
expectTypeOf(chunks('Hi there', { by: 'word' })).toExtend<ChatChunk[]>();
expectTypeOf(of(chunk.answer('Hi'), chunk.done())).toExtend<Observable<ChatChunk>>();

// @ts-expect-error -- a chunk has a text
chunk.answer();
// @ts-expect-error -- arguments have names
chunk.toolCall('add', [1, 2]);
// @ts-expect-error -- named as in TypeScript, not as on the wire
chunk.done({ eval_count: 3 });
// @ts-expect-error -- no such unit
chunks('Hi', { by: 'sentence' });

// A client's script is anything that makes chunks, or a function of the request.
const client = scriptedClient([chunk.answer('Hi'), chunk.done()]);
expectTypeOf(client).toEqualTypeOf<ScriptedClient>();
expectTypeOf(client.requests).toEqualTypeOf<readonly ChatRequest[]>();
expectTypeOf(client.chat({ model: 'any' })).toEqualTypeOf<Observable<ChatChunk>>();
expectTypeOf(fromOllamaChat({ model: 'any' }, { client })).toEqualTypeOf<Observable<ChatChunk>>();
scriptedClient((request, index) => {
  expectTypeOf(request).toEqualTypeOf<ChatRequest>();
  expectTypeOf(index).toEqualTypeOf<number>();
  return of(chunk.answer(request.model));
});
expectTypeOf(of(chunk.answer('Hi'))).toExtend<ClientScript>();
// @ts-expect-error -- text is no chunk
scriptedClient(['Hi']);
// @ts-expect-error -- nobody else counts
client.aborts = 0;

// A server's script may be shorter: a string is a chunk, and what is left out is filled in.
const script: Script = ['Hi', { content: '!', delay: 10 }, { fault: 'reset' }];
expectTypeOf(startScriptedOllama()).toEqualTypeOf<Promise<ScriptedOllama>>();
expectTypeOf(startScriptedOllama(script, { models: {} })).toEqualTypeOf<Promise<ScriptedOllama>>();
void startScriptedOllama(({ path }) => [path, { done: true }]);
void startScriptedOllama(async function* () {
  yield* ['Hi', { done: true }];
});
void startScriptedOllama((request) => {
  expectTypeOf(request).toEqualTypeOf<ReceivedRequest>();
  return { steps: [request.path], status: 503, cutting: 1 };
});
// @ts-expect-error -- no such fault
void startScriptedOllama([{ fault: 'slow' }]);
// @ts-expect-error -- a list of steps: a string alone would be its characters
void startScriptedOllama('Hi');
void startScriptedOllama(script, { models: ['qwen3'], port: 11_434 });
void startScriptedOllama(script, { models: { qwen3: {}, gemma3: true }, port: undefined });
// @ts-expect-error -- no such capability
void startScriptedOllama(script, { models: { qwen3: { capabilities: ['chat'] } } });

// Several in turn are a script again.
expectTypeOf(inTurn(script, () => ['Hi'])).toEqualTypeOf<Script>();
expectTypeOf(startScriptedOllama(inTurn(script))).toEqualTypeOf<Promise<ScriptedOllama>>();
// @ts-expect-error -- one at least
inTurn();

// A ready model has a speed, and goes into a server.
const demo = demoModel({ tokensPerSecond: 40, firstChunkMs: undefined });
expectTypeOf(demo).toEqualTypeOf<DemoModel>();
void startScriptedOllama(demo.script, { models: { ...demo.models, gemma3: {} }, port: 11_434 });
// @ts-expect-error -- the number of ms
demoModel({ firstChunkMs: '1s' });
