import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ScriptedOllama, Step } from '../../../lib/testing/node/index.js';
import { CHAT, chat, codeOf, createGate, readerOf, start, toContents, toLines } from './support.js';

/** A response of which nothing is read yet. */
async function open(ollama: ScriptedOllama, body: object = CHAT): Promise<IncomingMessage> {
  const request = httpRequest(`${ollama.url}/api/chat`, { method: 'POST', agent: false });
  request.end(JSON.stringify(body));
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  // A reset is told to the request too, which is of no interest any more.
  request.on('error', () => undefined);
  return response;
}

/** The pieces of a body as they were written: each write is a chunk of the transfer encoding. */
async function readPieces(response: IncomingMessage): Promise<string[]> {
  const pieces: string[] = [];
  response.on('data', (piece: Buffer) => pieces.push(piece.toString('latin1')));
  await once(response, 'end');
  return pieces;
}

const DONE: Step = { done: true };
const fixed = { created_at: '2026-01-01T00:00:00Z' };

describe('timing', () => {
  it('waits for a promise before a step, and for no longer', async () => {
    const { gate, open: pass } = createGate();
    const ollama = await start(['one', { content: 'two', delay: gate }, DONE]);
    const { read } = readerOf(await chat(ollama));
    expect(toContents(toLines(await read()))).toEqual(['one']);
    expect(ollama.requests[0]?.linesWritten).toBe(1);
    pass();
    expect(toContents(toLines(await read()))[0]).toBe('two');
  });

  it('waits so many milliseconds before a step', async () => {
    const ollama = await start([{ delay: 30 }, 'one', { content: 'two', delay: 30 }, DONE]);
    const before = performance.now();
    await (await chat(ollama)).text();
    // Timers may fire up to a millisecond early.
    expect(performance.now() - before).toBeGreaterThan(58);
  });

  it('waits before every step of a reply', async () => {
    const ollama = await start({ steps: ['a', 'b', DONE], delay: 20 });
    const before = performance.now();
    await (await chat(ollama)).text();
    expect(performance.now() - before).toBeGreaterThan(57);
  });

  it('waits before no step that has a delay of its own', async () => {
    const steps: Step[] = [
      { content: 'a', delay: 0 },
      { done: true, delay: 1 },
    ];
    const ollama = await start({ steps, delay: 3_600_000 });
    expect(toLines(await (await chat(ollama)).text())).toHaveLength(2);
  });

  it('writes nothing for a step that is only a delay', async () => {
    const ollama = await start([{ delay: 1 }, { delay: Promise.resolve() }]);
    expect(await (await chat(ollama)).text()).toBe('');
  });
});

