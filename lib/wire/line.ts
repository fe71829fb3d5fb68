/** The object that one line of a response holds. */
export type Line = Record<string, unknown>;

/** Whether a value of JSON is an object. */
export function isObject(value: unknown): value is Line {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a field is absent. Some servers send null for what Ollama leaves out. */
export function isMissing(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

/** Whether a field is a string, or absent. */
export function isText(value: unknown): value is string | null | undefined {
  return typeof value === 'string' || isMissing(value);
}

/** Whether a field is an array whose elements pass the test, or absent. */
export function isListOf(value: unknown, isElement: (element: unknown) => boolean): boolean {
  return isMissing(value) || (Array.isArray(value) && value.every(isElement));
}
