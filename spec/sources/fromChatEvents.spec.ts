import { describe, expect, it } from '@jest/globals';
import { dematerialize, ignoreElements, map, merge, take, timer } from 'rxjs';
import {
  OllamaConnectionError,
  OllamaHttpError,
  OllamaProtocolError,
  OllamaStreamError,
  OllamaTimeoutError,
  OllamaToolError,
  OllamaTruncatedError,
  OllamaValidationError,
  isOllamaError,
  type OllamaError,
} from '../../lib/errors.js';
import { fromChatEvents, type ChatEventsInput } from '../../lib/sources/fromChatEvents.js';
import { chunk } from '../../lib/testing/index.js';
import type { ToolRunEvent } from '../../lib/tools/events.js';
import type { OtherEvent } from '../../lib/wire/chatEvents.js';
import {
  DONE,
  SSE,
  event,
  events,
  send,
  sendAndBreak,
  sendAndHold,
  startGateway,
  type Gateway,
} from './gateway.js';
import { diagram } from '../support/diagram.js';
import { playEvents } from './playEvents.js';
import { forbidConsole, listen, toContents } from './support.js';

const { answer, done, thinking, toolCall } = chunk;

forbidConsole();

const NDJSON = { 'Content-Type': 'application/x-ndjson' };
const VALUES = [thinking('Hm'), answer('Hel'), answer('lo'), done()];
const CHECK =
  'Does the URL answer as rxjs-ollama/node does, and does nothing in between rewrite it?';
/** One request, so that an error is that of the first one. */
const ONCE = { reconnect: false } as const;

const toLines = (values: readonly object[]): string[] =>
  values.map((value) => `${JSON.stringify(value)}\n`);

