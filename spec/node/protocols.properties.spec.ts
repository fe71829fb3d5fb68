import { describe, expect, it } from '@jest/globals';
import { verifyEvents } from '@ag-ui/client';
import { EventSchemas } from '@ag-ui/core/schemas';
import { readUIMessageStream, type UIMessage, type UIMessageChunk } from 'ai';
import fc from 'fast-check';
import { from, type Observable } from 'rxjs';
import {
  toAgUiEvents,
  toResponse,
  toUiMessageStream,
  ollama,
  openAi,
  type AgUiEvent,
} from '../../lib/node/index.js';
import { isChunk } from '../../lib/node/streamed.js';
import { listen } from '../sources/support.js';
import { anySource, toSource, type AnySource } from './anyRun.js';
import { ENCODERS } from './encoders.js';
import { SECRETS } from './runs.js';
import { readData } from './support.js';

const ids = { threadId: 't', runId: 'r' };

/** The answer and the thinking of all attempts: what a client without resets shows. */
function textsOf({ values }: AnySource): { answer: string; thinking: string } {
  const chunks = values.flatMap((value) => {
    if (isChunk(value)) return [value];
    return value.type === 'chunk' ? [value.chunk] : [];
  });
  return {
    answer: chunks.map(({ message }) => message.content).join(''),
    thinking: chunks.map(({ message }) => message.thinking ?? '').join(''),
  };
}

const idsOf = (events: readonly AgUiEvent[], wanted: AgUiEvent['type']): string[] =>
  events.flatMap((event) =>
    event.type === wanted && 'messageId' in event ? [event.messageId] : [],
  );

const check = (property: (source: AnySource) => Promise<void>) =>
  fc.assert(fc.asyncProperty(anySource, property), { numRuns: 100 });

describe('any chat and any run, whole or cut', () => {
  it('is a UI message stream that the AI SDK reads without a mistake, with all text', async () => {
    await check(async (source) => {
      const { values } = await listen(toSource(source).pipe(toUiMessageStream()));
      const stream = new ReadableStream<UIMessageChunk>({
        start(controller) {
          for (const each of values) controller.enqueue(each as UIMessageChunk);
          controller.close();
        },
      });
      const errors: unknown[] = [];
      let last: UIMessage | undefined;
      const messages = readUIMessageStream({ stream, onError: (error) => errors.push(error) });
      for await (const message of messages) last = message;
      expect(errors).toHaveLength(source.end === 'failed' ? 1 : 0);
      const join = (type: 'text' | 'reasoning') =>
        (last?.parts ?? []).map((part) => (part.type === type ? part.text : '')).join('');
      expect({ answer: join('text'), thinking: join('reasoning') }).toEqual(textsOf(source));
    });
  });

  it('is a stream of AG-UI that its client verifies, with all text', async () => {
    await check(async (source) => {
      const { values } = await listen(toSource(source).pipe(toAgUiEvents(ids)));
      for (const event of values) EventSchemas.parse(event);
      const verify = verifyEvents() as unknown as (
        events$: Observable<unknown>,
      ) => Observable<unknown>;
      const { error } = await listen(verify(from(values)));
      expect(error).toBeUndefined();
      const join = (wanted: string) =>
        values
          .map((event) => ('delta' in event && event.type === wanted ? event.delta : ''))
          .join('');
      expect({
        answer: join('TEXT_MESSAGE_CONTENT'),
        thinking: join('REASONING_MESSAGE_CONTENT'),
      }).toEqual(textsOf(source));
      expect(values.at(-1)?.type).toBe(source.end === 'failed' ? 'RUN_ERROR' : 'RUN_FINISHED');
      // A text may go on after thinking, under the same id.
      const texts = new Set(idsOf(values, 'TEXT_MESSAGE_START'));
      const others = [
        ...idsOf(values, 'REASONING_MESSAGE_START'),
        ...idsOf(values, 'TOOL_CALL_RESULT'),
      ];
      expect(new Set([...texts, ...others, '']).size).toBe(texts.size + others.length + 1);
    });
  });

  it('is one completion of OpenAI, with one reason and one end', async () => {
    await check(async (source) => {
      const text = await toResponse(toSource(source), { format: openAi({ id: '1' }) }).text();
      const events = readData<{ choices?: { finish_reason: string | null }[]; error?: unknown }>(
        text,
      );
      const reasons = events.flatMap(({ choices }) => choices?.[0]?.finish_reason ?? []);
      const isFailed = source.end === 'failed';
      expect(reasons).toHaveLength(isFailed ? 0 : 1);
      expect(events.filter(({ error }) => error)).toHaveLength(isFailed ? 1 : 0);
      expect(text.endsWith('data: [DONE]\n\n')).toBe(!isFailed);
    });
  });

  it('is one message of Ollama, with one final chunk', async () => {
    await check(async (source) => {
      const text = await toResponse(toSource(source), { format: ollama() }).text();
      const lines = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { done?: boolean });
      const finals = lines.map(({ done }, at) => (done ? lines.length - 1 - at : -1));
      expect(finals.filter((place) => place >= 0)).toEqual(source.end === 'failed' ? [] : [0]);
    });
  });

  it.each(ENCODERS)(
    'has one end in $name, and no secret of an error',
    async ({ create, endOf }) => {
      await check(async (source) => {
        const { values, error } = await listen(toSource(source).pipe(create()));
        expect(error).toBeUndefined();
        const ends = values.flatMap((value, at) => (endOf(value) ? [values.length - 1 - at] : []));
        expect(ends).toEqual([0]);
        expect(endOf(values.at(-1)) === 'failed').toBe(source.end === 'failed');
        const text = JSON.stringify(values);
        for (const secret of SECRETS) expect(text).not.toContain(secret);
      });
    },
  );
});
