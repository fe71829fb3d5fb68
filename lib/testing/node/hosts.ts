const LOOPBACK = /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[::1\])$/i;

/**
 * Whether a `Host` header names this machine. A page that another name resolves to this machine, by DNS
 * rebinding, sends that name.
 */
export function isLoopbackHost(header = ''): boolean {
  const host = header.replace(/:\d*$/, '');
  return host === '' || LOOPBACK.test(host);
}
