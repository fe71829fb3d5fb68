// Takes away what makes a request, stores something or starts another worker, before a user's code runs.
// The policy of the frame forbids the same. This is for browsers that don't give a worker the policy of its frame.

const REMOVED = [
  ...['fetch', 'fetchLater', 'XMLHttpRequest', 'WebSocket', 'WebSocketStream', 'WebTransport'],
  ...['EventSource', 'importScripts', 'Request', 'Response', 'BroadcastChannel', 'MessageChannel'],
  ...['Worker', 'SharedWorker', 'indexedDB', 'caches', 'cookieStore', 'FontFace', 'fonts'],
  ...[
    'RTCPeerConnection',
    'Notification',
    'webkitRequestFileSystem',
    'webkitRequestFileSystemSync',
  ],
  ...[
    'webkitResolveLocalFileSystemURL',
    'webkitResolveLocalFileSystemSyncURL',
    'crossOriginIsolated',
  ],
  ...['postMessage', 'requestAnimationFrame', 'cancelAnimationFrame', 'navigator'],
];

function remove(object: object, name: string): void {
  for (
    let owner: object | null = object;
    owner && owner !== Object.prototype;
    owner = Object.getPrototypeOf(owner) as object | null
  ) {
    Reflect.deleteProperty(owner, name);
  }
  // What can't be deleted is hidden.
  if (name in object) {
    Object.defineProperty(object, name, { value: undefined, configurable: false, writable: false });
  }
}

export function harden(scope: object): void {
  const { navigator } = scope as { navigator?: object };
  if (navigator)
    for (const name of ['sendBeacon', 'serviceWorker', 'storage', 'locks']) remove(navigator, name);
  for (const name of REMOVED) remove(scope, name);
}
