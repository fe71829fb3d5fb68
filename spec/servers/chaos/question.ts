/** What a client of these specs asks: the model says what the question tells it to. */
export interface Question {
  /** The text, one chunk each. */
  readonly pieces: readonly string[];
  /** Each piece is made so many times as long, and is said so many times. */
  readonly longer?: number;
  /** The model calls a tool with these arguments first, and says the text when it has the result. */
  readonly call?: { readonly name: string; readonly arguments: Record<string, unknown> };
  /** A pace in ms, and not as the spec releases the pieces. */
  readonly every?: number;
}

/** Where the process with the model listens. */
export interface ModelUrls {
  readonly ollama: string;
  readonly control: string;
}

/** Pieces that have whatever could be lost or changed on the way: line ends, fields of events, and no ASCII. */
export function makePieces(count: number, name = ''): string[] {
  const odd = ['\n\ndata: x\n\n', '\r\n', ' 日本語 ', '👩‍👩‍👧', '\u2028', '"\\', 'id: 9-9\n', ' '];
  return Array.from(
    { length: count },
    (_, at) => `${name}${String(at + 1)}${odd[at % odd.length] ?? ''}`,
  );
}
