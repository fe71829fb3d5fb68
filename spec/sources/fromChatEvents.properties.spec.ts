import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { firstValueFrom, from, lastValueFrom, map, pipe, toArray, type Observable } from 'rxjs';
import { ndjson } from '../../lib/node/ndjson.js';
import { toNdjson } from '../../lib/node/toNdjson.js';
import { toSse } from '../../lib/node/toSse.js';
import { sse } from '../../lib/node/sse.js';
import { accumulateMessage } from '../../lib/operators/accumulateMessage.js';
import { fromChatEvents } from '../../lib/sources/fromChatEvents.js';
import { chunk, scriptedClient } from '../../lib/testing/index.js';
import type { Streamed, ToolRunEvent } from '../../lib/tools/events.js';
import { runMessage } from '../../lib/tools/runMessage.js';
import { runTools } from '../../lib/tools/runTools.js';
import type { ChatChunk } from '../../lib/types/index.js';
import { startGateway } from './gateway.js';
import { REQUEST, forbidConsole } from './support.js';
import { defineTool } from '../../lib/tools/defineTool.js';

const { answer, done, thinking, toolCall } = chunk;

forbidConsole();

const formats = {
  sse: { headers: sse().headers, encode: toSse() },
  ndjson: { headers: ndjson().headers, encode: toNdjson() },
};

/** What readers of lines and of UTF-8 stumble over stands in texts more often than by chance. */
const text = fc.string({
  unit: fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom('\n', '\r', '\u2028', '\ufeff', '👩‍🚀', 'ä', ': ', 'data: '),
  ),
  maxLength: 12,
});

const chats: fc.Arbitrary<ChatChunk[]> = fc
  .array(
    fc.oneof(
      text.map((each) => answer(each)),
      text.map((each) => thinking(each)),
    ),
  )
  .map((chunks) => [...chunks, done()]);

/** The texts of each step of a run, and how many calls it makes. The last one makes none. */
const runs = fc.array(fc.record({ texts: fc.array(text), calls: fc.nat(2) }), { maxLength: 3 });

function createRun(steps: readonly { texts: readonly string[]; calls: number }[]) {
  const answers = [...steps, { texts: ['Done.'], calls: 0 }].map(({ texts, calls }, step) => [
    ...texts.map((each) => answer(each)),
    ...Array.from({ length: calls || Number(step < steps.length) }, (_, n) =>
      toolCall('echo', { n, text: texts[n] ?? null }, `call_${String(step)}_${String(n)}`),
    ),
    done(),
  ]);
  const echo = defineTool({
    name: 'echo',
    description: 'Says it again',
    parameters: { type: 'object' },
    execute: (args) => (args['n'] === 1 ? from(['one', args]) : args),
  });
  const client = scriptedClient((_, step) => from(answers[step] ?? []));
  return runTools(REQUEST, { tools: [echo], maxSteps: 9 }, { client });
}

/** Sends a source over real HTTP, cut at these places, and gives what its reader emits. */
async function transfer<T extends Streamed>(
  source: Observable<T>,
  { headers, encode }: (typeof formats)['sse'],
  cuts: readonly number[],
): Promise<T[]> {
  const sent = await firstValueFrom(
    source.pipe(
      encode,
      toArray(),
      map((texts) => texts.join('')),
    ),
  );
  const bytes = Buffer.from(sent);
  const places = [...new Set(cuts.map((cut) => cut % bytes.length))].sort((a, b) => a - b);
  const { url } = await startGateway(async (response) => {
    response.writeHead(200, headers).flushHeaders();
    let start = 0;
    for (const place of [...places, bytes.length]) {
      response.write(bytes.subarray(start, place));
      start = place;
      await setImmediate();
    }
    response.end();
  });
  return lastValueFrom(fromChatEvents<T>(url, { reconnect: false }).pipe(toArray()));
}

const places = fc.array(fc.nat(), { maxLength: 20 });

describe.each(Object.entries(formats))('what is sent as %s and read back', (_, format) => {
  it('is the same chat, wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(chats, places, async (chat, cuts) => {
        expect(await transfer(from(chat), format, cuts)).toEqual(chat);
      }),
      { numRuns: 50 },
    );
  });

  it('is the same run, which makes the same message', async () => {
    const toMessage = pipe(runMessage(), accumulateMessage());
    await fc.assert(
      fc.asyncProperty(runs, places, async (steps, cuts) => {
        const events = await lastValueFrom(createRun(steps).pipe(toArray()));
        const read = await transfer<ToolRunEvent>(from(events), format, cuts);
        expect(read.map(({ type }) => type)).toEqual(events.map(({ type }) => type));
        // The history of the client has no messages of the request: they are not sent.
        expect(read.slice(0, -1)).toEqual(events.slice(0, -1));
        const [before, after] = await Promise.all(
          [events, read].map((all) => lastValueFrom(from(all).pipe(toMessage))),
        );
        expect(after).toEqual(before);
      }),
      { numRuns: 25 },
    );
  });

  it('is the same chat with each byte in a piece of its own', async () => {
    const chat = [thinking('Hm\n'), answer('👩‍🚀 ä'), done()];
    const cuts = Array.from({ length: 2000 }, (__, at) => at);
    expect(await transfer(from(chat), format, cuts)).toEqual(chat);
  });
});
