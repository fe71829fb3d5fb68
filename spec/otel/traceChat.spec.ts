import { describe, expect, it } from '@jest/globals';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { traceChat } from '../../lib/otel/index.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk, ChatRequest } from '../../lib/types/index.js';
import { describeOperatorContract } from '../support/contract.js';
import type { Context } from 'rxjs-marbles/jest';
import { marbles } from '../support/marbles.js';
import { toMs, useSdk } from './support.js';

const { answer, done } = chunk;
const sdk = useSdk();
const request: ChatRequest = { model: 'qwen3', messages: [{ role: 'user', content: 'Secret' }] };

describeOperatorContract({
  name: 'traceChat',
  operator: (scheduler) => traceChat({ request, scheduler }),
  keepsType: true,
});

const chunks: Readonly<Record<string, ChatChunk>> = {
  a: answer('Hel'),
  b: answer('lo'),
  d: done(),
};

/** A marble test, and then what the spans are. */
const diagram = (test: (m: Context) => void, then: () => void) => (): void => {
  marbles(test)();
  then();
};

describe('the span of a chat', () => {
  // prettier-ignore
  it('lasts from the subscription to the end', diagram((m) => {
    const source = m.cold('  --a---b---(d|)', chunks);
    const expected = '       --a---b---(d|)';
    m.expect(source.pipe(traceChat({ request }))).toBeObservable(expected, chunks);
  }, () => {
    const span = sdk.span();
    expect(span.name).toBe('chat qwen3');
    expect(span.kind).toBe(SpanKind.CLIENT);
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(toMs(span.duration)).toBe(10);
  }));
});
