import { describe, expect, it } from '@jest/globals';
import { VirtualTimeScheduler, distinctUntilKeyChanged, repeat, tap } from 'rxjs';
import { OllamaStreamError, OllamaTruncatedError } from '../../lib/errors.js';
import { fromOllamaPull } from '../../lib/sources/fromOllamaPull.js';
import type { ProgressStep, Script } from '../../lib/testing/node/index.js';
import type { ModelProgress, ProgressLine } from '../../lib/types/index.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';
import { forbidConsole, listen, start } from './support.js';

forbidConsole();

const REQUEST = { model: 'qwen3' };

/** Time that stands still, so that there is no rate. */
const still = () => new VirtualTimeScheduler();

async function pull(script: Script) {
  const { url: host } = await start(script);
  return fromOllamaPull(REQUEST, { host, scheduler: still() });
}

const layer = (digest: string, total: number, completed = 0): ProgressStep => ({
  status: `pulling ${digest}`,
  digest: `sha256:${digest}`,
  total,
  completed,
});

const manifest = { status: 'pulling manifest' };
const success = { status: 'success' };

describe('fromOllamaPull', () => {
  it('tells of each line how far all layers have come, and completes', async () => {
    const steps = [
      manifest,
      layer('a', 80),
      layer('a', 80),
      layer('b', 20, 5),
      layer('a', 80, 35),
      layer('b', 20, 20),
      layer('a', 80, 80),
      { status: 'verifying sha256 digest' },
      { status: 'writing manifest' },
      success,
    ];
    const { values, error } = await listen(await pull(steps));
    expect(error).toBeUndefined();
    const a = { status: 'pulling a', digest: 'sha256:a' };
    const b = { status: 'pulling b', digest: 'sha256:b' };
    const whole = { completed: 100, total: 100, ratio: 1 };
    expect(values).toEqual([
      { ...manifest, completed: 0, total: 0, ratio: 0 },
      { ...a, completed: 0, total: 80, ratio: 0 },
      { ...a, completed: 0, total: 80, ratio: 0 },
      { ...b, completed: 5, total: 100, ratio: 0.05 },
      { ...a, completed: 40, total: 100, ratio: 0.4 },
      { ...b, completed: 55, total: 100, ratio: 0.55 },
      { ...a, ...whole },
      { status: 'verifying sha256 digest', ...whole },
      { status: 'writing manifest', ...whole },
      { ...success, ...whole },
    ]);
  });

  // prettier-ignore
  it('emits how much of all known layers has arrived', diagram('fromOllamaPull', (m) => {
    const server = m.cold<ProgressLine>('  --m--a----b----c----d----(s|)', {
      m: manifest, a: layer('a', 80), b: layer('b', 20), c: layer('a', 80, 80), d: layer('b', 20, 20), s: success,
    });
    const expected = '                     --m--a----b----c----d----(s|)';
    const subs = '                         ^------------------------!';
    const [a, b] = [{ status: 'pulling a', digest: 'sha256:a' }, { status: 'pulling b', digest: 'sha256:b' }];
    const client = { chat: () => [], pull: () => server };
    m.expect(fromOllamaPull(REQUEST, { client, scheduler: still() })).toBeObservable(expected, {
      m: { ...manifest, completed: 0, total: 0, ratio: 0 },
      a: { ...a, completed: 0, total: 80, ratio: 0 },
      b: { ...b, completed: 0, total: 100, ratio: 0 },
      c: { ...a, completed: 80, total: 100, ratio: 0.8 },
      d: { ...b, completed: 100, total: 100, ratio: 1 },
      s: { ...success, completed: 100, total: 100, ratio: 1 },
    });
    m.expect(server).toHaveSubscriptions(subs);
    return { inputs: { server }, call: 'fromOllamaPull(request)', results: { result: expected } };
  }));

  it('has nothing of the zeros on the wire, as Ollama hasn’t', async () => {
    const { url } = await start([layer('a', 80), success]);
    const response = await fetch(`${url}/api/pull`, { method: 'POST', body: '{"model":"m"}' });
    const [line = ''] = (await response.text()).split('\n');
    expect(JSON.parse(line)).not.toHaveProperty('completed');
  });

  it('starts over for each subscription', async () => {
    const { values } = await listen((await pull([layer('a', 4, 3), success])).pipe(repeat(2)));
    expect(values.map(({ ratio }) => ratio)).toEqual([0.75, 1, 0.75, 1]);
  });

  it('gives the steps to whoever wants no more than those', async () => {
    const all = await pull([manifest, layer('a', 4), layer('a', 4, 2), layer('a', 4, 4), success]);
    const { values } = await listen(all.pipe(distinctUntilKeyChanged('status')));
    expect(values.map(({ status }) => status)).toEqual([
      'pulling manifest',
      'pulling a',
      'success',
    ]);
  });

  it('sends what the official client sends', async () => {
    const ollama = await start();
    const request = Object.freeze({ ...REQUEST, insecure: true });
    await listen(fromOllamaPull(request, { host: ollama.url }));
    expect((await ollama.received()).body).toEqual({ name: 'qwen3', insecure: true, stream: true });
  });

  it('gives nothing but the end with stream: false', async () => {
    const ollama = await start([manifest, layer('a', 4, 2), success]);
    const { values } = await listen(
      fromOllamaPull({ ...REQUEST, stream: false }, { host: ollama.url }),
    );
    expect(values).toEqual([{ ...success, completed: 0, total: 0, ratio: 1 }]);
    expect((await ollama.received()).body).toMatchObject({ stream: false });
  });

  it('fails with the error that comes as a line of the response, after the progress before it', async () => {
    const message = 'pull model manifest: file does not exist';
    const { values, error } = await listen(await pull([manifest, { error: message }]));
    expect(values).toHaveLength(1);
    expect(error).toBeInstanceOf(OllamaStreamError);
    expect(error).toMatchObject({ message, detail: { error: message } });
    expect(error).not.toHaveProperty('partial');
  });

  it('fails if the response ends without success', async () => {
    const { values, error } = await listen(await pull([manifest, layer('a', 80, 80)]));
    expect(values).toHaveLength(2);
    expect(error).toBeInstanceOf(OllamaTruncatedError);
    expect((error as Error).message).toBe(
      'The response ended without "success": it is incomplete. The server\'s log may say why.',
    );
    expect(error).not.toHaveProperty('partial');
  });

  it('fails if the response ends in the middle of a line', async () => {
    const { error } = await listen(await pull([manifest, { raw: '{"status":"succ' }]));
    expect(error).toBeInstanceOf(OllamaTruncatedError);
  });
});

