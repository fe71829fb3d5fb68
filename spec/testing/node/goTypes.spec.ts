import { describe, expect, it } from '@jest/globals';
import { checkGoType } from '../../../lib/testing/node/goTypes.js';
import { REQUEST_TYPES } from '../../../lib/testing/node/requestTypes.js';

function mismatchOf(body: unknown, path = '/api/chat'): string | undefined {
  const type = REQUEST_TYPES[path];
  if (!type) throw new Error('no such request');
  try {
    checkGoType(body, type);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const wrong = (kind: string, path: string, type: string) =>
  `json: cannot unmarshal ${kind} into Go struct field ${path} of type ${type}`;

describe('checkGoType', () => {
  // What Go 1.26 printed for structs of these shapes.
  it.each<[unknown, string | undefined]>([
    [
      { messages: [{ images: [[1, 'x']] }] },
      wrong('string', 'ChatRequest.messages.images', 'uint8'),
    ],
    [
      { messages: [{ images: [[256]] }] },
      wrong('number 256', 'ChatRequest.messages.images', 'uint8'),
    ],
    [
      { messages: [{ images: [5] }] },
      wrong('number', 'ChatRequest.messages.images', 'api.ImageData'),
    ],
    [
      { messages: [{ images: 'x' }] },
      wrong('string', 'ChatRequest.messages.images', '[]api.ImageData'),
    ],
    [
      { messages: [{ tool_calls: [5] }] },
      wrong('number', 'ChatRequest.messages.tool_calls', 'api.ToolCall'),
    ],
    [{ tools: [{ function: 5 }] }, wrong('number', 'Tool.tools.function', 'api.ToolFunction')],
    [
      { top_logprobs: 1e20 },
      wrong('number 100000000000000000000', 'ChatRequest.top_logprobs', 'int'),
    ],
    // The first wrong type is reported, unless a later type has a decoder of its own.
    [{ stream: 1, logprobs: 1 }, wrong('number', 'ChatRequest.stream', 'bool')],
    [
      { stream: 1, messages: [{ role: 1 }] },
      wrong('number', 'ChatRequest.messages.role', 'string'),
    ],
    [
      { messages: [{ role: 1, images: ['%'] }] },
      wrong('number', 'ChatRequest.messages.role', 'string'),
    ],
    [{ messages: [{ images: ['%'], role: 1 }] }, 'illegal base64 data at input byte 0'],
    [{ model: null, messages: [null], tools: null, options: null, think: null }, undefined],
    [{ ['__proto__']: 1, toString: 1 }, undefined],
  ])('says of %j: %s', (body, words) => {
    expect(mismatchOf(body)).toBe(words);
  });
});
