import { defer, map, mergeMap, throwIfEmpty, toArray, type Observable } from 'rxjs';
import { OllamaProtocolError } from '../errors.js';
import { checkCount } from '../time.js';
import { describeKind } from '../transport/describeKind.js';
import { fromEndpoint } from '../transport/fromEndpoint.js';
import { checkRequest } from '../transport/officialClient.js';
import { lineFormat } from '../transport/responseFormat.js';
import type { EmbedOptions, EmbedRequest, EmbedResponse } from '../types/index.js';
import { describeValue } from '../wire/excerpt.js';

/**
 * Embeds texts: emits one response with a vector per input, in the order of the inputs.
 *
 * _It's like `fromOllamaChat`, but emits vectors, and makes a request per batch of inputs._
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
 * With several batches, the statistics are sums over them. With `concurrency` the sum of durations is
 * longer than the time that has passed.
 *
 * - **Completes:** right after the one response.
 * - **Errors:** those of {@link fromOllamaChat}, without `partial`. An {@link OllamaProtocolError} if a
 *   response has more or fewer vectors than its request had inputs, or a vector that is not a list of
 *   numbers. An error of one batch cancels the others.
 *   A `TypeError` for a request without a model, or without a text or texts.
 * - **Unsubscribes:** cancels all requests synchronously, and makes no more.
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
 * @param request is sent as it is, and is not changed
 * @param options where to send it and in what batches, or a client of your own that has an `embed`
 * @throws RangeError if `batchSize` or `concurrency` is not a whole number from 1, or `Infinity`
 */
export function fromOllamaEmbed(
  request: EmbedRequest,
  options: EmbedOptions = {},
): Observable<EmbedResponse> {
  const { batchSize = Infinity, concurrency = 1, ...where } = options;
  checkCount('batchSize', batchSize);
  checkCount('concurrency', concurrency);
  checkCount('maxLineBytes', where.maxLineBytes);
  const embed = (input: EmbedRequest['input']): Observable<EmbedResponse> =>
    fromEndpoint(
      {
        method: 'embed',
        call: (client) => client.embed?.({ ...request, input }),
        startFormat: () => format,
      },
      where,
    ).pipe(
      throwIfEmpty(),
      map((response) => checkVectors(response, input)),
    );
  return defer(() => {
    checkInput(request);
    return toBatches(request.input, batchSize);
  }).pipe(
    mergeMap(
      (input, place) => embed(input).pipe(map((response) => ({ place, response }))),
      concurrency,
    ),
    toArray(),
    map((answers) => answers.sort((a, b) => a.place - b.place).map(({ response }) => response)),
    map((responses) => join(request.model, responses)),
  );
}

/** The one line of a response, whatever it is: {@link checkVectors} checks it, also for a client's own. */
const format = lineFormat<unknown>((line) => line, { isLast: () => true, end: 'embeddings' });

/** @throws TypeError without a model, or a text or texts to embed */
function checkInput(request: EmbedRequest): void {
  const example = "{ model: 'embeddinggemma', input: 'Hi' }";
  checkRequest(request, example);
  const { input }: { readonly input: unknown } = request;
  if (typeof input === 'string' || Array.isArray(input)) return;
  throw new TypeError(
    `input is ${describeKind(input)}. Pass a text or a list of texts, as in ${example}.`,
  );
}

function toBatches(input: EmbedRequest['input'], size: number): EmbedRequest['input'][] {
  if (typeof input === 'string' || input.length <= size) return [input];
  return Array.from({ length: Math.ceil(input.length / size) }, (_, place) =>
    input.slice(place * size, (place + 1) * size),
  );
}

/** @throws OllamaProtocolError unless there is a list of numbers for each input */
function checkVectors(response: unknown, input: EmbedRequest['input']): EmbedResponse {
  const { embeddings } = Object(response) as { readonly embeddings?: unknown };
  const inputs = typeof input === 'string' ? 1 : input.length;
  let why = '';
  if (!Array.isArray(embeddings)) why = 'no embeddings';
  // The server embeds an empty text only in a list.
  else if (embeddings.length !== inputs && !(input === '' && !embeddings.length)) {
    why = `${String(embeddings.length)} vectors for ${String(inputs)} inputs`;
  } else if (!embeddings.every(isVector)) why = 'a vector that is not a list of numbers';
  if (!why) return response as EmbedResponse;
  const line = describeValue(response, 1000);
  throw new OllamaProtocolError(
    `The response has ${why}. Can this model embed? The response: ${line.slice(0, 80)}`,
    line,
  );
}

function isVector(vector: unknown): boolean {
  return Array.isArray(vector) && vector.every((number) => Number.isFinite(number));
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
