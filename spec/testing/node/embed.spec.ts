import { describe, expect, it } from '@jest/globals';
import { post, start } from './support.js';

describe('/api/embed', () => {
  it('answers with the lengths of the texts, unless there is a script', async () => {
    const ollama = await start();
    const response = await post(ollama, '/api/embed', { model: 'm', input: ['a', 'bcd'] });
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toEqual({ model: 'm', embeddings: [[1], [3]] });
    expect(await (await post(ollama, '/api/embed', { model: 'm', input: 'ab' })).json()).toEqual({
      model: 'm',
      embeddings: [[2]],
    });
    expect(ollama.requests[0]?.body.input).toEqual(['a', 'bcd']);
  });

  it('plays a script: raw steps, errors and faults', async () => {
    const ollama = await start(({ body: { input } }) =>
      input === 'no' ? [{ error: 'no' }] : [{ raw: '{"embeddings":' }, { raw: '[]}' }],
    );
    const good = await post(ollama, '/api/embed', { model: 'm', input: 'yes' });
    expect(await good.json()).toEqual({ embeddings: [] });
    const bad = await post(ollama, '/api/embed', { model: 'm', input: 'no' });
    expect(bad.status).toBe(500);
    expect(await bad.json()).toEqual({ error: 'no' });
  });
});
