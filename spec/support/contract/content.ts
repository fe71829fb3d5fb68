import { expect } from '@jest/globals';
import { EMPTY, concatWith, from } from 'rxjs';
import type { ChatChunk } from '../../../lib/types/index.js';
import {
  chat,
  chunksOf,
  contentOf,
  createScheduler,
  fail,
  record,
  run,
  valuesOf,
  type Check,
} from './harness.js';

/** For operators that take chunks and give chunks. */
export const contentChecks: readonly Check[] = [
  {
    name: 'gives all text and calls that came, wherever and however the source ends',
    run(candidate) {
      const chunks = chunksOf(candidate);
      for (const end of [EMPTY, fail(new Error('from the source'))]) {
        for (let n = 0; n <= chunks.length; n++) {
          const given = chunks.slice(0, n);
          const scheduler = createScheduler();
          for (const source of [chat(scheduler, given, end), from(given).pipe(concatWith(end))]) {
            const { log } = record(source.pipe(candidate.operator(scheduler)));
            scheduler.flush();
            expect(contentOf(valuesOf(log))).toEqual(contentOf(given));
          }
        }
      }
    },
  },
  {
    name: 'leaves statistics and unknown fields of the final chunk as they are',
    run(candidate) {
      const chunks = valuesOf(run(candidate)) as ChatChunk[];
      const { message: _, ...fields } = chunksOf(candidate).at(-1) ?? {};
      expect(fields).toHaveProperty('done', true);
      expect(chunks.at(-1)).toMatchObject(fields);
      expect(chunks.filter((chunk) => chunk.done)).toHaveLength(1);
    },
  },
];
