import { describe, expect, it } from '@jest/globals';
import { OllamaStreamError } from '../../lib/errors.js';
import { fromOllamaPush } from '../../lib/sources/fromOllamaPush.js';
import { forbidConsole, listen, start } from './support.js';

forbidConsole();

const REQUEST = Object.freeze({ model: 'me/mario' });

describe('fromOllamaPush', () => {
  it('tells how far the model has come, of all its layers', async () => {
    const ollama = await start([
      { status: 'retrieving manifest' },
      { status: 'pushing a', digest: 'a', total: 60 },
      { status: 'pushing b', digest: 'b', total: 40 },
      { status: 'pushing a', digest: 'a', total: 60, completed: 60 },
      { status: 'pushing b', digest: 'b', total: 40, completed: 40 },
      { status: 'success' },
    ]);
    const { values, error } = await listen(fromOllamaPush(REQUEST, { host: ollama.url }));
    expect(error).toBeUndefined();
    expect(values.map(({ completed }) => completed)).toEqual([0, 0, 0, 60, 100, 100]);
    expect(values.map(({ ratio }) => ratio)).toEqual([0, 0, 0, 0.6, 1, 1]);
    expect((await ollama.received()).body).toEqual({ name: 'me/mario', stream: true });
  });

  it('fails with the line that says that one may not', async () => {
    const error = 'you are not authorized to push to this namespace';
    const { url: host } = await start([{ status: 'retrieving manifest' }, { error }]);
    const heard = await listen(fromOllamaPush(REQUEST, { host }));
    expect(heard.values).toHaveLength(1);
    expect(heard.error).toBeInstanceOf(OllamaStreamError);
    expect((heard.error as Error).message).toBe(error);
  });
});
