import { toTagged } from '../../core/modelKey.js';

const HOST = /^\w[\w.:-]{0,349}$/;
const NAMESPACE = /^\w[\w-]{0,79}$/;
const PART = /^\w[\w.-]{0,79}$/;

/** The name in full, which some errors show: `registry.ollama.ai/library/qwen3:latest`. */
export function toFullName(name: string): string {
  const parts = toTagged(name).split('/');
  const defaults = ['registry.ollama.ai', 'library'].slice(0, Math.max(0, 3 - parts.length));
  return [...defaults, ...parts].join('/');
}

/** Whether Ollama takes the text for the name of a model: `[[host/]namespace/]model[:tag]`. */
export function isModelName(name: string): boolean {
  const full = toFullName(name.replace(/^https?:\/\//, ''));
  const [host = '', namespace = '', model = '', ...more] = full.split('/');
  const colon = model.lastIndexOf(':');
  const parts = [model.slice(0, colon), model.slice(colon + 1)];
  return (
    more.length === 0 &&
    HOST.test(host) &&
    NAMESPACE.test(namespace) &&
    parts.every((part) => PART.test(part))
  );
}

/** Whether the name is that of a model in Ollama's cloud: `gpt-oss:120b-cloud`, `glm:cloud`. */
export function isCloudName(name: string): boolean {
  return /(?::|:[^/:]*-)cloud$/i.test(name);
}
