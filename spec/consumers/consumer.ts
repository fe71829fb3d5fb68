// A user's program: compiled and run against the packed package, as an ES module and as CommonJS.
import { lastValueFrom } from 'rxjs';
import {
  accumulateMessage,
  fromOllamaChat,
  splitThinking,
  type AssistantMessage,
} from 'rxjs-ollama';
import * as testing from 'rxjs-ollama/testing';
import { startScriptedOllama } from 'rxjs-ollama/testing/node';

async function main(): Promise<void> {
  const ollama = await startScriptedOllama([
    '<think>Polite',
    '.</think>',
    'Hello',
    '!',
    { done: true },
  ]);
  const message: AssistantMessage = await lastValueFrom(
    fromOllamaChat(
      { model: 'qwen3', messages: [{ role: 'user', content: 'Hi!' }] },
      { host: ollama.url },
    ).pipe(splitThinking(), accumulateMessage()),
  );
  await ollama.close();
  console.log(JSON.stringify({ message, helpers: Object.keys(testing) }));
}

void main();
