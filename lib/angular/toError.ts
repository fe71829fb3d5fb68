/** An error as it is; anything else that was thrown as the `cause` of one. */
export function toError(thrown: unknown): Error {
  // An error of another realm, such as that of a frame, is not an instance of this realm's class.
  if (thrown instanceof Error || Object.prototype.toString.call(thrown) === '[object Error]') {
    return thrown as Error;
  }
  return new Error(`Something that is not an Error was thrown: ${describe(thrown)}`, {
    cause: thrown,
  });
}

function describe(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    // An object without a prototype, for example.
    return typeof thrown;
  }
}
