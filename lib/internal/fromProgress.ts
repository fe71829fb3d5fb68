import { asyncScheduler, defer, map, type Observable } from 'rxjs';
import { createProgress } from '../core/progress.js';
import type { ModelProgress, OllamaClient, ProgressLine, ProgressOptions } from '../types.js';
import { fromEndpoint } from './fromEndpoint.js';
import type { Reading } from './reading.js';

const reading: Reading<ProgressLine> = {
  toValue: (line) =>
    typeof line['status'] === 'string' ? { ...line, status: line['status'] } : undefined,
  isLast: ({ status }) => status === 'success',
  end: '"success"',
};

/** The progress that one of the endpoints that have it tells of. */
export function fromProgress(
  method: 'pull' | 'push' | 'create',
  call: (client: OllamaClient) => unknown,
  { scheduler = asyncScheduler, ...options }: ProgressOptions,
): Observable<ModelProgress> {
  return defer(() => {
    const progress = createProgress();
    return fromEndpoint({ method, call, startReading: () => reading }, options).pipe(
      map((line) => progress.add(line, scheduler.now())),
    );
  });
}
