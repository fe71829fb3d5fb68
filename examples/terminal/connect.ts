import { Ollama } from 'ollama/browser';
import { isOllamaError, type OllamaOptions } from 'rxjs-ollama';
import { SCRIPTED_MODEL, startScriptedModel, type Speed } from './scriptedServer.js';

/** A model that can be asked. */
export interface Model {
  readonly name: string;
  /** Says which model answers, and what it can be asked. */
  readonly introduction: string;
  readonly options: OllamaOptions;
  /** What the server saw of the request that was stopped. */
  describeStop(): Promise<string>;
  /** What to do about an error. */
  advise(error: unknown): string;
  close(): Promise<void>;
}

/** The model that `OLLAMA_HOST` and `OLLAMA_MODEL` name; without a host, the scripted one. */
export function connect(speed: Speed): Promise<Model> {
  const { OLLAMA_HOST: host, OLLAMA_MODEL: name } = process.env;
  return host ? connectToOllama(host, name) : connectToScript(speed);
}

async function connectToScript(speed: Speed): Promise<Model> {
  const server = await startScriptedModel(speed);
  return {
    name: SCRIPTED_MODEL,
    introduction:
      'A scripted model will answer. Set OLLAMA_HOST to talk to a real one.\n' +
      'Ask for a sum (17 × 23, sqrt(2)), the time (time in Tokyo?), or a tour.',
    options: { host: server.url },
    async describeStop() {
      const request = server.requests.at(-1);
      return (await request?.closed) === 'aborted'
        ? `The model has stopped: its server saw the connection close after ${String(request?.linesWritten)} tokens.`
        : 'Stopped. The model was doing nothing at that moment.';
    },
    advise: toMessage,
    close: () => server.close(),
  };
}

async function connectToOllama(host: string, wanted?: string): Promise<Model> {
  const start =
    'Start Ollama there with "ollama serve", or unset OLLAMA_HOST to use the scripted model of this demo.';
  const unreachable = (reason: string) =>
    `Ollama can't be reached at ${host}: ${reason}.\n${start}`;
  let client: Ollama;
  let first: string | undefined;
  try {
    // An address to listen on, which Ollama's own variable may be, is this machine.
    client = new Ollama({ host: host.replace('0.0.0.0', '127.0.0.1') });
    first = (await client.list()).models[0]?.name;
  } catch (error) {
    throw new Error(unreachable(toReason(error)), { cause: error });
  }
  const name = wanted || first;
  if (!name) {
    throw new Error(`Ollama at ${host} has no model yet. Get one with "ollama pull qwen3".`);
  }
  return {
    name,
    introduction: `${name} at ${host} will answer.`,
    options: { client },
    describeStop: () =>
      Promise.resolve('Stopped. The connection is closed, which stops the model.'),
    advise: (error) => {
      if (isOllamaError(error, 'connection') && !error.partial) {
        return unreachable(toReason(error.cause));
      }
      if (isOllamaError(error, 'http') && error.status === 404) {
        return `Ollama at ${host} has no model "${name}".\nGet it with "ollama pull ${name}", or set OLLAMA_MODEL to one that "ollama list" shows.`;
      }
      return toMessage(error);
    },
    close: () => Promise.resolve(),
  };
}

const toMessage = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** `fetch` says only that it failed; why is in the cause of that. */
function toReason(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  if (!(cause instanceof Error)) return toMessage(error);
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
}
