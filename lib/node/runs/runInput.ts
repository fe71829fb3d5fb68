/** The input of a run, as it is kept. */
export const writeInput = (input: unknown): string | undefined =>
  input === undefined ? undefined : JSON.stringify(input);

/** The same, as it is given back. */
export const readInput = (text: string | undefined): unknown =>
  text === undefined ? undefined : (JSON.parse(text) as unknown);