describe('bytesPerSecond', () => {
  it('goes by the clock of the scheduler', async () => {
    const scheduler = still();
    const ollama = await start([
      layer('a', 4000),
      layer('a', 4000, 500),
      layer('a', 4000, 2000),
      success,
    ]);
    const { values } = await listen(
      fromOllamaPull(REQUEST, { host: ollama.url, scheduler }).pipe(
        tap(() => {
          scheduler.frame += 500;
        }),
      ),
    );
    expect(values.map(({ bytesPerSecond }) => bytesPerSecond)).toEqual([
      undefined,
      1000,
      2000,
      undefined,
    ]);
  });

  // prettier-ignore
  it('is there in virtual time too, with a client of the user’s own', marbles((m) => {
    const lines = m.cold<ProgressLine>('                -a-b(s|)', {
      a: Object.freeze(layer('a', 1000)),
      b: Object.freeze(layer('a', 1000, 4)),
      s: success,
    });
    const client = { chat: () => [], pull: () => lines };
    const progress: Record<string, ModelProgress> = {
      a: { status: 'pulling a', digest: 'sha256:a', completed: 0, total: 1000, ratio: 0 },
      b: { status: 'pulling a', digest: 'sha256:a', completed: 4, total: 1000, ratio: 0.004, bytesPerSecond: 2000 },
      s: { status: 'success', completed: 4, total: 1000, ratio: 1 },
    };
    m.expect(fromOllamaPull(REQUEST, { client })).toBeObservable('       -a-b(s|)', progress);
    m.expect(fromOllamaPull(REQUEST, { client }), '--!').toBeObservable('-a-', progress);
    m.expect(lines).toHaveSubscriptions(['^---!', '^-!']);
  }));
});
