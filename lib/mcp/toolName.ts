/** The longest name that every server which speaks Ollama's protocol takes. */
const MAX_LENGTH = 64;

/**
 * The name by which a model calls a tool. MCP allows dots, slashes and more, which some models and servers
 * change or refuse: they become `_`. A name that is taken gets a number.
 */
export function toToolName(name: string, isTaken: (name: string) => boolean): string {
  const plain = name.replace(/[^\w-]/g, '_').slice(0, MAX_LENGTH);
  let free = plain;
  for (let number = 2; isTaken(free); number++) {
    const ending = `_${String(number)}`;
    free = plain.slice(0, MAX_LENGTH - ending.length) + ending;
  }
  return free;
}
