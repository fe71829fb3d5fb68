import { describe, expect, it } from '@jest/globals';
import {
  createRecorder,
  readRecording,
  type RecordedChunk,
  type RecordedEnd,
  type Recording,
} from '../../lib/core/recording.js';
import {
  OllamaConnectionError,
  OllamaError,
  OllamaHttpError,
  OllamaProtocolError,
  OllamaStreamError,
  OllamaTimeoutError,
  OllamaToolError,
  OllamaTruncatedError,
  OllamaValidationError,
} from '../../lib/errors.js';
import { chunk } from '../../lib/testing/index.js';

const { answer, thinking } = chunk;

const header = '{"format":"rxjs-ollama-recording","version":1,"model":"test"}\n';
const chunkLine = `${JSON.stringify({ at: 5, chunk: answer('Hi') })}\n`;
const endLine = '{"at":9,"end":"complete"}\n';
const partial = { role: 'assistant', content: 'Hi' };

function read(recording: Recording): { chunks: RecordedChunk[]; end: RecordedEnd } {
  const entries = readRecording(recording);
  const chunks: RecordedChunk[] = [];
  for (;;) {
    const { done, value } = entries.next();
    if (done) return { chunks, end: value };
    chunks.push(value);
  }
}

function failureOf(recording: Recording): unknown {
  try {
    return read(recording);
  } catch (error) {
    return error;
  }
}

/** What becomes of an error that is recorded after a chunk, and read again. */
function pass(error: unknown, redact?: () => ReturnType<typeof answer>): unknown {
  const recorder = createRecorder(redact ? { redact } : {});
  const { end } = read([...recorder.chunk(5, answer('Hi')), ...recorder.error(9, error)]);
  return end.end === 'error' && end.error;
}

/** Lists in lists: `JSON.stringify` overflows the stack at this depth. */
function deepList(depth: number): unknown {
  let list: unknown = [];
  for (let i = 1; i < depth; i++) list = [list];
  return list;
}

describe('createRecorder', () => {
  it.each<[string, unknown]>([
    ['nested too deep', deepList(100_000)],
    ['a cycle', undefined],
    ['a BigInt', 5n],
  ])('refuses a chunk that JSON can not express, with a typed error: %s', (what, odd) => {
    const chunk = Object.assign(answer('Hi'), { odd });
    if (what === 'a cycle') Object.assign(chunk, { odd: chunk });
    const recorder = createRecorder({});
    expect(() => recorder.chunk(5, chunk)).toThrow(OllamaProtocolError);
    expect(() => recorder.chunk(5, chunk)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/^JSON can't express a value/),
        cause: expect.any(Error),
      }),
    );
    // The header was not written yet.
    expect(recorder.complete(9)).toHaveLength(2);
  });

  it('writes nothing of a request that is no part of its body', () => {
    const request = {
      model: 'qwen3',
      headers: { authorization: 'secret' },
      host: 'http://user:secret@host',
      client: { secret: 'secret' },
      fetch: 'secret',
    };
    const [line = ''] = createRecorder({ request }).left(9);
    expect(line).not.toContain('secret');
    expect(JSON.parse(line)).toHaveProperty('request', { model: 'qwen3' });
  });

  it('writes a header with the model of the first chunk, then a line for each', () => {
    const recorder = createRecorder({});
    expect(recorder.chunk(5, answer('Hi'))).toEqual([header, chunkLine]);
    expect(recorder.chunk(7, thinking('hm'))).toEqual([
      `${JSON.stringify({ at: 7, chunk: thinking('hm') })}\n`,
    ]);
    expect(recorder.complete(9)).toEqual([endLine]);
  });

  it('names the model of the request when no chunk came, or none', () => {
    const request = { model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] };
    expect(createRecorder({ request }).left(9)).toEqual([
      '{"format":"rxjs-ollama-recording","version":1,"model":"qwen3","request":{"model":"qwen3","messages":[{"role":"user","content":"Hi"}]}}\n',
      '{"at":9,"end":"left"}\n',
    ]);
    expect(createRecorder({}).left(9)[0]).toBe('{"format":"rxjs-ollama-recording","version":1}\n');
  });

  it('never goes back in time, though the clock may', () => {
    const recorder = createRecorder({});
    recorder.chunk(5, answer('Hi'));
    expect(recorder.complete(2)).toEqual(['{"at":5,"end":"complete"}\n']);
  });

  it('writes of an error all but the messages, which the chunks and the request tell', () => {
    const call = { function: { name: 'add', arguments: {} } };
    const partial = { role: 'assistant', content: 'Hi' } as const;
    const error = new OllamaToolError('unknown', call, { partial });
    const [, line = ''] = createRecorder({}).error(9, Object.assign(error, { history: [partial] }));
    expect(JSON.parse(line)).toEqual({
      at: 9,
      end: 'error',
      error: { name: 'OllamaToolError', code: 'tool', message: 'unknown', call },
    });
  });

  it('writes what redact gives, and no text of an error', () => {
    const recorder = createRecorder({
      redact: (chunk) => ({
        ...chunk,
        model: 'secret',
        message: { role: 'assistant', content: '' },
      }),
    });
    const error = new OllamaProtocolError('The line: {"Hi', '{"Hi', {});
    const written = [...recorder.chunk(1, answer('Hi')), ...recorder.error(2, error)].join('');
    expect(written).not.toContain('Hi');
    expect(written).not.toContain('qwen3');
    expect(written).toContain('"code":"protocol"');
  });
});

