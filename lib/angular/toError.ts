/** An error as it is; anything else that was thrown as the `cause` of one. */
export function toError(thrown: unknown): Error {
  // An error of another realm, such as that of a frame, is not an instance of this realm's class.
  if (thrown instanceof Error || Object.prototype.toString.call(thrown) === '[object Error]') {
    return thrown as Error;
  }
  const message =
    typeof thrown === 'string' ? thrown : 'Something was thrown that is not an Error.';
  return new Error(message, { cause: thrown });
}