describe('fromChatEvents', () => {
  // prettier-ignore
  it('emits the chunks of the events, when they come', async () => {
    const chunks = { a: answer('Hel'), b: answer('lo'), d: done() };
    const values = { ...chunks, e: DONE };
    const sent = '    --a--b--(de|)';
    const expected = '--a--b--(d|)';
    const subs = '    ^-------!';
    const heard = await playEvents(sent.trim(), values, (fetch) => fromChatEvents('/chat', { fetch }));
    diagram('fromChatEvents', (m) => {
      const events = m.cold(sent, values);
      const read = merge(
        ...heard.map(({ at, notification }) => timer(at).pipe(map(() => notification))),
      ).pipe(dematerialize());
      const result = merge(events.pipe(ignoreElements()), read);
      m.expect(events).toHaveSubscriptions(subs);
      m.expect(result).toBeObservable(expected, chunks);
      return { inputs: { events }, call: 'fromChatEvents(url)', results: { result: expected } };
    })();
  });

  it('emits the chunks of server-sent events, and completes at the terminal event', async () => {
    const { url, requests } = await startGateway(
      send([': open\n\n', ...events(VALUES, DONE), ': hb\n\n']),
    );
    const { values, error, count } = await listen(fromChatEvents(url));
    expect(error).toBeUndefined();
    expect(values).toEqual(VALUES);
    expect(count).toBe(VALUES.length + 1);
    expect(requests).toMatchObject([
      { method: 'GET', headers: { accept: 'text/event-stream, application/x-ndjson' } },
    ]);
    expect(requests[0]?.headers).not.toHaveProperty('last-event-id');
  });

  it('emits the chunks of lines', async () => {
    const { url } = await startGateway(
      send([...toLines(VALUES), '\n', ...toLines([DONE])], NDJSON),
    );
    const { values, error } = await listen(fromChatEvents(url));
    expect(error).toBeUndefined();
    expect(values).toEqual(VALUES);
  });

  it.each(['text/event-stream', 'Text/Event-Stream', ' text/event-stream ; charset=utf-8;a=b'])(
    'reads events of the type %j',
    async (type) => {
      const { url } = await startGateway(send(events(VALUES, DONE), { 'Content-Type': type }));
      expect((await listen(fromChatEvents(url))).values).toEqual(VALUES);
    },
  );

  it('makes nothing before it is subscribed to, and a request per subscription', async () => {
    const { url, requests } = await startGateway(send(events(VALUES, DONE)));
    const chat = fromChatEvents(new URL(url));
    expect(requests).toHaveLength(0);
    await listen(chat);
    expect((await listen(chat)).values).toEqual(VALUES);
    expect(requests).toHaveLength(2);
  });

  it('sends a Request, with its headers and body, at each subscription', async () => {
    const { url, requests } = await startGateway(send(events(VALUES, DONE)));
    const request = new Request(url, {
      method: 'POST',
      body: 'Hi',
      headers: { 'X-One': '1', 'X-Two': '2' },
    });
    const chat = fromChatEvents(request, { headers: [['x-two', '3']], after: '1-0' });
    expect((await listen(chat)).values).toEqual(VALUES);
    expect((await listen(chat)).values).toEqual(VALUES);
    const sent = {
      method: 'POST',
      body: 'Hi',
      headers: { 'x-one': '1', 'x-two': '3', 'last-event-id': '1-0' },
    };
    expect(requests).toMatchObject([sent, sent]);
  });

  it('reads a Response once', async () => {
    const { url } = await startGateway(send(events(VALUES, DONE)));
    const chat = fromChatEvents(await fetch(url));
    expect((await listen(chat)).values).toEqual(VALUES);
    const { error } = await listen(chat);
    expect(error).toBeInstanceOf(OllamaConnectionError);
    expect(error).toMatchObject({ message: expect.stringMatching(/has been read already/) });
  });

  it('emits the events of a run', async () => {
    const call = { id: 'call_0', function: { name: 'add', arguments: { x: 1 } } };
    const run: ToolRunEvent[] = [
      { type: 'chunk', step: 1, chunk: toolCall('add', { x: 1 }, 'call_0') },
      { type: 'tool-call', step: 1, call },
      { type: 'tool-approval', step: 1, call, reason: 'It costs.' },
      { type: 'tool-start', step: 1, call },
      { type: 'tool-progress', step: 1, call, value: { half: true } },
      { type: 'tool-result', step: 1, call, result: 3, text: '3', fromProgress: true },
      { type: 'tool-denied', step: 1, call, text: 'no' },
      {
        type: 'step-finish',
        step: 1,
        reason: 'stop',
        message: { role: 'assistant', content: '', tool_calls: [call] },
        results: [{ role: 'tool', content: '3', tool_name: 'add', tool_call_id: 'call_0' }],
        pending: [call],
        statistics: { eval_count: 3 },
      },
      {
        type: 'finish',
        step: 1,
        reason: 'approval',
        messages: [],
        pending: [call],
        statistics: {},
      },
    ];
    const { url } = await startGateway(send(events(run, DONE)));
    const { values, error } = await listen(fromChatEvents<ToolRunEvent>(url));
    expect(error).toBeUndefined();
    expect(values).toEqual(run);
  });

  it('gives the error of a tool its class', async () => {
    const call = { id: 'call_0', function: { name: 'add', arguments: 'none' } };
    const failed = { type: 'tool-error', step: 1, call, text: 'no' };
    const sent = [
      { ...failed, error: { code: 'validation', message: 'x is missing' } },
      { ...failed, error: { code: 'internal', message: 'It failed.' } },
      { ...failed },
    ];
    const { url } = await startGateway(send(events(sent, DONE)));
    const { values } = await listen(fromChatEvents<ToolRunEvent>(url));
    const errors = values.map((value) => value.type === 'tool-error' && value.error);
    expect(errors[0]).toBeInstanceOf(OllamaValidationError);
    expect(errors[1]).toBeInstanceOf(OllamaToolError);
    expect(errors[1]).toMatchObject({ message: 'It failed.', call });
    expect(errors[2]).toBeInstanceOf(OllamaToolError);
  });

  it('emits no events of other names, and no empty ones', async () => {
    const { url } = await startGateway(
      send([
        event('place-in-line', { place: 2 }),
        event('message', 'hello'),
        'event: chunk\n\n',
        'nonsense\nretry: soon\n\n',
        ...events(VALUES, DONE),
      ]),
    );
    const { values, error } = await listen(fromChatEvents(url));
    expect(error).toBeUndefined();
    expect(values).toEqual(VALUES);

    const others: OtherEvent[] = [];
    await listen(fromChatEvents(url, { onOther: (other) => others.push(other) }));
    expect(others).toEqual([
      { name: 'place-in-line', data: '{"place":2}' },
      { name: 'message', data: 'hello' },
    ]);
  });

  it('fails with what onOther throws', async () => {
    const { url } = await startGateway(send([event('place', 2), ...events(VALUES, DONE)]));
    const thrown = new Error('from onOther');
    const { error } = await listen(
      fromChatEvents(url, {
        onOther() {
          throw thrown;
        },
      }),
    );
    expect(error).toBe(thrown);
  });

  it('keeps the marks of operators, and removes wrong statistics', async () => {
    const marked = { ...answer('a'), phase: 'answer', reset: true };
    const final = { ...done(), eval_count: 'many' };
    const { url } = await startGateway(send(events([marked, final], DONE)));
    const { values } = await listen(fromChatEvents(url));
    expect(values[0]).toEqual(marked);
    expect(values[1]).not.toHaveProperty('eval_count');
  });

  it('completes at `stopped`, without a final chunk', async () => {
    const { url } = await startGateway(send(events([answer('a')], { type: 'stopped' })));
    const { values, error } = await listen(fromChatEvents(url));
    expect([toContents(values), error]).toEqual([['a'], undefined]);
  });

  it('calls onId right before each event with an id', async () => {
    const { url } = await startGateway(send(events([answer('a'), done()], DONE)));
    const log: string[] = [];
    const chat = fromChatEvents(url, { onId: (id) => log.push(id) });
    await new Promise<void>((resolve) => {
      chat.subscribe({ next: (value) => log.push(value.message.content), complete: resolve });
    });
    expect(log).toEqual(['1-1', 'a', '1-2', '', '1-3']);
  });

  it('asks for what comes after an id', async () => {
    const { url, requests } = await startGateway(send(events([answer('b'), done()], DONE, 2)));
    const { values, error } = await listen(fromChatEvents(url, { after: '1-1' }));
    expect(error).toBeUndefined();
    expect(toContents(values)).toEqual(['b', '']);
    expect(requests[0]?.headers).toMatchObject({ 'last-event-id': '1-1' });
  });

  it('completes after HTTP 204, when nothing is to be continued', async () => {
    const { url, requests } = await startGateway(send([], {}, 204));
    const { values, error } = await listen(fromChatEvents(url, { after: '1-9' }));
    expect([values, error, requests.length]).toEqual([[], undefined, 1]);
  });
});

