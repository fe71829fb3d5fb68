// Makes what a new source needs, but for what is made of it: npm run new:source -- camelName
// What it makes is a chat as fromOllamaChat has it, is green, and waits to be changed. docs/contributing.md has the steps.
import { create, insertChange, insertExport, insertQuestion, run } from './scaffold.mjs';

/** @param {string} name */
const renderSource = (name) => `
import type { Observable } from 'rxjs';
import type { ChatChunk, ChatRequest, OllamaOptions } from '../types/index.js';
import { fromOllamaChat } from './fromOllamaChat.js';

/**
 * Streams a chat.
 *
 * _It's like \`fromOllamaChat\`, but under another name._
 *
 * \`\`\`none
 *  server:  --a---b---(d|)    a: 'Hel'  b: 'lo'  d: done
 *           ${name}(request)
 *  result:  --a---b---(d|)
 * \`\`\`
 *
 * Cold: each subscription makes a request of its own.
 *
 * - **Completes:** when the response has ended, after the final chunk.
 * - **Errors:** those of {@link fromOllamaChat}.
 * - **Unsubscribes:** cancels the request at the server, synchronously, at any moment.
 * - **Memory:** the message so far, for \`partial\`, and the line that is being read.
 * - **Scheduler:** none.
 *
 * \`\`\`ts
 * import { ${name} } from 'rxjs-ollama';
 *
 * ${name}({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] }).subscribe(
 *   ({ message }) => process.stdout.write(message.content),
 * );
 * \`\`\`
 *
 * @param request is sent as it is, and is not changed
 * @param options where to send it, or a client of your own
 * @see {@link fromOllamaChat}
 */
export function ${name}(
  request: ChatRequest,
  options: OllamaOptions = {},
): Observable<ChatChunk> {
  return fromOllamaChat(request, options);
}
`;

/** @param {string} name */
const renderSpec = (name) => `
import { describe, expect, it } from '@jest/globals';
import { take } from 'rxjs';
import { ${name} } from '../../lib/sources/${name}.js';
import { chunk, scriptedClient } from '../../lib/testing/index.js';
import { diagram } from '../support/diagram.js';
import { REQUEST, listen, start } from './support.js';

const { answer, done } = chunk;
const chunks = { a: answer('Hel'), b: answer('lo'), d: done() };

describe('${name}', () => {
  // prettier-ignore
  it('emits the chunks of the answer', diagram('${name}', (m) => {
    const server = m.cold('  --a---b---(d|)', chunks);
    const expected = '       --a---b---(d|)';
    const subs = '           ^---------!';
    m.expect(${name}(REQUEST, { client: scriptedClient(server) })).toBeObservable(expected, chunks);
    m.expect(server).toHaveSubscriptions(subs);
    return { inputs: { server }, call: '${name}(request)', results: { result: expected } };
  }));

  it('makes no request before it is subscribed to, and one per subscription', async () => {
    const ollama = await start(['Hi', { done: true }]);
    const source = ${name}(REQUEST, { host: ollama.url });
    expect(ollama.requests).toHaveLength(0);
    await listen(source);
    await listen(source);
    expect(ollama.requests).toHaveLength(2);
  });

  it('cancels the request when the consumer unsubscribes', async () => {
    const ollama = await start(['Hi', { fault: 'hang' }]);
    await listen(${name}(REQUEST, { host: ollama.url }).pipe(take(1)));
    const { closed } = await ollama.received();
    expect(await closed).toBe('aborted');
  });
});
`;

/** @param {string} name */
const renderTypeTest = (name) => `
import { expectTypeOf } from 'expect-type';
import type { Observable } from 'rxjs';
import { ${name}, type ChatChunk, type ChatRequest } from '../../lib/index.js';

declare const request: ChatRequest;

expectTypeOf(${name}(request)).toEqualTypeOf<Observable<ChatChunk>>();

// @ts-expect-error -- a request has a model
void ${name}({ messages: [] });
`;

await run(
  'new:source',
  (name) =>
    Promise.all([
      create(`lib/sources/${name}.ts`, renderSource(name)),
      create(`spec/sources/${name}.spec.ts`, renderSpec(name)),
      insertExport(name, 'sources'),
      create(`spec/types/${name}.types.ts`, renderTypeTest(name)),
      insertQuestion(`  stream it in another way: ${name}`, /^I want to ask a model.*:\n/m),
      insertChange(`- \`${name}\`: a chat.`),
    ]),
  (name) => `UPDATE_DOCS=1 npx jest spec/sources/${name}.spec.ts`,
);
