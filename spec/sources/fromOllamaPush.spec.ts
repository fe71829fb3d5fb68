import { describe, expect, it } from '@jest/globals';
import { VirtualTimeScheduler } from 'rxjs';
import { OllamaStreamError } from '../../lib/errors.js';
import { fromOllamaPush } from '../../lib/sources/fromOllamaPush.js';
import type { ProgressLine } from '../../lib/types/index.js';
import { diagram } from '../support/diagram.js';
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

  // prettier-ignore
  it('emits how much of the model has been sent', diagram('fromOllamaPush', (m) => {
    const a = { status: 'pushing a', digest: 'a', total: 80 };
    const server = m.cold<ProgressLine>('  --m----a----b----c----(s|)', {
      m: { status: 'retrieving manifest' },
      a, b: { ...a, completed: 40 }, c: { ...a, completed: 80 },
      s: { status: 'success' },
    });
    const expected = '                     --m----a----b----c----(s|)';
    const subs = '                         ^---------------------!';
    const client = { chat: () => [], push: () => server };
    // Its time stands still, so that there is no rate.
    const result = fromOllamaPush(REQUEST, { client, scheduler: new VirtualTimeScheduler() });
    m.expect(result).toBeObservable(expected, {
      m: { status: 'retrieving manifest', completed: 0, total: 0, ratio: 0 },
      a: { ...a, completed: 0, ratio: 0 },
      b: { ...a, completed: 40, ratio: 0.5 },
      c: { ...a, completed: 80, ratio: 1 },
      s: { status: 'success', completed: 80, total: 80, ratio: 1 },
    });
    m.expect(server).toHaveSubscriptions(subs);
    return { inputs: { server }, call: 'fromOllamaPush(request)', results: { result: expected } };
  }));
});
