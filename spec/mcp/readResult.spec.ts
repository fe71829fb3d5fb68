import { describe, expect, it } from '@jest/globals';
import { readResult } from '../../lib/mcp/readResult.js';

const none = { isError: false, hidden: [] };
const text = (content: string) => ({ type: 'text', text: content });

describe('readResult', () => {
  it.each<[unknown, object]>([
    [undefined, { ...none, value: '' }],
    ['text', { ...none, value: '' }],
    [[], { ...none, value: '' }],
    [{}, { ...none, value: '' }],
    [{ content: 'text' }, { ...none, value: '' }],
    [{ content: [null, 'a', {}, { type: 5 }, text('kept')] }, { ...none, value: 'kept' }],
    [{ content: [text('a'), text('')] }, { ...none, value: 'a\n' }],
    [
      { content: [text('a')], structuredContent: null },
      { ...none, value: 'a' },
    ],
    [
      { content: [text('a')], structuredContent: { b: 1 } },
      { ...none, value: { b: 1 } },
    ],
    [{ structuredContent: [1] }, { ...none, value: [1] }],
    [
      { isError: 'no', content: [text('a')] },
      { ...none, value: 'a' },
    ],
    [
      { isError: true, content: [text('a')], structuredContent: { b: 1 } },
      { isError: true, hidden: [], value: 'a' },
    ],
  ])('reads %j', (result, expected) => {
    expect(readResult(result)).toEqual(expected);
  });

  it.each<[object, string]>([
    [{ type: 'text' }, '[text, not shown]'],
    [{ type: 'text', text: 5 }, '[text, not shown]'],
    [{ type: 'image' }, '[image, not shown]'],
    [{ type: 'image', data: 'YQ==', mimeType: 5 }, '[image 1 bytes, not shown]'],
    [{ type: 'resource' }, '[resource, not shown]'],
    [{ type: 'resource', resource: { uri: 'a:b' } }, '[resource a:b, not shown]'],
    [{ type: 'video', data: 'YWI', uri: 'a:b' }, '[video a:b 2 bytes, not shown]'],
  ])('keeps a part that a model can not read: %j', (part, shown) => {
    expect(readResult({ content: [part] })).toEqual({ ...none, hidden: [part], value: shown });
  });

  it('keeps the parts beside structured content', () => {
    const image = { type: 'image', data: 'YQ==', mimeType: 'image/png' };
    const result = { content: [text('{"a":1}'), image], structuredContent: { a: 1 } };
    expect(readResult(result)).toEqual({ ...none, hidden: [image], value: { a: 1 } });
  });

  it('cuts structured content that is too long, as JSON, and keeps all of it', () => {
    const structuredContent = { a: 'x'.repeat(100_000) };
    const json = JSON.stringify(structuredContent);
    expect(readResult({ structuredContent })).toEqual({
      ...none,
      hidden: [text(json)],
      value: `${json.slice(0, 100_000)}\n[cut: the first 100000 of 100008 characters]`,
    });
  });

  it('cuts no character in two', () => {
    const { value } = readResult({ content: [text(`a${'😀'.repeat(50_000)}`)] });
    expect(value).toBe(`a${'😀'.repeat(49_999)}\n[cut: the first 99999 of 100001 characters]`);
  });
});
