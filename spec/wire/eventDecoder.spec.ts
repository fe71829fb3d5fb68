import { describe, expect, it } from '@jest/globals';
import type { EventSourceMessage } from 'eventsource-parser';
import { OllamaProtocolError } from '../../lib/errors.js';
import { EventDecoder } from '../../lib/wire/eventDecoder.js';

const PARTIAL = { role: 'assistant', content: 'Hel' } as const;
const toBytes = (text: string) => new TextEncoder().encode(text);

/** Reads texts, one per read of the network, and says what came of them. */
function decode(texts: readonly string[], maxEventBytes = 1000, wanted = Infinity) {
  const heard = {
    data: [] as string[],
    events: [] as EventSourceMessage[],
    retries: [] as number[],
  };
  const decoder = new EventDecoder(maxEventBytes, () => PARTIAL, {
    onEvent: (event) => heard.events.push(event),
    onRetry: (ms) => heard.retries.push(ms),
  });
  for (const text of texts) {
    decoder.push(toBytes(text), (data) => {
      heard.data.push(data);
      return heard.data.length < wanted;
    });
  }
  expect(decoder.end()).toBe('');
  return heard;
}

describe('EventDecoder', () => {
  it('passes on the data of each event, after its name and id', () => {
    const heard = decode([
      ': open\n\nid: 1-1\nevent: chunk\ndata: {"a"',
      ':1}\n\ndata: b\ndata: c\n\n',
    ]);
    expect(heard.data).toEqual(['{"a":1}', 'b\nc']);
    expect(heard.events).toMatchObject([{ id: '1-1', event: 'chunk' }, { data: 'b\nc' }]);
  });

  it('joins the bytes of a character that were cut', () => {
    const heard: string[] = [];
    const decoder = new EventDecoder(100, () => PARTIAL, {
      onEvent: () => undefined,
      onRetry: () => undefined,
    });
    for (const byte of toBytes('data: 👩\n\n')) {
      decoder.push(Uint8Array.of(byte), (data) => heard.push(data) > 0);
    }
    expect(heard).toEqual(['👩']);
  });

  it('tells how long to wait, and ignores fields that are none', () => {
    expect(decode(['retry: 50\nretry: x\nfoo: bar\n\n'])).toMatchObject({
      retries: [50],
      data: [],
    });
  });

  it('passes on nothing more when nothing more is wanted, in one read and later', () => {
    const { data, events } = decode(['data: a\n\ndata: b\n\n', 'data: c\n\n'], 1000, 1);
    expect(data).toEqual(['a']);
    expect(events).toHaveLength(1);
  });

  it('discards an event that has not ended', () => {
    expect(decode(['data: a\n\ndata: b\n']).data).toEqual(['a']);
  });

  it.each([
    ['of one byte a character', 'a', 5000],
    ['of three bytes a character', '你', 1500],
    ['of four bytes a character', '👩', 1000],
  ])('takes data as long as the limit, and no longer: %s', (_, character, count) => {
    const data = character.repeat(count);
    const limit = toBytes(data).length;
    const sent = `data: ${data}\n\n`;
    const cut = [sent.slice(0, limit / 2), sent.slice(limit / 2)];
    expect(decode([sent], limit).data).toEqual([data]);
    expect(decode(cut, limit).data).toEqual([data]);
    expect(() => decode([sent], limit - 1)).toThrow(OllamaProtocolError);
    expect(() => decode([sent], limit - 1)).toThrow(
      `An event is longer than ${String(limit - 1)} bytes. If that is meant to be, raise maxEventBytes.`,
    );
  });

  it.each(['data: ', '', ': '])('refuses what never ends: %j', (start) => {
    const pieces = Array.from({ length: 100 }, () => 'a'.repeat(100));
    let error: unknown;
    try {
      decode([start, ...pieces]);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'protocol', line: '', partial: PARTIAL });
  });
});
