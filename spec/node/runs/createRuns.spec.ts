import { describe, expect, it } from '@jest/globals';
import { Subject } from 'rxjs';
import { createRuns, memoryStore } from '../../../lib/node/index.js';
import type { SseFrame } from '../../../lib/node/index.js';
import { chunk } from '../../../lib/testing/index.js';
import type { ChatChunk } from '../../../lib/types/index.js';
import { createVirtualTime, settle } from '../../support/virtualTime.js';

describe('createRuns', () => {
  it('follows', async () => {
    const time = createVirtualTime();
    const { scheduler } = time;
    const store = memoryStore({ scheduler });
    const runs = createRuns({ store, scheduler });
    const source$ = new Subject<ChatChunk>();
    const { id } = await runs.start(() => source$, { owner: 'ann' });
    source$.next(chunk.answer('a'));
    const seen: SseFrame[] = [];
    runs.follow(id, { owner: 'ann' }).subscribe((f) => seen.push(f));
    await settle();
    source$.next(chunk.answer('b'));
    await time.elapse(60_000);
    source$.next(chunk.done());
    source$.complete();
    await settle();
    expect(seen.map(({ id, event }) => [id, event])).toEqual([
      ['1-1', 'chunk'],
      ['1-2', 'chunk'],
      ['1-3', 'chunk'],
      ['1-4', 'done'],
    ]);
  });
});
