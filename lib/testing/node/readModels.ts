import { toModelKey } from '../../core/modelKey.js';
import { isModelName } from './modelNames.js';

const CAPABILITIES = ['completion', 'thinking', 'tools', 'vision', 'insert', 'embedding'] as const;

/**
 * What a model can do. `'completion'` goes without saying, but for a model whose only capability is
 * `'embedding'`: as in Ollama, it makes embeddings and does not chat.
 */
export type Capability = (typeof CAPABILITIES)[number];

/** A model that the server has. */
export interface ScriptedModel {
  /** What the model can do. @defaultValue all of them */
  readonly capabilities?: readonly Capability[] | undefined;
  /** How many tokens fit in, as `/api/tags`, `/api/ps` and `/api/show` state. @defaultValue `4096` */
  readonly context_length?: number | undefined;
}

/** The models of a server: names, or names with what each model can do. `true` is a model with everything. */
export type ScriptedModels = readonly string[] | Readonly<Record<string, ScriptedModel | true>>;

/** A model with all its defaults. */
export interface Model {
  readonly capabilities: readonly string[];
  readonly context_length: number;
}

export const EVERYTHING: Model = { capabilities: CAPABILITIES, context_length: 4096 };
/** Checks the list when the server starts: a mistake in it would be a wrong answer to every request. */
export function readModels(list: unknown): Map<string, Model> {
  if (typeof list !== 'object' || list === null) {
    throw new TypeError(
      `models must be a list of names or an object, not ${describeOption(list)}.`,
    );
  }
  const entries: [unknown, unknown][] = Array.isArray(list)
    ? list.map((name: unknown) => [name, true])
    : Object.entries(list);
  return new Map(
    entries.map(([name, model]) => {
      if (typeof name !== 'string' || !isModelName(name)) {
        throw new TypeError(`models: ${describeOption(name)} is not the name of a model.`);
      }
      return [toModelKey(name), readModel(name, model)];
    }),
  );
}

function readModel(name: string, model: unknown): Model {
  if (model === true) return EVERYTHING;
  const where = `models[${JSON.stringify(name)}]`;
  if (typeof model !== 'object' || model === null || Array.isArray(model)) {
    throw new TypeError(
      `${where} must be true or an object such as { capabilities: ['tools'] }, ` +
        `not ${describeOption(model)}.`,
    );
  }
  const {
    capabilities,
    context_length = EVERYTHING.context_length,
    ...unknown
  } = model as Partial<Record<string, unknown>>;
  const [option] = Object.keys(unknown);
  if (option !== undefined) {
    throw new TypeError(
      `${where} has no option ${JSON.stringify(option)}. Use capabilities or context_length.`,
    );
  }
  if (!Number.isInteger(context_length) || Number(context_length) < 1) {
    throw new RangeError(
      `${where}.context_length must be a positive integer, not ${describeOption(context_length)}.`,
    );
  }
  return {
    capabilities: readCapabilities(capabilities, where),
    context_length: Number(context_length),
  };
}

function readCapabilities(capabilities: unknown, where: string): readonly string[] {
  if (capabilities === undefined) return CAPABILITIES;
  if (!Array.isArray(capabilities)) {
    throw new TypeError(
      `${where}.capabilities must be a list, not ${describeOption(capabilities)}.`,
    );
  }
  const wrong: unknown = capabilities.find((each) => !CAPABILITIES.includes(each as Capability));
  if (wrong !== undefined || capabilities.includes(undefined)) {
    throw new TypeError(
      `${where}.capabilities: ${describeOption(wrong)} is not a capability. ` +
        `Use ${CAPABILITIES.join(', ')}.`,
    );
  }
  const embedsOnly = capabilities.length > 0 && capabilities.every((each) => each === 'embedding');
  const names = capabilities as readonly string[];
  return embedsOnly ? names : ['completion', ...names.filter((each) => each !== 'completion')];
}

function describeOption(value: unknown): string {
  if (typeof value === 'object' && value !== null)
    return Array.isArray(value) ? 'a list' : 'an object';
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
