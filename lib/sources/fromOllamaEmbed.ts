import { from, map, mergeMap, throwIfEmpty, toArray, type Observable } from 'rxjs';
import type { Line } from '../wire/plainLine.js';
import { fromEndpoint } from '../transport/fromEndpoint.js';
import type { ResponseFormat } from '../transport/responseFormat.js';
import type { EmbedOptions, EmbedRequest, EmbedResponse } from '../types/index.js';

/**
 * Embeds texts: emits one response with a vector for each input, in their order, and completes.
 *
 * _It's like `fetch`, but long lists go out in batches, and unsubscribing stops them._
 *
 * ```none
 *  a, b:    ---(x|)      x: [[1], [2]]
 *  c:          --(y|)    y: [[3]]
 *           fromOllamaEmbed({ model, input: [a, b, c] }, { batchSize: 2 })
 *  result:  -----(r|)    r: [[1], [2], [3]]
 * ```
 *
 * Cold: each subscription makes the requests again.
 *
 * With several batches, the statistics are sums over them: with `concurrency` that is more than has
 * passed.
 *
 * - **Completes:** right after the one response.
 * - **Errors:** those of {@link fromOllamaChat}, without `partial`; an error of one batch cancels the
 *   others.
 * - **Unsubscribes:** cancels the requests under way, in the same turn, and makes no more.
 * - **Memory:** the vectors.
 * - **Scheduler:** none.
 *
 * ```ts
 * import { fromOllamaEmbed } from 'rxjs-ollama';
 *
 * const input = ['The sky is blue.', 'Grass is green.'];
 * fromOllamaEmbed({ model: 'embeddinggemma', input }, { batchSize: 100, concurrency: 2 }).subscribe(
 *   ({ embeddings }) => console.log(embeddings.length),
 * );
 * ```
 *
 * @param request goes to the server as it is and is not changed
 * @param options where to send it and in what batches, or a client of your own that has an `embed`
 * @throws RangeError if `batchSize` or `concurrency` is not a whole number above 0
 */
export function fromOllamaEmbed(
  request: EmbedRequest,
  { batchSize, concurrency = 1, ...options }: EmbedOptions = {},
): Observable<EmbedResponse> {
  for (const count of [batchSize ?? 1, concurrency]) {
    if (!(Number.isInteger(count) && count > 0)) {
      throw new RangeError(
        `batchSize and concurrency have to be whole numbers above 0, not ${String(count)}.`,
      );
    }
  }
  const embed = (input: EmbedRequest['input']): Observable<EmbedResponse> =>
    fromEndpoint(
      {
        method: 'embed',
        call: (client) => client.embed?.({ ...request, input }),
        startFormat: () => reading,
      },
      options,
    );
  return from(toBatches(request.input, batchSize)).pipe(
    mergeMap(
      (input, place) =>
        embed(input).pipe(
          throwIfEmpty(),
          map((response) => ({ place, response })),
        ),
      concurrency,
    ),
    toArray(),
    map((answers) => answers.sort((a, b) => a.place - b.place).map(({ response }) => response)),
    map((responses) => join(request.model, responses)),
  );
}

const reading: ResponseFormat<EmbedResponse> = {
  toValue: (line) =>
    Array.isArray(line['embeddings']) ? (line as EmbedResponse & Line) : undefined,
  isLast: () => true,
  end: 'embeddings',
};

function toBatches(input: EmbedRequest['input'], size?: number): EmbedRequest['input'][] {
  if (typeof input === 'string' || size === undefined || input.length <= size) return [input];
  return Array.from({ length: Math.ceil(input.length / size) }, (_, place) =>
    input.slice(place * size, (place + 1) * size),
  );
}

/** The responses to all batches as one; a single one as it is. */
function join(model: string, responses: readonly EmbedResponse[]): EmbedResponse {
  const [first, ...others] = responses;
  if (first && !others.length) return first;
  const sum = (key: 'total_duration' | 'load_duration' | 'prompt_eval_count'): number =>
    responses.reduce((total, response) => total + (response[key] ?? 0), 0);
  return {
    model,
    embeddings: responses.flatMap(({ embeddings }) => embeddings),
    total_duration: sum('total_duration'),
    load_duration: sum('load_duration'),
    prompt_eval_count: sum('prompt_eval_count'),
  };
}
