import fc from 'fast-check';
import { EMPTY, concat, from, of, throwError, type Observable } from 'rxjs';
import { OllamaTruncatedError } from '../../lib/errors.js';
import { chunk } from '../../lib/testing/index.js';
import type { Streamed, ToolRunEvent } from '../../lib/tools/events.js';
import type { ChatChunk } from '../../lib/types/index.js';
import { model, run, runAll } from '../tools/support.js';
import { add, broken, count, pay, secretError } from './runs.js';

/** A source of any kind, as the values that it emits and how it ends. */
export interface AnySource {
  readonly values: readonly Streamed[];
  readonly end: 'completed' | 'failed' | 'stopped';
}

const TEXT = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 });

/** What a model says in one message, with tools that exist, fail, need approval, or don't exist. */
const anyChunk: fc.Arbitrary<ChatChunk> = fc.oneof(
  TEXT.map((text) => chunk.answer(text)),
  TEXT.map((text) => chunk.thinking(text)),
  fc.constant(chunk.answer('')),
  fc
    .record({ name: fc.constantFrom('add', 'count', 'broken', 'pay', 'unknown'), id: fc.uuid() })
    .map(({ name, id }) => chunk.toolCall(name, { x: 1, y: 2 }, id)),
  fc.constant({ ...chunk.answer('again'), reset: true }),
);

const anyMessage = fc.array(anyChunk, { maxLength: 6 }).map((chunks) => [...chunks, chunk.done()]);

/** A run of tools whose approvals are yes, no, or none yet. */
const anyEvents: fc.Arbitrary<readonly ToolRunEvent[]> = fc
  .record({
    messages: fc.array(anyMessage, { minLength: 1, maxLength: 3 }),
    approval: fc.constantFrom(true, false, 'suspend' as const),
  })
  .map(({ messages, approval }) => {
    // The model of the last message makes no calls, so that the run ends.
    const last = [chunk.answer('.'), chunk.done()];
    const answers = [...messages, ...Array.from({ length: 3 }, () => last)].map((each) =>
      of(...each),
    );
    return runAll(run(model(...answers), [add, count, broken, pay], { approve: () => approval }));
  });

/** A chat or a run, whole or cut at any place. */
export const anySource: fc.Arbitrary<AnySource> = fc
  .record({
    values: fc.oneof(
      anyEvents,
      fc.array(anyMessage, { minLength: 1, maxLength: 3 }).map((all) => all.flat()),
    ),
    cut: fc.option(fc.nat({ max: 40 })),
    fails: fc.boolean(),
  })
  .map(({ values, cut, fails }): AnySource => {
    if (cut === null || cut >= values.length)
      return { values, end: fails ? 'failed' : 'completed' };
    return { values: values.slice(0, cut), end: fails ? 'failed' : 'stopped' };
  });

export const toSource = ({ values, end }: AnySource): Observable<Streamed> =>
  concat(
    from(values),
    end === 'failed'
      ? throwError(() =>
          values.length % 2 ? secretError() : new OllamaTruncatedError('/etc/models'),
        )
      : EMPTY,
  );