describe('readRecording', () => {
  it.each<[string, Recording]>([
    ['its text', header + chunkLine + endLine],
    ['its text without a newline at the end', (header + chunkLine + endLine).trimEnd()],
    [
      'its text with the newlines of Windows',
      (header + chunkLine + endLine).replaceAll('\n', '\r\n'),
    ],
    ['its text after a blank line', `\n${header}${chunkLine}${endLine}`],
    ['its lines', [header, chunkLine, endLine]],
    ['its lines without newlines', [header, chunkLine, endLine].map((line) => line.trimEnd())],
    ['the bytes of its text', new TextEncoder().encode(header + chunkLine + endLine)],
    ['a buffer of Node', Buffer.from(header + chunkLine + endLine)],
    ['its text after a byte order mark', `\uFEFF${header}${chunkLine}${endLine}`],
    ['its bytes after a byte order mark', Buffer.from(`\uFEFF${header}${chunkLine}${endLine}`)],
    ['a set of its lines, and blank ones', new Set([header, '\n', chunkLine, '', endLine])],
  ])('takes %s', (_, recording) => {
    expect(read(recording)).toEqual({
      chunks: [{ at: 5, chunk: answer('Hi') }],
      end: { at: 9, end: 'complete' },
    });
  });

  it('reads a chunk as a line of a server, but keeps the marks of operators', () => {
    const marks = { phase: 'answer', reset: true, restart: true, merged: 3, reclassify: true };
    const chunk = { model: 'm', created_at: 't', message: { role: 'assistant' }, ...marks };
    const { chunks } = read([header, JSON.stringify({ at: 1, chunk }), endLine]);
    expect(chunks).toEqual([
      { at: 1, chunk: { ...chunk, done: false, message: { role: 'assistant', content: '' } } },
    ]);
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a number', 5, '5'],
    ['an object', { at: 5 }, '{"at":5}'],
    ['a promise', Promise.resolve(header), '{}'],
  ])('refuses %s in place of a recording', (_, recording, shown) => {
    const error = failureOf(recording as Recording);
    expect(error).toBeInstanceOf(OllamaProtocolError);
    expect(error).toHaveProperty(
      'message',
      `A recording is a text, its bytes, or an iterable of its lines, and not ${shown}.`,
    );
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a number', 5],
    ['an object', { at: 5 }],
    ['bytes', Buffer.from(chunkLine)],
  ])('refuses a line that is %s, and says where', (_, line) => {
    const error = failureOf([header, chunkLine, line] as string[]);
    expect(error).toBeInstanceOf(OllamaProtocolError);
    expect(error).toMatchObject({
      message: expect.stringMatching(/^Line 3 of the recording is not a text: /),
      partial,
    });
  });

  it('reads what came at once, and that the consumer left', () => {
    const chunkAtOnce = JSON.stringify({ at: 0, chunk: answer('Hi') });
    expect(read([header, chunkAtOnce, '{"at":0,"end":"left"}'])).toEqual({
      chunks: [{ at: 0, chunk: answer('Hi') }],
      end: { at: 0, end: 'left' },
    });
  });

  it('reads times that no timer can wait', () => {
    const late = 2 ** 40;
    const { end } = read([header, `{"at":${String(late)},"end":"complete"}`]);
    expect(end).toEqual({ at: late, end: 'complete' });
  });

  it('reads no further than it is asked to, and closes what it reads from', () => {
    let lines = 0;
    let closed = false;
    const produce = function* () {
      try {
        for (const line of [header, chunkLine, chunkLine, endLine]) {
          lines++;
          yield line;
        }
      } finally {
        closed = true;
      }
    };
    const entries = readRecording(produce());
    entries.next();
    expect(lines).toBe(2);
    entries.return({ at: 0, end: 'left' });
    expect({ lines, closed }).toEqual({ lines: 2, closed: true });
  });

  const at = (fields: object): string => JSON.stringify({ at: 7, ...fields });
  const chunkWith = (message: object, fields: object = {}): string => {
    const chunk = answer('Hi');
    return at({ chunk: { ...chunk, message: { ...chunk.message, ...message }, ...fields } });
  };
  it.each<[string, string[], number, string]>([
    ['nothing', [], 1, 'is missing: the header'],
    ['blank lines', ['', '\n'], 3, 'is missing: the header'],
    ['a header that is no JSON', ['{'], 1, 'is not JSON'],
    ['a header that is no object', ['null'], 1, 'is not a header'],
    ['no header', [chunkLine, endLine], 1, 'is not a header'],
    ['another version', [header.replace('1', '2'), endLine], 1, 'not of version 1'],
    ['a line that is no JSON', [header, chunkLine, '\n', '{"at":6,"chu'], 4, 'is not JSON'],
    ['a line that is no object', [header, '7'], 2, 'neither a chunk nor an end'],
    ['a chunk without a time', [header, '{"chunk":{}}'], 2, 'neither'],
    ['a time that is none', [header, chunkLine.replace('5', '"5"')], 2, 'neither'],
    ['a time before the beginning', [header, chunkLine.replace('5', '-5')], 2, 'neither'],
    ['a chunk without a message', [header, at({ chunk: { done: false } })], 2, 'neither'],
    ['a chunk that is a list', [header, at({ chunk: [] })], 2, 'neither'],
    ['content that is a number', [header, chunkWith({ content: 5 })], 2, 'neither'],
    ['content that is a list', [header, chunkWith({ content: ['Hi'] })], 2, 'neither'],
    ['thinking that is an object', [header, chunkWith({ thinking: {} })], 2, 'neither'],
    ['calls that are null', [header, chunkWith({ tool_calls: [null] })], 2, 'neither'],
    ['calls that are an object', [header, chunkWith({ tool_calls: {} })], 2, 'neither'],
    ['done that is a text', [header, chunkWith({}, { done: 'yes' })], 2, 'neither'],
    ['logprobs that are an object', [header, chunkWith({}, { logprobs: {} })], 2, 'neither'],
    ['a mark that is a text', [header, chunkWith({}, { reset: 'yes' })], 2, 'neither'],
    ['an unknown phase', [header, chunkWith({}, { phase: 'other' })], 2, 'neither'],
    ['a count that is a text', [header, chunkWith({}, { merged: '2' })], 2, 'neither'],
    ['a time that is infinite', [header, chunkLine.replace('5', '1e999')], 2, 'neither'],
    ['an entry that is null', [header, 'null'], 2, 'neither'],
    ['an entry that is a list', [header, '[]'], 2, 'neither'],
    ['an unknown end', [header, at({ end: 'lost' })], 2, 'neither'],
    ['an unknown end with an error', [header, at({ end: 'lost', error: {} })], 2, 'neither'],
    ['an error that is none', [header, at({ end: 'error', error: 'lost' })], 2, 'neither'],
    ['an end without a time', [header, '{"end":"complete"}'], 2, 'neither'],
    ['no end', [header, chunkLine], 3, 'is missing: how the chat ended'],
    ['a second recording', [header, endLine, header, endLine], 3, 'comes after its end'],
  ])('refuses %s, and says where', (_, lines, place, what) => {
    const error = failureOf(lines);
    expect(error).toBeInstanceOf(OllamaProtocolError);
    expect(error).toHaveProperty('message', expect.stringContaining(what));
    expect(error).toHaveProperty(
      'message',
      expect.stringMatching(`^Line ${String(place)} of the recording `),
    );
    expect(error).toHaveProperty('line', lines.at(place - 1) ?? '');
  });

  it('counts the lines of a text as those of a list', () => {
    expect(failureOf(header + chunkLine)).toEqual(failureOf([header, chunkLine]));
    expect(failureOf(header + chunkLine)).toHaveProperty(
      'message',
      expect.stringMatching('^Line 3 of the recording is missing'),
    );
  });

  it('says what had been read before a malformed line', () => {
    expect(failureOf([header, chunkLine, '{'])).toMatchObject({
      partial,
      cause: expect.any(SyntaxError),
    });
    expect(failureOf([header, '{'])).not.toHaveProperty('partial');
  });
});

