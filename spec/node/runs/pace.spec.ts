import { describe, expect, it } from '@jest/globals';
import { concat, of, range, map, type Observable } from 'rxjs';
import {
  createRuns,
  ndjson,
  pipeToResponse,
  readFrames,
  toResponse,
  type SseFrame,
} from '../../../lib/node/index.js';
import { chunk } from '../../../lib/testing/index.js';
import { fromChatEvents } from '../../../lib/sources/fromChatEvents.js';
import { listen } from '../../sources/support.js';
import { serve } from '../support.js';

const CHUNKS = 3000;
const text = 'and '.repeat(250);
const owner = 'ann';

/** A run of 3 MB that has ended: all of it can be sent at once. */
async function follow(): Promise<Observable<SseFrame>> {
  const runs = createRuns();
  const answer$ = concat(range(0, CHUNKS).pipe(map(() => chunk.answer(text))), of(chunk.done()));
  const { id } = await runs.start(() => answer$, { owner });
  return runs.follow(id, { owner });
}

describe('a long run', () => {
  it.each([
    ['of its own limit', undefined],
    ['for which little may wait', 64 * 1024],
  ])('waits for a client of pipeToResponse %s, which gets all of it', async (_, maxBuffered) => {
    const outcomes: Promise<unknown>[] = [];
    const frame$ = await follow();
    const url = await serve((_, response) => {
      outcomes.push(pipeToResponse(frame$, response, { maxBuffered }));
    });
    const { values } = await listen(fromChatEvents(url, { reconnect: false }));
    expect(values).toHaveLength(CHUNKS + 1);
    expect(await Promise.all(outcomes)).toMatchObject([{ outcome: 'completed' }]);
  });

  it.each([
    ['its own events', (frame$: Observable<SseFrame>) => toResponse(frame$)],
    [
      'another format',
      (frame$: Observable<SseFrame>) => toResponse(frame$.pipe(readFrames()), { format: ndjson() }),
    ],
  ])('waits for the reader of a web stream of %s', async (_, respond) => {
    const response = respond(await follow());
    const reader = response.clone();
    // One of the two is read ahead of the other.
    const { values } = await listen(fromChatEvents(response));
    expect(values).toHaveLength(CHUNKS + 1);
    expect((await reader.text()).split(text)).toHaveLength(CHUNKS + 1);
  });

  it('leaves nothing that waits when its reader leaves', async () => {
    const body = toResponse(await follow()).body?.getReader();
    await body?.read();
    await body?.cancel();
    expect(await body?.read()).toEqual({ done: true, value: undefined });
  });
});
