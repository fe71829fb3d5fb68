/** Ollama takes `qwen3`, `Qwen3`, `qwen3:latest` and `library/qwen3` for one model. */
export function toModelKey(name: string): string {
  const short = name
    .toLowerCase()
    .replace(/^(?:https?:\/\/)?(?:registry\.ollama\.ai\/)?library\//, '');
  return toTagged(short);
}

/** The name with the tag that goes without saying. */
export function toTagged(name: string): string {
  return name.lastIndexOf(':') > name.lastIndexOf('/') ? name : `${name}:latest`;
}
