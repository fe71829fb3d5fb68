import { toTimestamp } from './wire.js';

/** What a model can do, besides completing text. */
export type Capability = 'thinking' | 'tools' | 'vision' | 'insert' | 'embedding';

/** A model that the server has. */
export interface ScriptedModel {
  readonly capabilities: readonly Capability[];
}

/** The models that the server has, and which of them are loaded. */
export interface Models {
  /** What the model can do, or `undefined` if there is no such model. */
  capabilities(name: string): readonly string[] | undefined;
  load(name: string): void;
  unload(name: string): void;
  /** The bodies of `/api/tags`, `/api/ps` and `/api/show`. */
  list(): unknown;
  listLoaded(): unknown;
  show(name: string): unknown;
}

const ALL: readonly Capability[] = ['thinking', 'tools', 'vision', 'insert', 'embedding'];
const SIZE = 2_497_293_931;
const DIGEST = '5c1e0ed'.padEnd(64, '0');
const MODIFIED_AT = '2026-01-01T00:00:00Z';
const DETAILS = {
  parent_model: '',
  format: 'gguf',
  family: 'scripted',
  families: ['scripted'],
  parameter_size: '4.0B',
  quantization_level: 'Q4_K_M',
};

/** Ollama takes `qwen3`, `Qwen3` and `qwen3:latest` for one model. */
function toKey(name: string): string {
  const lower = name.toLowerCase();
  return /:[^/]*$/.test(lower) ? lower : `${lower}:latest`;
}

/** The name in full, which some errors show: `registry.ollama.ai/library/qwen3:latest`. */
export function toFullName(name: string): string {
  const parts = (/:[^/]*$/.test(name) ? name : `${name}:latest`).split('/');
  const defaults = ['registry.ollama.ai', 'library'].slice(0, Math.max(0, 3 - parts.length));
  return [...defaults, ...parts].join('/');
}

/** Without a list, the server has every model, and each can do everything. */
export function createModels(list?: Readonly<Record<string, ScriptedModel>>): Models {
  const known = list && new Map(Object.entries(list).map(([name, model]) => [toKey(name), model]));
  const loaded = new Set<string>();
  const capabilities = (name: string): readonly string[] | undefined => {
    const model = known ? known.get(toKey(name)) : { capabilities: ALL };
    return model && ['completion', ...model.capabilities];
  };
  const described = (name: string) => ({ name, model: name });

  return {
    capabilities,
    load: (name) => loaded.add(toKey(name)),
    unload: (name) => loaded.delete(toKey(name)),
    list: () => ({
      models: [...(known?.keys() ?? loaded)].map((name) => ({
        ...described(name),
        modified_at: MODIFIED_AT,
        size: SIZE,
        digest: DIGEST,
        details: DETAILS,
      })),
    }),
    listLoaded: () => ({
      models: [...loaded].map((name) => ({
        ...described(name),
        size: SIZE,
        digest: DIGEST,
        details: DETAILS,
        expires_at: toTimestamp(5 * 60_000),
        size_vram: SIZE,
        context_length: 4096,
      })),
    }),
    show: (name) => ({
      modelfile: `FROM ${toKey(name)}\n`,
      template: '{{ .Prompt }}',
      details: DETAILS,
      model_info: { 'general.architecture': 'scripted', 'scripted.context_length': 4096 },
      capabilities: capabilities(name),
      modified_at: MODIFIED_AT,
    }),
  };
}
