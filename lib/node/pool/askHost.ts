import { catchError, forkJoin, map, of, raceWith, type Observable, type SchedulerLike } from 'rxjs';
import type { Ollama } from 'ollama/browser';
import { toModelKey } from '../../core/modelKey.js';
import { OllamaTimeoutError, isOllamaError, type OllamaError } from '../../errors.js';
import { wait } from '../../time.js';
import { fromServer } from '../../transport/fromServer.js';
import { getClient, type OfficialClient } from '../../transport/officialClient.js';
import { lineFormat } from '../../transport/responseFormat.js';
import type { OllamaOptions } from '../../types/index.js';
import { isObject, type Line } from '../../wire/line.js';
import type { HostAnswer } from './host.js';
import { isAway } from './isAway.js';

/** How long a host may take to say what it has. One that is busy answers in some ms. */
export const ASK_MS = 5000;
/** The longest list that is read: some thousand models. */
const MAX_LIST_BYTES = 4 * 1024 * 1024;

type Lists = Pick<Ollama, 'list' | 'ps'>;

/** The names on a list, or why there is none. */
interface List {
  readonly names?: readonly string[];
  readonly error?: OllamaError;
}

/**
 * Asks a host which models it has and which are in its memory. Never fails: a host that can't be asked
 * has an answer too.
 *
 * @param declared the models that the user says it has, which it is not asked for
 */
export function askHost(
  where: OllamaOptions,
  declared: readonly string[] | undefined,
  scheduler: SchedulerLike,
): Observable<HostAnswer> {
  const client = getClient(where) as OfficialClient & Lists;
  const timeout$ = wait(ASK_MS, scheduler).pipe(
    map(() => {
      throw new OllamaTimeoutError(
        `The host did not say within ${String(ASK_MS / 1000)} s which models it has. Is it running?`,
        'firstChunk',
      );
    }),
  );
  const read = (call: (by: Lists) => unknown): Observable<List> =>
    fromServer(client, (by) => call(by as typeof client), startFormat, MAX_LIST_BYTES).pipe(
      map((names): List => ({ names })),
      raceWith(timeout$),
      // A request fails with an error of this library and no other.
      catchError((error: unknown) => of({ error: error as OllamaError })),
    );
  return forkJoin([
    declared ? of<List>({ names: declared }) : read((by) => by.list()),
    read((by) => by.ps()),
  ]).pipe(
    map(([models, loaded]) => {
      const errors = [models.error, loaded.error].filter((error) => error !== undefined);
      const reason = errors.find((error) => isAway(error) || isOllamaError(error, 'timeout'));
      return {
        models: models.names,
        loaded: loaded.names,
        error: reason ?? errors[0],
        isDown: reason !== undefined,
      };
    }),
  );
}

/** The one line of a list. */
const startFormat = () =>
  lineFormat<readonly string[]>(readNames, { isLast: () => true, end: 'a list of models' });

function readNames({ models }: Line): readonly string[] | undefined {
  if (!Array.isArray(models)) return undefined;
  return models.flatMap((entry: unknown) => {
    const { model, name } = isObject(entry) ? entry : {};
    const found = model ?? name;
    return typeof found === 'string' ? [toModelKey(found)] : [];
  });
}
