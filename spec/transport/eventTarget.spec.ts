import { describe, expect, it } from '@jest/globals';
import { createEventTarget } from '../../lib/transport/eventTarget.js';

type Sent = readonly [url: string, init: RequestInit];

/** A fetch that keeps what it was called with. */
function createFetch() {
  const sent: Sent[] = [];
  const fetch = (to: RequestInfo | URL, init: RequestInit = {}) => {
    sent.push([to instanceof Request ? to.url : String(to), init]);
    return Promise.resolve(new Response());
  };
  return { sent, fetch };
}

const { signal } = new AbortController();
const noMessage = () => undefined;

/** An answer that names its run. */
const answer = (location: string, url = '') =>
  Object.defineProperty(
    new Response('', { headers: { 'X-Run-Id': 'r', 'Content-Location': location } }),
    'url',
    { value: url },
  );

describe('the target of events', () => {
  it('is an address, which no cache answers for', async () => {
    const { sent, fetch } = createFetch();
    const target = createEventTarget('/chat', { fetch, headers: { 'x-a': '1' } });
    await target.send('1-2', signal, noMessage);
    await target.send(undefined, signal, noMessage);
    expect(target.isSafe).toBe(true);
    const accept = 'text/event-stream, application/x-ndjson';
    const [[url, init] = [], [, first] = []] = sent;
    expect(url).toBe('/chat');
    expect(init).toMatchObject({
      cache: 'no-store',
      headers: { accept, 'x-a': '1', 'last-event-id': '1-2' },
    });
    expect(init).not.toHaveProperty('credentials');
    expect(first?.headers).toEqual({ accept, 'x-a': '1' });
  });

  it.each([
    ['GET', undefined, true],
    ['POST', 'Hi', false],
  ])('is a request, which keeps its headers: %s', async (method, body, isSafe) => {
    const { sent, fetch } = createFetch();
    const request = new Request('http://a.test/chat', {
      method,
      headers: { 'x-a': '1', 'x-b': '2' },
      ...(body !== undefined && { body }),
    });
    const target = createEventTarget(request, { fetch, headers: { 'x-b': '3' } });
    await target.send(undefined, signal, noMessage);
    expect(target.isSafe).toBe(isSafe);
    expect(target.signal).toBe(request.signal);
    expect(sent[0]?.[1]).toMatchObject({
      headers: { 'x-a': '1', 'x-b': '3' },
    });
    // A request of the user serves further subscriptions too.
    expect(request.bodyUsed).toBe(false);
  });

  it('is the run that an answer names, without what describes a body, and with the credentials', async () => {
    const { sent, fetch } = createFetch();
    const request = new Request('http://a.test/chat', {
      method: 'POST',
      body: '{}',
      credentials: 'include',
      headers: { 'Content-Type': 'application/json', 'X-A': '1' },
    });
    const target = createEventTarget(request, { fetch, headers: {} });
    await target.readRun(answer('/runs/1'))?.send('1-1', signal, noMessage);
    expect(sent[0]?.[0]).toBe('http://a.test/runs/1');
    expect(sent[0]?.[1]).toMatchObject({ credentials: 'include', headers: { 'x-a': '1' } });
    expect(sent[0]?.[1].headers).not.toHaveProperty('content-type');
  });

  it.each([
    // the location, the address of the answer, the address that was asked, and where the run is
    ['/runs/1', '', 'http://a.test/chat', 'http://a.test/runs/1'],
    ['/runs/1', 'http://b.test/x', 'http://a.test/chat', 'http://b.test/runs/1'],
    ['http://a.test/runs/1', '', 'http://a.test/chat', 'http://a.test/runs/1'],
    ['http://b.test/runs/1', '', 'http://a.test/chat', undefined],
    ['https://a.test/runs/1', '', 'http://a.test/chat', undefined],
    ['//b.test/runs/1', '', 'http://a.test/chat', undefined],
    ['', '', 'http://a.test/chat', undefined],
    ['/runs/1', '', '/chat', '/runs/1'],
    ['/', '', '/chat', '/'],
    ['runs/1', '', '/chat', undefined],
    ['//b.test/runs/1', '', '/chat', undefined],
    ['/\\b.test/runs/1', '', '/chat', undefined],
    ['http://b.test/runs/1', '', '/chat', undefined],
  ])('stays at its origin: %j of %j, asked at %j', async (location, url, asked, expected) => {
    const { sent, fetch } = createFetch();
    const run = createEventTarget(asked, { fetch, headers: {} }).readRun(answer(location, url));
    await run?.send(undefined, signal, noMessage);
    expect(sent[0]?.[0]).toBe(expected);
  });

  it('is no run without its id', () => {
    const { fetch } = createFetch();
    const response = new Response('', { headers: { 'Content-Location': '/runs/1' } });
    const target = createEventTarget('http://a.test/chat', { fetch, headers: {} });
    expect(target.readRun(response)).toBeUndefined();
  });
});
