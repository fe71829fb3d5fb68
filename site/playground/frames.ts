/** Calls a function at most once per animation frame, however often it is asked for. */
export function perFrame(draw: () => void): { (): void; cancel(): void } {
  let handle: number | undefined;
  const request = (): void => {
    handle ??= requestAnimationFrame(() => {
      handle = undefined;
      draw();
    });
  };
  return Object.assign(request, {
    cancel: () => {
      if (handle !== undefined) cancelAnimationFrame(handle);
      handle = undefined;
    },
  });
}
