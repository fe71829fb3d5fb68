import { startScriptedOllama, type ScriptedOllama, type Step } from 'rxjs-ollama/testing/node';
import { respond } from './model.js';

/** The name of the model that the server has. */
export const SCRIPTED_MODEL = 'scripted';

/** Milliseconds before the first token, and between two. */
export interface Speed {
  readonly first: number;
  readonly token: number;
}

/** As fast as a small model on an ordinary computer: some 50 tokens a second. */
export const NATURAL: Speed = { first: 500, token: 19 };
/** Without a terminal. */
export const FAST: Speed = { first: 10, token: 2 };

/** About as much text as a language model has in a token. Nothing is left out. */
const TOKEN = /\s*(?:[\p{L}\p{M}'’]{1,7}|\p{N}{1,3}|[^\s\p{L}\p{M}\p{N}]+)|\s+/gu;

/** Starts a server on this machine whose only model is a small script. */
export function startScriptedModel(speed: Speed): Promise<ScriptedOllama> {
  return startScriptedOllama(
    function* ({ body, thinks }) {
      const names = body.tools?.map(({ function: { name = '' } }) => name) ?? [];
      const { thinking, answer = '', calls } = respond(body.messages ?? [], names);
      let delay = speed.first;
      const say = function* (field: 'thinking' | 'content', text: string): Generator<Step> {
        for (const token of toTokens(text)) {
          yield { [field]: token, delay };
          delay = speed.token;
        }
      };
      if (thinks) yield* say('thinking', thinking);
      yield* say('content', answer);
      for (const call of calls ?? []) yield { tool_calls: [call], delay: 5 * speed.token };
      yield { done: true };
    },
    { models: { [SCRIPTED_MODEL]: { capabilities: ['thinking', 'tools'] } } },
  );
}

export function toTokens(text: string): string[] {
  return text.match(TOKEN) ?? [];
}
