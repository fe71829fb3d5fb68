/** Why a run has no result: not the fault of the code. */
class SandboxError extends Error {
  override readonly name = 'SandboxError';
}

/** Waits for what is accepted of what the worker says. */
export function waitForWorker<T>(
  port: MessagePort,
  limit: number,
  tooLate: string,
  accept: (said: unknown) => T | undefined,
  begin: () => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      port.onmessage = null;
    };
    const giveUp = (): void => {
      end();
      reject(new SandboxError(tooLate));
    };
    // An answer that came while the page was busy is read before.
    let timer = setTimeout(() => {
      timer = setTimeout(giveUp);
    }, limit);
    port.onmessage = ({ data }: MessageEvent<{ said?: unknown; failed?: unknown }>) => {
      if (typeof data.failed === 'string') {
        end();
        reject(new SandboxError(`The worker failed: ${data.failed.slice(0, 300)}`));
        return;
      }
      const accepted = accept(data.said);
      if (accepted === undefined) return;
      end();
      resolve(accepted);
    };
    begin();
  });
}
