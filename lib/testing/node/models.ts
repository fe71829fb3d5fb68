import { toModelKey } from '../../core/modelKey.js';
import { EVERYTHING, readModels, type Model, type ScriptedModels } from './readModels.js';
import { toTimestamp } from './wire.js';

/** The models that the server has, and which of them are loaded. */
export interface Models {
  /** What the model can do, or `undefined` if there is no such model. */
  capabilities(name: string): readonly string[] | undefined;
  /** Whether the model was named at the start. */
  isListed(name: string): boolean;
  /** A model that was pulled. It can do everything. */
  add(name: string): void;
  load(name: string): void;
  unload(name: string): void;
  /** The bodies of `/api/tags`, `/api/ps` and `/api/show`. */
  list(): unknown;
  listLoaded(): unknown;
  show(name: string): unknown;
}

const EMBEDDING_LENGTH = 2560;
const SIZE = 2_497_293_931;
const DIGEST = '5c1e0ed'.padEnd(64, '0');
const MODIFIED_AT = '2026-01-01T00:00:00Z';
const PARAMETERS = `${'stop'.padEnd(30)} "<|im_end|>"\n${'temperature'.padEnd(30)} 0.7`;
const DETAILS = {
  parent_model: '',
  format: 'gguf',
  family: 'scripted',
  families: ['scripted'],
  parameter_size: '4.0B',
  quantization_level: 'Q4_K_M',
};

/** Without a list, the server has every model, and each can do everything. */
export function createModels(list?: ScriptedModels): Models {
  const known = list === undefined ? undefined : readModels(list);
  const loaded = new Set<string>();
  const find = (name: string): Model | undefined =>
    known ? known.get(toModelKey(name)) : EVERYTHING;
  const describe = (name: string) => ({ name, model: name });
  const contextOf = (name: string): number => (find(name) ?? EVERYTHING).context_length;

  return {
    capabilities: (name) => find(name)?.capabilities,
    isListed: (name) => known?.has(toModelKey(name)) ?? false,
    add: (name) => known?.set(toModelKey(name), EVERYTHING),
    load: (name) => loaded.add(toModelKey(name)),
    unload: (name) => loaded.delete(toModelKey(name)),
    list: () => ({
      models: [...(known?.keys() ?? loaded)].map((name) => ({
        ...describe(name),
        modified_at: MODIFIED_AT,
        size: SIZE,
        digest: DIGEST,
        details: {
          ...DETAILS,
          context_length: contextOf(name),
          embedding_length: EMBEDDING_LENGTH,
        },
        capabilities: find(name)?.capabilities,
      })),
    }),
    listLoaded: () => ({
      models: [...loaded].map((name) => ({
        ...describe(name),
        size: SIZE,
        digest: DIGEST,
        details: DETAILS,
        expires_at: toTimestamp(5 * 60_000),
        size_vram: SIZE,
        context_length: contextOf(name),
      })),
    }),
    show: (name) => ({
      modelfile: `FROM ${toModelKey(name)}\n`,
      parameters: PARAMETERS,
      template: '{{ .Prompt }}',
      details: DETAILS,
      model_info: describeArchitecture(contextOf(name)),
      capabilities: find(name)?.capabilities,
      modified_at: MODIFIED_AT,
    }),
  };
}

function describeArchitecture(context_length: number): object {
  return {
    'general.architecture': 'scripted',
    'general.basename': 'scripted',
    'general.file_type': 15,
    'general.parameter_count': 4_022_468_096,
    'general.quantization_version': 2,
    'general.type': 'model',
    'scripted.attention.head_count': 32,
    'scripted.attention.head_count_kv': 8,
    'scripted.block_count': 36,
    'scripted.context_length': context_length,
    'scripted.embedding_length': EMBEDDING_LENGTH,
    'scripted.feed_forward_length': 9728,
    'tokenizer.ggml.eos_token_id': 151_645,
    'tokenizer.ggml.merges': null,
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.tokens': null,
  };
}
