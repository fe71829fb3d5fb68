import { asyncScheduler } from 'rxjs';

/** In Node, a port keeps the process alive while it is referenced. */
type Port = MessagePort & { readonly ref?: () => void; readonly unref?: () => void };

interface Channel {
  readonly port1: Port;
  readonly port2: Port;
}

const waiting = new Map<number, () => void>();
let count = 0;
let channel: Channel | undefined;

/**
 * Calls back in a later turn of the event loop: after the timers that are due, the network's events,
 * and what was deferred by `setImmediate`.
 *
 * A message makes the turn: fake timers replace `setTimeout` and `setImmediate`, not `MessageChannel`.
 * The message travels to the second port and back, because Node delivers up to 1,000 messages to one
 * port without a turn in between. Node visits each port once per turn, and the first port first.
 */
export function nextTurn(callback: () => void): void {
  if (typeof MessageChannel === 'undefined') {
    asyncScheduler.schedule(callback);
    return;
  }
  const { port1, port2 } = (channel ??= open());
  waiting.set(++count, callback);
  if (waiting.size === 1) {
    port1.ref?.();
    port2.ref?.();
  }
  port1.postMessage(count);
}

function open(): Channel {
  const opened: Channel = new MessageChannel();
  const { port1, port2 } = opened;
  port2.onmessage = ({ data }: MessageEvent<number>) => {
    port2.postMessage(data);
  };
  port1.onmessage = ({ data }: MessageEvent<number>) => {
    const callback = waiting.get(data);
    waiting.delete(data);
    if (!waiting.size) rest(opened);
    callback?.();
  };
  return opened;
}

/** Keeps no process alive: a port that can't be unreferenced is closed. */
function rest({ port1, port2 }: Channel): void {
  port2.unref?.();
  if (port1.unref) {
    port1.unref();
    return;
  }
  port1.close();
  channel = undefined;
}
