import type { ChatChunk, ToolCall } from '../types/index.js';
import type { Mutable } from '../types/mutable.js';
import { isMissing, isObject } from './line.js';
import { createObjectScanner } from './objectScanner.js';
import { readArguments } from './toolArguments.js';

/** A call as it may come: all of it, the first piece of it, or a later one. */
interface Piece {
  readonly id?: string | null;
  readonly index?: number | null;
  readonly function: {
    readonly index?: number | null;
    readonly name?: string | null;
    readonly arguments?: unknown;
  };
}

/** A call that has begun to arrive. */
interface Arrival {
  piece: Piece;
  /** Its `arguments` so far, where they come as text. */
  text: string;
  readonly scan: (text: string) => boolean;
  /** The call once it is complete. */
  call?: ToolCall;
}

/**
 * Joins the calls of one response that come in pieces: a call is on the chunk that completes it, and on
 * no chunk before. Calls keep the order in which they began. Ollama itself sends whole calls, which are
 * never merged.
 *
 * - The first piece has the name. A later one has none, or the `id` of a call that is not complete. It
 *   belongs to the call with its `id`, or else with its `index`, or else to the call before it.
 * - A call is complete with an object for `arguments`, or with their text up to the closing brace.
 * - A call without `arguments`, or with an empty text, may be a first piece. Unless others follow, it is
 *   complete with the final chunk, and its arguments are `{}`.
 * - A call whose text never becomes an object is on the final chunk with `arguments` as text.
 *
 * @returns a function that takes each chunk, and changes its calls in place
 */
export function createCallJoiner(): <C extends ChatChunk>(chunk: C) => C {
  /** In the order in which they began. Those before `next` have been delivered. */
  let arrivals: Arrival[] = [];
  let next = 0;
  const byId = new Map<string, Arrival>();
  const byIndex = new Map<number, Arrival>();
  let latest: Arrival | undefined;

  /** The call that a piece belongs to: never one with another `id` or `index`. */
  const find = (piece: Piece): Arrival | undefined => {
    const { id } = piece;
    const own = id ? byId.get(id) : undefined;
    if (own) return own;
    const index = indexOf(piece);
    const before = latest && isMissing(indexOf(latest.piece)) ? latest : undefined;
    const known = isMissing(index) ? latest : (byIndex.get(index) ?? before);
    return id && known?.piece.id ? undefined : known;
  };

  const identify = (arrival: Arrival, { id }: Piece): void => {
    if (!id) return;
    byId.set(id, arrival);
    arrival.piece = { ...arrival.piece, id };
  };

  const extend = (arrival: Arrival, piece: Piece): void => {
    const args = piece.function.arguments;
    identify(arrival, piece);
    if (typeof args === 'string') {
      arrival.text += args;
      if (arrival.scan(args)) arrival.call = toCall(arrival.piece, arrival.text);
    } else if (!isMissing(args)) arrival.call = toCall(arrival.piece, args);
  };

  const begin = (piece: Piece): void => {
    const arrival: Arrival = { piece, text: '', scan: createObjectScanner() };
    const index = indexOf(piece);
    if (!isMissing(index)) byIndex.set(index, arrival);
    latest = arrival;
    arrivals.push(arrival);
    extend(arrival, piece);
  };

  const take = (piece: Piece): void => {
    const { name, arguments: args } = piece.function;
    const known = name ? piece.id && byId.get(piece.id) : find(piece);
    if (known && !known.call) extend(known, piece);
    // The last piece of a call may say nothing.
    else if (!known || name || !isBlank(args)) begin(piece);
  };

  const release = (isFinal: boolean): ToolCall[] => {
    const released: ToolCall[] = [];
    for (let arrival; (arrival = arrivals[next]) && (isFinal || arrival.call); next++) {
      released.push(arrival.call ?? toCall(arrival.piece, arrival.text));
    }
    if (next === arrivals.length) {
      arrivals = [];
      next = 0;
    }
    return released;
  };

  return (chunk) => {
    const message: Partial<Mutable<ChatChunk['message']>> = chunk.message;
    const pieces = (message.tool_calls ?? []) as readonly Piece[];
    const isOrdinary = arrivals.length === 0 && pieces.every(isWhole);
    if (isOrdinary || !(pieces.length || chunk.done)) return chunk;
    pieces.forEach(take);
    const calls = release(chunk.done);
    if (calls.length) message.tool_calls = calls;
    else delete message.tool_calls;
    return chunk;
  };
}

const indexOf = (piece: Piece): number | null | undefined => piece.function.index ?? piece.index;

const isWhole = ({ function: { name, arguments: args } }: Piece): boolean =>
  Boolean(name) && isObject(args);

const isBlank = (args: unknown): boolean =>
  isMissing(args) || (typeof args === 'string' && !args.trim());

function toCall(piece: Piece, args: unknown): ToolCall {
  const called = { ...piece.function, arguments: readArguments(args) ?? args };
  return { ...piece, function: called } as ToolCall;
}