describe('an error that is recorded and read again', () => {
  const call = { id: 'call_1', function: { name: 'add', arguments: { a: 1 } } };
  const fields = { partial: { ...partial, role: 'assistant' as const } };
  it.each<[string, OllamaError]>([
    ['connection', new OllamaConnectionError('broken', { ...fields, cause: new Error('reset') })],
    [
      'http',
      new OllamaHttpError('busy', 429, '{"error":"busy"}', {
        ...fields,
        url: 'http://host/api/chat',
        headers: { 'retry-after': '1' },
        retryAfter: 1000,
        type: 'busy',
      }),
    ],
    ['http', new OllamaHttpError('busy', 503, '', { ...fields, headers: {}, retryAfter: 0 })],
    [
      'stream',
      new OllamaStreamError('oom', { error: 'oom', signin_url: '/' }, fields.partial, {
        type: 'overloaded',
      }),
    ],
    ['truncated', new OllamaTruncatedError('cut', fields)],
    ['protocol', new OllamaProtocolError('no chunk', '<html>', fields)],
    ['timeout', new OllamaTimeoutError('late', 'firstChunk', fields)],
    ['timeout', new OllamaTimeoutError('late', 'idle', fields)],
    ['timeout', new OllamaTimeoutError('late', 'total', fields)],
    ['timeout', new OllamaTimeoutError('late', 'tool', fields)],
    ['tool', new OllamaToolError('unknown', call, fields)],
    ['validation', new OllamaValidationError('no', [{ message: 'x', path: ['a'] }], '{', fields)],
  ])('is the same but for its cause: %s', (code, error) => {
    const again = pass(error);
    expect(again).toBeInstanceOf(error.constructor);
    expect(again).toEqual(error);
    expect({ ...(again as object) }).toEqual({ ...(error as object) });
    expect(again).toHaveProperty('code', code);
  });

  it('has no partial if there was no chunk', () => {
    const recorder = createRecorder({});
    const { end } = read([...recorder.error(9, new OllamaTruncatedError('cut'))]);
    expect(end).toHaveProperty('error', new OllamaTruncatedError('cut'));
    expect(end).not.toHaveProperty('error.partial');
  });

  it.each<[object, object]>([
    [{ code: 'http' }, { status: 0, body: '', headers: {} }],
    [
      { code: 'http', status: 'x', body: 5, headers: [], retryAfter: -1 },
      { status: 0, body: '' },
    ],
    [{ code: 'http', headers: { a: 'b', c: 5 }, url: 5 }, { headers: { a: 'b' } }],
    [{ code: 'http', status: '429', retryAfter: '1000' }, { status: 0 }],
    [{ code: 'stream', detail: 5 }, { detail: {} }],
    [{ code: 'stream', detail: null, type: {} }, { detail: {} }],
    [{ code: 'protocol', line: {} }, { line: '' }],
    [{ code: 'timeout', kind: 'other' }, { kind: 'total' }],
    [{ code: 'timeout' }, { kind: 'total' }],
    [{ code: 'tool', call: null }, { call: { function: { name: '', arguments: {} } } }],
    [{ code: 'tool', call: { function: { name: 5 } } }, { call: { function: { name: '' } } }],
    [
      { code: 'tool', call: { function: { name: 5, arguments: {} } } },
      { call: { function: { name: '' } } },
    ],
    [{ code: 'tool', call: { function: 'add' } }, { call: { function: { name: '' } } }],
    [
      { code: 'validation', issues: {}, text: 5 },
      { issues: [], text: '' },
    ],
    [
      { code: 'validation', issues: [null, 5, { message: 5 }, { message: 'a', path: 'b' }] },
      { issues: [] },
    ],
    [{ code: 'validation', issues: [{ message: 'a' }] }, { issues: [{ message: 'a' }] }],
    [{ code: 'connection', message: 5 }, { message: '' }],
    [
      { code: 'toString', name: 'E', message: 'm' },
      { name: 'E', message: 'm' },
    ],
    [
      { name: {}, message: null },
      { name: 'Error', message: '' },
    ],
  ])('has defaults for what is missing or odd: %p', (error, expected) => {
    const { end } = read([header, JSON.stringify({ at: 9, end: 'error', error })]);
    expect(end).toHaveProperty('error', expect.any(Error));
    expect(end).toMatchObject({ error: expected });
    expect(end).not.toHaveProperty('error.url');
    expect(end).not.toHaveProperty('error.retryAfter');
    expect(end).not.toHaveProperty('error.type');
  });

  it('has only the headers that are texts', () => {
    const error = '{"code":"http","headers":{"a":"b","c":5,"__proto__":"d"}}';
    const { end } = read([header, `{"at":9,"end":"error","error":${error}}`]);
    expect(end).toHaveProperty('error.headers', { a: 'b' });
  });

  it('has no field that is not its own, such as a request that somebody attached', () => {
    const error = Object.assign(new OllamaConnectionError('reset'), { request: 'secret' });
    expect(createRecorder({}).error(9, error).join('')).not.toContain('secret');
  });

  it('keeps its name, code and message where JSON can not express the rest', () => {
    const issues = [{ message: 'x', minimum: 5n }];
    const again = pass(new OllamaValidationError('no', issues, '{'));
    expect(again).toMatchObject({ code: 'validation', message: 'no', issues: [], text: '' });
    const detail = { error: deepList(100_000) };
    expect(pass(new OllamaStreamError('boom', detail))).toMatchObject({
      code: 'stream',
      message: 'boom',
      detail: {},
    });
  });

  it('keeps name and message if it is of another kind', () => {
    expect(pass(new RangeError('out'))).toMatchObject({ name: 'RangeError', message: 'out' });
    expect(pass(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }))).toEqual(
      new Error('refused'),
    );
    expect(pass('just a text')).toMatchObject({ name: 'Error', message: 'just a text' });
    expect(pass(undefined)).toEqual(new Error('undefined'));
  });

  it.each<[string, OllamaError, object]>([
    ['http', new OllamaHttpError('no such model', 404, 'body'), { status: 404, body: '' }],
    ['stream', new OllamaStreamError('oom', { error: 'oom' }), { detail: {} }],
    ['protocol', new OllamaProtocolError('no chunk', '<html>'), { line: '' }],
    ['timeout', new OllamaTimeoutError('late', 'idle'), { kind: 'idle' }],
    ['tool', new OllamaToolError('unknown', call), { call: { function: { name: '' } } }],
    ['validation', new OllamaValidationError('no', [], '{'), { issues: [], text: '' }],
  ])('keeps its kind, but no text, when it is redacted: %s', (code, error, rest) => {
    expect(pass(error, () => answer('-'))).toMatchObject({
      code,
      message: '(redacted)',
      ...rest,
    });
  });
});