describe('a reader of events that unsubscribes', () => {
  it.each<[string, (gateway: Gateway) => ChatEventsInput | Promise<ChatEventsInput>]>([
    ['a URL', ({ url }) => url],
    ['a Request', ({ url }) => new Request(url, { method: 'POST', body: 'Hi' })],
    ['a Response', ({ url }) => fetch(url)],
  ])('leaves the server in mid-stream: %s', async (_, open) => {
    const gateway = await startGateway(sendAndHold(events([answer('a')])));
    const { values } = await listen(fromChatEvents(await open(gateway)).pipe(take(1)));
    expect(toContents(values)).toEqual(['a']);
    expect(await gateway.requests[0]?.closed).toBe('left');
    expect(gateway.requests).toHaveLength(1);
  });

  it('leaves the server before the headers', async () => {
    let arrived: () => void = () => undefined;
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const { url, requests } = await startGateway(() => {
      arrived();
    });
    const subscription = fromChatEvents(url).subscribe();
    await arrival;
    subscription.unsubscribe();
    expect(await requests[0]?.closed).toBe('left');
  });

  it('makes no request in the frame of its subscription', async () => {
    const { url, requests } = await startGateway(send(events(VALUES, DONE)));
    fromChatEvents(url).subscribe().unsubscribe();
    await listen(fromChatEvents(url));
    expect(requests).toHaveLength(1);
  });

  it('cancels a response that a fetch resolves to later', async () => {
    let answerLate: (response: Response) => void = () => undefined;
    let ask: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      ask = resolve;
    });
    const fetch = () =>
      new Promise<Response>((resolve) => {
        answerLate = resolve;
        ask();
      });
    const subscription = fromChatEvents('http://127.0.0.1:1', { fetch }).subscribe();
    await asked;
    subscription.unsubscribe();
    const cancelled = new Promise<void>((cancel) => {
      answerLate(new Response(new ReadableStream({ cancel }), { headers: SSE }));
    });
    await expect(cancelled).resolves.toBeUndefined();
  });

  it('fails with the reason of the signal of its Request', async () => {
    const { url, requests } = await startGateway(sendAndHold(events([answer('a')])));
    const controller = new AbortController();
    const reason = new Error('enough');
    const chat = fromChatEvents(new Request(url, { signal: controller.signal }));
    const heard = new Promise((resolve) => {
      chat.subscribe({
        next: () => {
          controller.abort(reason);
        },
        error: resolve,
      });
    });
    expect(await heard).toBe(reason);
    expect(await requests[0]?.closed).toBe('left');
    expect((await listen(chat)).error).toBe(reason);
    expect(requests).toHaveLength(1);
  });
});

