import { afterEach, describe, expect, it } from '@jest/globals';
import { isOllamaError } from '../../lib/errors.js';
import { readHost } from '../../lib/transport/host.js';

function open(origin: string): void {
  Object.defineProperty(globalThis, 'location', { value: { origin }, configurable: true });
}
afterEach(() => {
  Reflect.deleteProperty(globalThis, 'location');
});

describe('readHost', () => {
  it.each([
    // As Ollama's own command reads them.
    ['127.0.0.1', 'http://127.0.0.1:11434'],
    ['gpu-box', 'http://gpu-box:11434'],
    ['localhost:8080', 'http://localhost:8080'],
    ['gpu-box:80', 'http://gpu-box'],
    [':8080', 'http://127.0.0.1:8080'],
    ['http://example.com', 'http://example.com'],
    ['http://example.com:80', 'http://example.com'],
    ['https://example.com', 'https://example.com'],
    ['https://example.com:8443', 'https://example.com:8443'],
    ['0.0.0.0', 'http://127.0.0.1:11434'],
    ['0.0.0.0:8080', 'http://127.0.0.1:8080'],
    ['https://0.0.0.0', 'https://127.0.0.1'],
    ['[::]:8080', 'http://127.0.0.1:8080'],
    ['::', 'http://127.0.0.1:11434'],
    ['::1', 'http://[::1]:11434'],
    ['[::1]:8080', 'http://[::1]:8080'],
    ['fe80::1', 'http://[fe80::1]:11434'],
    ['10.0.0.0:8080', 'http://10.0.0.0:8080'],
    ['0.0.0.0.example.com', 'http://0.0.0.0.example.com:11434'],
    // As people write them.
    ['  http://gpu:1  ', 'http://gpu:1'],
    [`"http://gpu:1"`, 'http://gpu:1'],
    [`'gpu:1'`, 'http://gpu:1'],
    ['http://gpu:1/', 'http://gpu:1'],
    ['http://gpu:1//', 'http://gpu:1'],
    ['http://gpu:1/api', 'http://gpu:1'],
    ['http://gpu:1/api/', 'http://gpu:1'],
    ['http://gpu:1//api//', 'http://gpu:1'],
    ['http://gpu:1/api/chat', 'http://gpu:1'],
    ['http://gpu:1/api/generate/', 'http://gpu:1'],
    ['gpu:1/api', 'http://gpu:1'],
    ['gpu/api', 'http://gpu:11434'],
    ['gpu/path:80', 'http://gpu:11434/path:80'],
    ['http://gpu:1/ollama', 'http://gpu:1/ollama'],
    ['http://gpu:1//ollama//', 'http://gpu:1/ollama'],
    ['http://gpu:1/ollama/api/', 'http://gpu:1/ollama'],
    ['http://gpu:1/api/ollama', 'http://gpu:1/api/ollama'],
    ['http://gpu:1/v1', 'http://gpu:1/v1'],
    ['http://gpu:1/my api', 'http://gpu:1/my%20api'],
    ['HTTP://GPU:1', 'http://gpu:1'],
    ['http:gpu:1', 'http://gpu:1'],
    ['http:/gpu:1', 'http://gpu:1'],
    ['http:///gpu:1', 'http://gpu:1'],
    ['http:\\\\gpu:1', 'http://gpu:1'],
    ['//gpu:1', 'http://gpu:1'],
    ['http://gpu:1/?', 'http://gpu:1'],
    ['http://gpu:1/#/', 'http://gpu:1'],
  ])('reads %p as %s', (host, url) => {
    expect(readHost(host)).toEqual({ url, userInfo: '' });
  });

  it.each([
    ['http://user:pass@gpu:1/ollama', 'http://gpu:1/ollama', 'user:pass@'],
    ['user:pass@gpu', 'http://gpu:11434', 'user:pass@'],
    ['user:pass@gpu:80', 'http://gpu', 'user:pass@'],
    ['https://user@gpu', 'https://gpu', 'user:@'],
    ['https://:pass@gpu', 'https://gpu', ':pass@'],
    ['http://user:p%40ss%2F@gpu', 'http://gpu', 'user:p%40ss%2F@'],
    ['http://user:p@ss@0.0.0.0:1', 'http://127.0.0.1:1', 'user:p%40ss@'],
  ])('takes the user information out of %s', (host, url, userInfo) => {
    expect(readHost(host)).toEqual({ url, userInfo });
  });

  const advice = 'Set host to one such as http://127.0.0.1:11434.';
  const noPage = `Only a web page has an origin of its own. ${advice}`;
  const encode =
    'Write / ? # @ in a user name or password as %2F %3F %23 %40, and @ in a path too. ' + advice;

  it.each([
    ['', '""', noPage],
    ['  ', '""', noPage],
    [`""`, '""', noPage],
    ['/', '"/"', noPage],
    ['/ollama', '"/ollama"', noPage],
    ['a b', '"a b"', advice],
    ['http://', '"http://"', advice],
    ['http:', '"http:"', advice],
    ['http://[no', '"http://[no"', advice],
    ['http://gpu:port', '"http://gpu:port"', advice],
    ['http://gpu:99999', '"http://gpu:99999"', advice],
    [':::8080', '":::8080"', advice],
    ['htp://gpu', '"htp://gpu"', advice],
    ['ws://gpu', '"ws://gpu"', advice],
    ['file:///etc/passwd', '"file:///etc/passwd"', advice],
    ['http//gpu:1', '"http//gpu:1"', advice],
    ['http://http://gpu:1', '"http://http://gpu:1"', advice],
    ['http://user:secret@g pu', '"http://g pu"', advice],
    ['user:secret@g pu', '"g pu"', advice],
    ['http://user:se/cret@gpu', '"http://gpu"', advice],
    ['http://user:1/cret@gpu', '"http://gpu"', encode],
    ['http://user:1?cret@gpu', '"http://gpu"', encode],
    ['http://user:1#cret@gpu', '"http://gpu"', encode],
    ['http://gpu/@me', '"http://me"', encode],
    ['http://g pu?key=secret', '"http://g pu"', advice],
  ])('refuses %p', (host, shown, why) => {
    let error: unknown;
    try {
      readHost(host);
    } catch (caught) {
      error = caught;
    }
    expect(isOllamaError(error, 'connection')).toBe(true);
    expect(error).toMatchObject({
      message: `${shown} is not the address of a server. ${why}`,
      cause: { name: 'TypeError', message: 'Invalid URL', code: 'ERR_INVALID_URL' },
    });
  });

  it('names what the user set', () => {
    expect(() => readHost('a b', 'OLLAMA_HOST')).toThrow('Set OLLAMA_HOST to one such as');
  });

  describe('in a web page', () => {
    it.each([
      ['', 'https://app.example'],
      ['  ', 'https://app.example'],
      ['/', 'https://app.example'],
      ['/ollama', 'https://app.example/ollama'],
      ['/ollama/', 'https://app.example/ollama'],
      ['/api', 'https://app.example'],
      ['/api/chat', 'https://app.example'],
      ['gpu', 'http://gpu:11434'],
      ['//gpu:1', 'http://gpu:1'],
      ['http://gpu:1', 'http://gpu:1'],
    ])('reads %p as %s', (host, url) => {
      open('https://app.example');
      expect(readHost(host)).toEqual({ url, userInfo: '' });
    });

    it('keeps the port of the page', () => {
      open('http://localhost:4200');
      expect(readHost('/ollama').url).toBe('http://localhost:4200/ollama');
    });

    it.each(['null', 'chrome-extension://abc', 'app+https://abc'])(
      'has no origin to ask at %s',
      (origin) => {
        open(origin);
        expect(() => readHost('')).toThrow('Only a web page has an origin of its own.');
        expect(readHost('gpu').url).toBe('http://gpu:11434');
      },
    );
  });
});
