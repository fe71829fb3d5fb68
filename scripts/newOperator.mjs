// Makes what a new operator needs, but for what is made of it: npm run new:operator -- camelName
// What it makes lets every chunk through, is green, and waits to be changed. docs/contributing.md has the steps.
import { create, insertChange, insertExport, insertQuestion, run } from './scaffold.mjs';

/** @param {string} name */
const renderOperator = (name) => `
import { map, type MonoTypeOperatorFunction } from 'rxjs';
import type { ChatChunk } from '../types/index.js';

/**
 * Lets every chunk through as it is.
 *
 * _It's like \`identity\`, but for chunks._
 *
 * \`\`\`none
 *  source:  --a---b---(d|)    a: 'Hel'  b: 'lo'  d: done
 *           ${name}()
 *  result:  --a---b---(d|)
 * \`\`\`
 *
 * - **Completes:** with the source; an empty one gives an empty result.
 * - **Errors:** those of the source, unchanged; none of its own.
 * - **Unsubscribes:** from the source, in the same frame.
 * - **Memory:** nothing is kept.
 * - **Scheduler:** none.
 *
 * \`\`\`ts
 * import { fromOllamaChat, ${name} } from 'rxjs-ollama';
 *
 * fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] })
 *   .pipe(${name}())
 *   .subscribe(({ message }) => process.stdout.write(message.content));
 * \`\`\`
 *
 * @see {@link splitThinking}
 */
export function ${name}<C extends ChatChunk>(): MonoTypeOperatorFunction<C> {
  return map((chunk) => chunk);
}
`;

/** @param {string} name */
const renderSpec = (name) => `
import { describe, it } from '@jest/globals';
import { ${name} } from '../../lib/operators/${name}.js';
import { chunk } from '../../lib/testing/index.js';
import { describeOperatorContract } from '../support/contract.js';
import { diagram } from '../support/diagram.js';

const { answer, done } = chunk;

describeOperatorContract({ name: '${name}', operator: () => ${name}(), keepsType: true });

const chunks = { a: answer('Hel'), b: answer('lo'), d: done() };

describe('${name}', () => {
  // prettier-ignore
  it('lets every chunk through as it is', diagram('${name}', (m) => {
    const source = m.cold('  --a---b---(d|)', chunks);
    const expected = '       --a---b---(d|)';
    const subs = '           ^---------!';
    m.expect(source.pipe(${name}())).toBeObservable(expected, chunks);
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: '${name}()', results: { result: expected } };
  }));
});
`;

/** @param {string} name */
const renderTypeTest = (name) => `
import { expectTypeOf } from 'expect-type';
import { of, type Observable } from 'rxjs';
import { ${name}, type ChatChunk, type PhasedChunk } from '../../lib/index.js';

declare const chat$: Observable<ChatChunk>;
declare const phased$: Observable<PhasedChunk>;

// It keeps the type, whatever kind of chunk it is.
expectTypeOf(chat$.pipe(${name}())).toEqualTypeOf<Observable<ChatChunk>>();
expectTypeOf(phased$.pipe(${name}())).toEqualTypeOf<Observable<PhasedChunk>>();

// @ts-expect-error -- text is not a chunk
void of('text').pipe(${name}());
`;

await run(
  'new:operator',
  (name) =>
    Promise.all([
      create(`lib/operators/${name}.ts`, renderOperator(name)),
      create(`spec/operators/${name}.spec.ts`, renderSpec(name)),
      insertExport(name, 'operators'),
      create(`spec/types/${name}.types.ts`, renderTypeTest(name)),
      insertQuestion(`  them as they are: ${name}`, /^I have a stream of chunks.*:\n/m),
      insertChange(`- \`${name}\`: lets every chunk through.`),
    ]),
  (name) => `UPDATE_DOCS=1 npx jest spec/operators/${name}.spec.ts`,
);