/** One way in which an answer fails, and what its reader gets. */
interface Failure {
  readonly does: string;
  readonly sends: readonly string[];
  readonly headers?: Record<string, string>;
  readonly status?: number;
  readonly is: new (...args: never[]) => OllamaError;
  readonly message: string | RegExp;
  readonly before?: readonly string[];
  readonly fields?: object;
}

const BEGUN = events([answer('Hel'), answer('lo')]);
const before = ['Hel', 'lo'];
const fail = (data: object): string[] => [...BEGUN, event('failed', data, '1-3')];
const raw = (name: string | undefined, data: unknown): string[] => [
  ...BEGUN,
  event(name, data, '1-3'),
];

const failures: readonly Failure[] = [
  {
    does: 'says that it failed, with a code of this library',
    sends: fail({ code: 'timeout', message: 'It took too long.' }),
    is: OllamaTimeoutError,
    message: 'It took too long.',
    before,
    fields: { cause: { type: 'failed', code: 'timeout', message: 'It took too long.' } },
  },
  {
    does: 'says that Ollama refused, with a status',
    sends: fail({ code: 'http', message: 'Busy.', status: 503, retryable: true }),
    is: OllamaHttpError,
    message: 'Busy.',
    before,
    fields: { status: 503, cause: { retryable: true } },
  },
  {
    does: 'says that it failed, with a code of its own',
    sends: fail({ code: 'quota', message: 'No more today.' }),
    is: OllamaStreamError,
    message: 'No more today.',
    before,
    fields: { type: 'quota' },
  },
  {
    does: 'says that it failed, without words',
    sends: fail({ code: 'internal', message: '' }),
    is: OllamaStreamError,
    message: 'The answer could not be completed.',
    before,
    fields: { type: 'internal' },
  },
  {
    does: 'says that the run was abandoned',
    sends: [...BEGUN, event('abandoned', {}, '1-3')],
    is: OllamaTruncatedError,
    message: 'The run was stopped, because no client read it for too long.',
    before,
  },
  {
    does: 'says that events are gone',
    sends: [event('gap', { first: '1-902' })],
    is: OllamaTruncatedError,
    message: 'The server no longer has the events before 1-902.',
  },
  {
    does: 'shuts down',
    sends: [...BEGUN, event('closing', { retry: 50 })],
    is: OllamaConnectionError,
    message: 'The server shuts down. Make the request again.',
    before,
  },
  {
    does: 'ends without a terminal event',
    sends: BEGUN,
    is: OllamaTruncatedError,
    message:
      "The response ended without a terminal event: it is incomplete. The server's log may say why.",
    before,
  },
  {
    does: 'ends in an event',
    sends: [...BEGUN, 'event: done\ndata: {}'],
    is: OllamaTruncatedError,
    message: /^The response ended without a terminal event/,
    before,
  },
  {
    does: 'ends without an event',
    sends: [': open\n\n'],
    is: OllamaTruncatedError,
    message: /^The response ended before its first chunk/,
  },
  {
    does: 'ends in a line of NDJSON',
    sends: [...toLines([answer('Hel'), answer('lo')]), '{"type":"do'],
    headers: NDJSON,
    is: OllamaTruncatedError,
    message: "The response ended in the middle of a line. The server's log may say why.",
    before,
  },
  {
    does: 'sends an error line of Ollama',
    sends: toLines([answer('Hel'), answer('lo'), { error: 'model unexpectedly stopped' }]),
    headers: NDJSON,
    is: OllamaStreamError,
    message: 'model unexpectedly stopped',
    before,
  },
  {
    does: 'sends an event that is not JSON',
    sends: raw('chunk', '{"model"'),
    is: OllamaProtocolError,
    message: `An event is not JSON. ${CHECK} The event: {"model"`,
    before,
  },
  {
    does: 'sends an event of another protocol',
    sends: [event(undefined, '{"choices":[]}')],
    is: OllamaProtocolError,
    message: `An event is not a chunk. ${CHECK} The event: {"choices":[]}`,
  },
  ...['null', '1', '[]', '{"message":1}'].map((data): Failure => ({
    does: `sends \`${data}\` as a chunk`,
    sends: raw('chunk', data),
    is: OllamaProtocolError,
    message: `An event is not a chunk. ${CHECK} The event: ${data}`,
    before,
  })),
  ...(
    [
      ['tool-result', { step: 1, text: 'no call' }],
      ['tool-call', { step: -1, call: { id: 'a', function: { name: 'f', arguments: {} } } }],
      ['tool-call', { step: 1, call: { function: { name: 'f', arguments: {} } } }],
      ['tool-call', { step: 1, call: { id: 'a', function: { name: 1, arguments: {} } } }],
      ['tool-start', { step: 1, call: { id: 'a', function: { name: 'f', arguments: [] } } }],
      ['finish', { step: 1, reason: 'stop', statistics: {} }],
      ['finish', { step: 1, reason: 'stop', messages: [{ role: 1 }], statistics: {} }],
      ['finish', { step: 1, reason: 'stop', messages: [], statistics: 1 }],
      ['step-finish', { step: 1, reason: 'stop', message: 'Hi', results: [], statistics: {} }],
      ['failed', { code: 1, message: 'x' }],
      ['closing', { retry: -1 }],
      ['gap', { first: 'all' }],
    ] as const
  ).map(([name, data]): Failure => ({
    does: `sends \`${JSON.stringify(data)}\` as ${name}`,
    sends: raw(name, data),
    is: OllamaProtocolError,
    message: `An event is not a "${name}". ${CHECK} The event: ${JSON.stringify(data).slice(0, 80)}${JSON.stringify(data).length > 80 ? '…' : ''}`,
    before,
  })),
  {
    does: 'leaves an event out',
    sends: [...BEGUN, event('chunk', answer('!'), '1-4')],
    is: OllamaTruncatedError,
    message: 'Events before 1-4 are missing. The last one was 1-2.',
    before,
  },
  {
    does: 'begins in the middle',
    sends: [event('chunk', answer('!'), '1-4')],
    is: OllamaTruncatedError,
    message: 'Events before 1-4 are missing. The last one was none.',
  },
  {
    does: 'sends an event twice',
    sends: [...BEGUN, event('chunk', answer('lo'), '1-2')],
    is: OllamaProtocolError,
    message: /^The server sent the event 1-2 after 1-2\. Does it read Last-Event-ID/,
    before,
  },
  {
    does: 'has ids of another kind',
    sends: [event('chunk', answer('Hel'), 'one')],
    is: OllamaProtocolError,
    message: 'An event has the id "one", which is not one such as 1-5.',
  },
  {
    does: 'answers with a page',
    sends: ['<!doctype html>'],
    headers: { 'Content-Type': 'text/html; charset=utf-8' },
    is: OllamaProtocolError,
    message:
      'The response is of the type text/html. Make the server answer with text/event-stream or ' +
      'application/x-ndjson, as rxjs-ollama/node does.',
  },
  {
    does: 'answers without a type',
    sends: ['data: {}\n\n'],
    headers: {},
    is: OllamaProtocolError,
    message: /^The response is without a Content-Type\. Make the server/,
  },
  {
    does: 'asks for credentials',
    sends: [],
    status: 401,
    is: OllamaHttpError,
    message:
      'HTTP 401 from URL: Unauthorized. Does the request have the credentials that the server ' +
      'asks for? Pass them in headers.',
    fields: { status: 401 },
  },
  {
    does: 'knows no such run',
    sends: ['{"error":"no such run"}'],
    status: 404,
    is: OllamaHttpError,
    message: 'HTTP 404: no such run',
    fields: { status: 404 },
  },
  {
    does: 'is not there, behind a proxy',
    sends: ['<html>'],
    status: 502,
    is: OllamaHttpError,
    message:
      'HTTP 502 from URL: Bad Gateway. A proxy in front of the server got no answer from it. ' +
      'Is the server running?',
    fields: { status: 502 },
  },
  {
    does: 'redirects',
    sends: [],
    status: 307,
    headers: { Location: 'https://other/chat' },
    is: OllamaHttpError,
    message:
      'HTTP 307 from URL: The server redirects to https://other/chat. Redirects are not followed, ' +
      'because another server would get the request. Set the URL to https://other/chat if that is yours.',
    fields: { status: 307 },
  },
];

