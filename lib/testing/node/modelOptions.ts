const INTEGERS = [
  ...['num_ctx', 'num_batch', 'num_gpu', 'main_gpu', 'num_thread', 'num_keep', 'seed'],
  ...['num_predict', 'top_k', 'repeat_last_n'],
];
const FLOATS = [
  ...['top_p', 'min_p', 'typical_p', 'temperature', 'repeat_penalty'],
  ...['presence_penalty', 'frequency_penalty'],
];

const OPTION_TYPES = new Map<string, string>([
  ...INTEGERS.map((name) => [name, 'integer'] as const),
  ...FLOATS.map((name) => [name, 'float32'] as const),
  ['use_mmap', 'boolean'],
  ['stop', 'array'],
]);

/** What Ollama has against the `options` of a request. It ignores the options that it does not know. */
export function findInvalidOption(options: Readonly<Record<string, unknown>>): string | undefined {
  for (const [name, value] of Object.entries(options)) {
    const type = OPTION_TYPES.get(name);
    if (type === undefined || value === null) continue;
    if (!isOfType(value, type)) return `option "${name}" must be of type ${type}`;
    if (Array.isArray(value) && !value.every((item) => typeof item === 'string')) {
      return `option "${name}" must be of an array of strings`;
    }
  }
  return undefined;
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'array') return Array.isArray(value);
  return typeof value === (type === 'boolean' ? 'boolean' : 'number');
}
