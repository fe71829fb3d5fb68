import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  Subject,
  from,
  type MonoTypeOperatorFunction,
  type Observable,
  type SchedulerLike,
} from 'rxjs';
import {
  accumulateMessage,
  accumulateResponse,
  bufferForUi,
  collectToolCalls,
  retryChat,
  shareChat,
  splitThinking,
  tapThroughput,
  throughput,
  timeoutChat,
} from '../../lib/index.js';
import type { AssistantMessage, ChatChunk, ChunkMarks } from '../../lib/types/index.js';
import { anyRun, groupByMessage, readMessages } from '../support/messages.js';
import { runTimed, type Timed } from '../support/timed.js';

type Chunk = ChatChunk & ChunkMarks;

const collect = <T>(source: Observable<T>): T[] => {
  const values: T[] = [];
  source.subscribe((value) => values.push(value));
  return values;
};

/** The message that is open after each of the chunks, or was finished by it. */
const readEach = (chunks: readonly Chunk[]) =>
  chunks.map((_, i) => readMessages(chunks.slice(0, i + 1)).at(-1));

const toPlain = ({ content, thinking = '', tool_calls: calls = [] }: AssistantMessage) => ({
  content,
  thinking,
  calls,
});

describe('whatever is requested again, at any chunk', () => {
  it('accumulateMessage has the message that is going on', () => {
    fc.assert(
      fc.property(anyRun, (chunks) => {
        const messages = collect(from(chunks).pipe(accumulateMessage())).map(toPlain);
        expect(readEach(chunks)).toMatchObject(messages);
      }),
    );
  });

  it('accumulateResponse has the response that is going on', () => {
    fc.assert(
      fc.property(anyRun, (chunks) => {
        const responses = collect(from(chunks).pipe(accumulateResponse()));
        expect(readEach(chunks)).toEqual(
          responses.map(({ message, done }) => ({
            ...toPlain(message as AssistantMessage),
            done,
          })),
        );
      }),
    );
  });

  it('collectToolCalls has the calls of all messages', () => {
    fc.assert(
      fc.property(anyRun, (chunks) => {
        const calls = readMessages(chunks).flatMap((message) => message.calls);
        expect(collect(from(chunks).pipe(collectToolCalls()))).toEqual([calls]);
      }),
    );
  });

  it('throughput counts the chunks of the message', () => {
    fc.assert(
      fc.property(anyRun, (chunks) => {
        const values = collect(from(chunks).pipe(throughput()));
        const expected = chunks.map((_, i) => {
          const message = groupByMessage(chunks.slice(0, i + 1)).at(-1) ?? [];
          // A final chunk says 100.
          return message.at(-1)?.done ? 100 : message.length;
        });
        expect(values.map(({ tokens }) => tokens)).toEqual(expected);
      }),
    );
  });
});

/** A run, and how long after the chunk before each chunk comes, in ms. */
const timedRun = anyRun.chain((chunks) =>
  fc
    .array(fc.nat(30), { minLength: chunks.length, maxLength: chunks.length })
    .map((waits): Timed[] => {
      let at = 0;
      return chunks.map((chunk, i) => ({ at: (at += waits[i] ?? 0), chunk }));
    }),
);

const keepers: Readonly<
  Record<string, (scheduler: SchedulerLike) => MonoTypeOperatorFunction<Chunk>>
> = {
  'bufferForUi()': (scheduler) => bufferForUi({ scheduler }),
  'bufferForUi by words': (scheduler) => bufferForUi({ by: 'word', scheduler }),
  'bufferForUi at a pace': (scheduler) => bufferForUi({ pace: { maxLag: 40 }, scheduler }),
  'splitThinking()': () => splitThinking(),
  'tapThroughput()': (scheduler) => tapThroughput(() => undefined, { scheduler }),
  'timeoutChat()': (scheduler) => timeoutChat({ idle: 1000, scheduler }),
  'retryChat()': (scheduler) => retryChat({ count: 1, when: 'restart', scheduler }),
  'shareChat()': () => shareChat(),
};

describe.each(Object.entries(keepers))('the chunks of %s', (_, create) => {
  it('make the same messages, whatever is requested again', () => {
    fc.assert(
      fc.property(timedRun, (input) => {
        const output = runTimed(input, create);
        const [came, left] = [input, output].map((timed) => timed.map(({ chunk }) => chunk));
        expect(readMessages(left ?? [])).toEqual(readMessages(came ?? []));
      }),
    );
  });
});

describe('a late subscriber of shareChat', () => {
  it('gets the same messages, whenever it subscribes', () => {
    fc.assert(
      fc.property(anyRun, fc.nat(24), (chunks, place) => {
        const source = new Subject<Chunk>();
        const shared = source.pipe(shareChat());
        const late: Chunk[] = [];
        const copies: Chunk[] = [];
        const subscribe = () => {
          shared.subscribe((value) => {
            late.push(value);
            copies.push(structuredClone(value));
          });
        };
        shared.subscribe();
        chunks.forEach((chunk, i) => {
          if (i === place) subscribe();
          source.next(chunk);
        });
        if (place >= chunks.length) subscribe();
        expect(readMessages(late)).toEqual(readMessages(chunks));
        // What was merged for it has not grown since.
        expect(late).toEqual(copies);
      }),
    );
  });
});