describe('the errors of fromChatEvents', () => {
  it.each(failures)(
    'a server that $does',
    async ({ sends, headers, status, is, message, before: came = [], fields = {} }) => {
      const { url, requests } = await startGateway(send(sends, headers, status));
      const { values, error } = await listen(fromChatEvents(url, ONCE));
      expect(toContents(values)).toEqual(came);
      expect(error).toBeInstanceOf(is);
      const said = (error as OllamaError).message.replaceAll(url, 'URL');
      if (typeof message === 'string') expect(said).toBe(message);
      else expect(said).toMatch(message);
      expect(error).toMatchObject(fields);
      const partial = isOllamaError(error) ? error.partial : undefined;
      expect(partial?.content).toBe(came.length ? came.join('') : undefined);
      expect(requests).toHaveLength(1);
    },
  );

  it('are connection errors where nobody listens, and where the connection breaks', async () => {
    const { error } = await listen(fromChatEvents('http://127.0.0.1:1/chat', ONCE));
    expect(error).toBeInstanceOf(OllamaConnectionError);
    expect(error).toMatchObject({
      message: expect.stringMatching(
        /^The server can't be reached at http:\/\/127.0.0.1:1\/chat: /,
      ),
    });
    const { url } = await startGateway(sendAndBreak(BEGUN));
    const broken = await listen(fromChatEvents(url, ONCE));
    expect(broken.error).toBeInstanceOf(OllamaConnectionError);
    expect(broken.error).toMatchObject({ partial: { content: 'Hello' } });
  });

  it.each([
    ['in one event', 60, [event('chunk', answer('x'.repeat(60)), '1-1')], SSE],
    ['in two bytes a character', 60, [event('chunk', answer('ä'.repeat(40)), '1-1')], SSE],
    ['in an event without an end', 3000, [`data: ${'x'.repeat(5000)}`], SSE],
    ['in an event of many lines', 3000, [`data: ${'x'.repeat(99)}\n`.repeat(50)], SSE],
    ['in a line', 60, toLines([answer('x'.repeat(60))]), NDJSON],
  ])('limit an event to maxEventBytes: %s', async (_, maxEventBytes, texts, headers) => {
    const { url } = await startGateway(sendAndHold(texts, headers));
    const { error } = await listen(fromChatEvents(url, { ...ONCE, maxEventBytes }));
    expect(error).toBeInstanceOf(OllamaProtocolError);
    expect(error).toMatchObject({ message: expect.stringMatching(/raise maxEventBytes\.$/) });
  });

  it('have no credential of the request', async () => {
    const { url } = await startGateway((response, { headers }) => {
      const words = { code: 'quota', message: `You sent ${String(headers.authorization)}.` };
      response.writeHead(200, SSE).end(event('failed', words));
    });
    const headers = { Authorization: 'Bearer s3cr3t-key' };
    const { error } = await listen(fromChatEvents(url, { headers }));
    expect(error).toMatchObject({
      message: 'You sent [redacted].',
      cause: { code: 'quota', message: 'You sent [redacted].' },
    });
  });

  it('are what onId throws, unchanged', async () => {
    const { url, requests } = await startGateway(send(events(VALUES, DONE)));
    const thrown = new Error('no room');
    const onId = () => {
      throw thrown;
    };
    expect((await listen(fromChatEvents(url, { onId }))).error).toBe(thrown);
    expect(requests).toHaveLength(1);
  });

  it('are thrown at the call for wrong options', () => {
    const url = 'http://127.0.0.1:1';
    expect(() => fromChatEvents(url, { idle: -1 })).toThrow(RangeError);
    expect(() => fromChatEvents(url, { maxEventBytes: 0 })).toThrow(RangeError);
    expect(() => fromChatEvents(url, { reconnect: { count: -1 } })).toThrow(
      new RangeError('reconnect.count is -1. Set it to a whole number from 0, or to Infinity.'),
    );
    expect(() => fromChatEvents(url, { reconnect: { delay: { max: NaN } } })).toThrow(RangeError);
    expect(() => fromChatEvents(url, { after: '1-5\r\nCookie: x' })).toThrow(
      /Set it to an id that onId was called with\.$/,
    );
    expect(() => fromChatEvents(url, { scheduler: {} as never })).toThrow(TypeError);
    expect(() => fromChatEvents(undefined as never)).toThrow(
      new TypeError('The events are undefined. Pass a URL, a Request or a Response that has them.'),
    );
    expect(() => fromChatEvents({} as never)).toThrow(TypeError);
  });
});