describe('cutting', () => {
  const steps: Step[] = ['Grüße', '👨‍👩‍👧', { ...fixed, done: true, total_duration: 1 }];

  it('makes each line one write', async () => {
    const ollama = await start(steps);
    const pieces = await readPieces(await open(ollama));
    expect(pieces.map((piece) => piece.indexOf('\n') === piece.length - 1)).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('makes each byte one write', async () => {
    const ollama = await start({ steps, cutting: 1 });
    const pieces = await readPieces(await open(ollama));
    expect(pieces.every((piece) => piece.length === 1)).toBe(true);
    const text = Buffer.from(pieces.join(''), 'latin1').toString();
    expect(toContents(toLines(text))).toEqual(['Grüße', '👨‍👩‍👧', '']);
    expect(ollama.requests[0]?.linesWritten).toBe(3);
  });

  it('makes every so many bytes one write, across lines', async () => {
    const ollama = await start({ steps: [{ raw: 'abc\nde\n' }, { raw: 'f\n' }], cutting: 4 });
    expect(await readPieces(await open(ollama))).toEqual(['abc\n', 'de\nf', '\n']);
  });

  it('makes the whole body one write', async () => {
    const ollama = await start({ steps, cutting: 'whole' });
    const pieces = await readPieces(await open(ollama));
    expect(pieces).toHaveLength(1);
    expect(pieces[0]?.split('\n')).toHaveLength(4);
  });

  it('holds nothing back during a pause', async () => {
    const { gate, open: pass } = createGate();
    const script = { steps: [{ raw: 'abc' }, { raw: 'de' }, { raw: 'f', delay: gate }] };
    for (const cutting of ['whole', 4] as const) {
      const ollama = await start({ ...script, cutting });
      const response = await open(ollama);
      let text = '';
      response.on('data', (piece) => {
        text += String(piece);
        if (text === 'abcde') pass();
      });
      await once(response, 'end');
      expect(text).toBe('abcdef');
    }
  });

  it('changes no byte, whatever the size', async () => {
    const raw = fc.uint8Array({ minLength: 1, maxLength: 20 });
    const sizes = fc.oneof(fc.integer({ min: 1, max: 25 }), fc.constantFrom('line', 'whole'));
    await fc.assert(
      fc.asyncProperty(fc.array(raw, { maxLength: 6 }), sizes, async (raws, cutting) => {
        const ollama = await start({
          steps: raws.map((bytes) => ({ raw: bytes })),
          cutting: cutting,
        });
        const pieces = await readPieces(await open(ollama));
        await ollama.close();
        expect(pieces.join('')).toBe(Buffer.concat(raws).toString('latin1'));
        if (typeof cutting === 'number') {
          expect(pieces.slice(0, -1).every(({ length }) => length === cutting)).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('what is written as it is', () => {
  it('is raw text and bytes: malformed lines, blank lines, a byte order mark', async () => {
    const ollama = await start([
      { raw: '\uFEFF' },
      { raw: '{"model":\n' },
      { raw: '\r\n\n' },
      { raw: new Uint8Array([0xff, 0x0a]) },
    ]);
    const pieces = await readPieces(await open(ollama));
    expect(pieces).toEqual(['\u00ef\u00bb\u00bf', '{"model":\n', '\r\n\n', '\u00ff\n']);
    expect(ollama.requests[0]?.linesWritten).toBe(4);
  });

  it('is what ends a line', async () => {
    const ollama = await start([
      { content: 'a', newline: '\r\n' },
      { done: true, newline: '' },
    ]);
    const text = await (await chat(ollama)).text();
    expect(text.split('\r\n')).toHaveLength(2);
    expect(text.endsWith('}')).toBe(true);
    expect(ollama.requests[0]?.linesWritten).toBe(1);
  });

  it('is nothing but the headers for an empty text', async () => {
    const ollama = await start([{ raw: '' }, { fault: 'hang' }]);
    const response = await open(ollama);
    expect(response.headers['content-type']).toBe('application/x-ndjson');
    response.destroy();
    expect(await ollama.requests[0]?.closed).toBe('aborted');
  });

  it('is an empty body for a scenario without steps', async () => {
    const ollama = await start([]);
    const response = await chat(ollama);
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(ollama.requests[0]?.linesWritten).toBe(0);
  });
});

describe('statuses and headers', () => {
  it('are those of the reply', async () => {
    const html = '<html><body>Bad Gateway</body></html>';
    const ollama = await start({
      status: 502,
      headers: { 'content-type': 'text/html', 'X-Proxy': 'yes' },
      steps: [{ raw: html }],
    });
    const response = await chat(ollama);
    expect(response.status).toBe(502);
    expect(response.headers.get('content-type')).toBe('text/html');
    expect(response.headers.get('x-proxy')).toBe('yes');
    expect(await response.text()).toBe(html);
  });

  it('can go with an empty body, or with a body of the wrong kind and status 200', async () => {
    const empty = await chat(await start({ status: 502, steps: [] }));
    expect([empty.status, await empty.text()]).toEqual([502, '']);
    const sse = await chat(
      await start({
        headers: { 'Content-Type': 'text/event-stream' },
        steps: [{ raw: 'data: {}\n\n' }],
      }),
    );
    expect(sse.headers.get('content-type')).toBe('text/event-stream');
    expect(await sse.text()).toBe('data: {}\n\n');
  });
});

describe('errors', () => {
  it('are a status and JSON before any output, and end the scenario', async () => {
    const ollama = await start([{ error: 'out of memory' }, 'never']);
    const response = await chat(ollama);
    expect(response.status).toBe(500);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.text()).toBe('{"error":"out of memory"}');
  });

  it('have the status of the step, and the headers of the reply', async () => {
    const steps: Step[] = [{ error: 'server busy', status: 503 }];
    const response = await chat(await start({ steps, headers: { 'Retry-After': '1' } }));
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
  });

  it('are a line after some output', async () => {
    const ollama = await start(['a', { error: 'out of <memory>' }]);
    const text = await (await chat(ollama)).text();
    expect(text.split('\n').slice(1)).toEqual(['{"error":"out of \\u003cmemory\\u003e"}', '']);
  });

  it('are the first line where the reply states a status, as old servers have it', async () => {
    const ollama = await start({ status: 200, steps: [{ error: { code: 7 }, newline: '' }] });
    const response = await chat(ollama);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('{"error":{"code":7}}');
  });

  it('are a status with stream: false, also after some output', async () => {
    const ollama = await start(['a', { error: 'out of memory' }]);
    const response = await chat(ollama, { stream: false });
    expect([response.status, await response.text()]).toEqual([500, '{"error":"out of memory"}']);
  });
});

describe('faults', () => {
  it('hang: the response stays open, with or without headers', async () => {
    const ollama = await start(['a', DONE, { fault: 'hang' }]);
    const response = await open(ollama);
    await once(response, 'data');
    await (await fetch(`${ollama.url}/api/version`)).text();
    expect(ollama.requests[0]).toMatchObject({ outcome: 'open', linesWritten: 2 });
    response.destroy();
    expect(await ollama.requests[0]?.closed).toBe('aborted');
  });

  it('cut: half a line, and the regular end', async () => {
    const ollama = await start(['a', { fault: 'cut' }, 'never']);
    const [line, half, ...rest] = (await (await chat(ollama)).text()).split('\n');
    expect(toContents(toLines(line ?? ''))).toEqual(['a']);
    expect(half).toMatch(/^\{"model":"qwen3","created_at":/);
    expect(half).not.toContain('}');
    expect(rest).toEqual([]);
    expect(await ollama.requests[0]?.closed).toBe('completed');
  });

  it('cut: half of the only line with stream: false', async () => {
    for (const steps of [[{ fault: 'cut' }], ['a', { fault: 'cut' }]] as Step[][]) {
      const ollama = await start(steps);
      const text = await (await chat(ollama, { stream: false })).text();
      expect(text).toMatch(/^\{"model":"qwen3"/);
      expect(() => JSON.parse(text) as unknown).toThrow();
    }
  });

  it.each([
    ['reset', 'ECONNRESET'],
    ['close', 'UND_ERR_SOCKET'],
  ] as const)('%s: the connection breaks before headers', async (fault, code) => {
    const ollama = await start([{ fault }]);
    expect(await codeOf(chat(ollama))).toBe(code);
    expect(await ollama.requests[0]?.closed).toBe('dropped');
  });

  it.each(['reset', 'close'] as const)(
    '%s: the connection breaks in mid-stream, after what was written',
    async (fault) => {
      const { gate, open: pass } = createGate();
      const ollama = await start(['a', { fault, delay: gate }]);
      const response = await open(ollama);
      const [piece] = (await once(response, 'data')) as [Buffer];
      expect(toContents(toLines(piece.toString()))).toEqual(['a']);
      pass();
      const [error] = (await once(response, 'error')) as [NodeJS.ErrnoException];
      expect(error.code).toBe('ECONNRESET');
      expect(await ollama.requests[0]?.closed).toBe('dropped');
    },
  );

  it('close: nothing that was written before is lost', async () => {
    const line = `${'x'.repeat(1023)}\n`;
    const ollama = await start([...Array<Step>(2000).fill({ raw: line }), { fault: 'close' }]);
    const response = await open(ollama);
    let length = 0;
    response.on('data', (piece: Buffer) => (length += piece.length));
    await once(response, 'error');
    expect(length).toBe(2000 * 1024);
  });
});

describe('a client that does not read', () => {
  it('holds the server back, and lets it on when it reads again', async () => {
    const total = 40_000;
    const line = `${'x'.repeat(1023)}\n`;
    const ollama = await start(function* () {
      for (let n = 0; n < total; n++) yield { raw: line };
    });
    const response = await open(ollama);
    response.pause();
    const [request] = ollama.requests;
    // Other requests, to and fro: time in which a server that isn't held back would write it all.
    for (let n = 0; n < 20; n++) await (await fetch(`${ollama.url}/api/version`)).text();
    expect(request?.outcome).toBe('open');
    expect(request?.linesWritten).toBeGreaterThan(0);
    expect(request?.linesWritten).toBeLessThan(total / 2);

    let length = 0;
    response.on('data', (piece: Buffer) => (length += piece.length)).resume();
    await once(response, 'end');
    expect(length).toBe(total * 1024);
    expect(await request?.closed).toBe('completed');
    expect(request?.linesWritten).toBe(total);
  });

  it('gets its turn in a process that it shares with the server', async () => {
    const ollama = await start(function* () {
      for (;;) yield 'more and more ';
    });
    const response = await open(ollama);
    expect(ollama.requests[0]?.linesWritten).toBeLessThan(5000);
    response.destroy();
    expect(await ollama.requests[0]?.closed).toBe('aborted');
  });

  it('that leaves lets an endless generator end', async () => {
    const { gate: ended, open: end } = createGate();
    const ollama = await start(function* () {
      try {
        for (;;) yield 'more and more ';
      } finally {
        end();
      }
    });
    const response = await open(ollama);
    response.destroy();
    expect(await ollama.requests[0]?.closed).toBe('aborted');
    await ended;
  });
});
