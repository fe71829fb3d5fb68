/**
 * Reads what `OLLAMA_HOST` may be: a host, with or without a scheme and a port. An address to listen on
 * means this machine.
 *
 * @param {string} host
 */
export function toUrl(host) {
  const hasScheme = /^https?:\/\//.test(host);
  const url = new URL(hasScheme ? host : `http://${host}`);
  if (url.hostname === '0.0.0.0' || url.hostname === '[::]') url.hostname = '127.0.0.1';
  if (!hasScheme && !url.port && !/:80\/?$/.test(host)) url.port = '11434';
  return url.href;
}
