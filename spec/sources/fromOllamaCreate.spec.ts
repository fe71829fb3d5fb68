import { describe, expect, it } from '@jest/globals';
import { fromOllamaCreate } from '../../lib/sources/fromOllamaCreate.js';
import type { ProgressLine } from '../../lib/types/index.js';
import { diagram } from '../support/diagram.js';
import { forbidConsole, listen, start } from './support.js';

forbidConsole();

describe('fromOllamaCreate', () => {
  it('tells what the server does, and counts bytes where there are any', async () => {
    const { url: host } = await start([
      { status: 'reading model metadata' },
      { status: 'quantizing F16 model to Q4_K_M', digest: '0000000', total: 10 },
      { status: 'quantizing F16 model to Q4_K_M', digest: '0000000', total: 10, completed: 5 },
      { status: 'writing manifest' },
      { status: 'success' },
    ]);
    const { values, error } = await listen(
      fromOllamaCreate({ model: 'small', from: 'large', quantize: 'q4_K_M' }, { host }),
    );
    expect(error).toBeUndefined();
    expect(values.map(({ status, ratio }) => [status, ratio])).toEqual([
      ['reading model metadata', 0],
      ['quantizing F16 model to Q4_K_M', 0],
      ['quantizing F16 model to Q4_K_M', 0.5],
      ['writing manifest', 0.5],
      ['success', 1],
    ]);
  });

  it('sends the request as it is, unknown keys included', async () => {
    const ollama = await start();
    const request = {
      ...{ model: 'mario', from: 'qwen3', system: 'You are Mario.' },
      parameters: { temperature: 1 },
      messages: Object.freeze([Object.freeze({ role: 'user', content: 'Hi' })]),
      files: { 'model.gguf': 'sha256:1' },
      of_the_future: true,
    };
    await listen(fromOllamaCreate(Object.freeze(request), { host: ollama.url }));
    expect((await ollama.received()).body).toEqual({ ...request, stream: true });
  });

  // prettier-ignore
  it('emits each status of the server', diagram('fromOllamaCreate', (m) => {
    const [layer, manifest, success] = [{ status: 'using existing layer' }, { status: 'writing manifest' }, { status: 'success' }];
    const server = m.cold<ProgressLine>('  --l----m----(s|)', { l: layer, m: manifest, s: success });
    const expected = '                     --l----m----(s|)';
    const subs = '                         ^-----------!';
    const client = { chat: () => [], create: () => server };
    const none = { completed: 0, total: 0, ratio: 0 };
    m.expect(fromOllamaCreate({ model: 'mario', from: 'qwen3' }, { client })).toBeObservable(expected, {
      l: { ...layer, ...none }, m: { ...manifest, ...none }, s: { ...success, ...none, ratio: 1 },
    });
    m.expect(server).toHaveSubscriptions(subs);
    return { inputs: { server }, call: 'fromOllamaCreate(request)', results: { result: expected } };
  }));
});
