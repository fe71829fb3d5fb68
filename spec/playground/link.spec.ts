import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fromHash, toHash } from '../../site/playground/link.js';

const script = { code: 'source$', marbles: '-a-|', letters: 'a: ש😀', frame: 10, stopAt: 20 };
const pack = (text: string): string => `#s=${deflateRawSync(text).toString('base64url')}`;

describe('a link to the playground', () => {
  it('has all of a script', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (code) => {
        expect(await fromHash(await toHash({ ...script, code }))).toEqual({ ...script, code });
      }),
    );
    expect(await fromHash('')).toBeUndefined();
    expect(await fromHash('#diagram=retryChat')).toBeUndefined();
  });

  it.each([
    ['nothing', '#s='],
    ['a text that is not base64', '#s=A'],
    ['signs that base64 has not', '#s=%20é'],
    ['bytes that are not packed', '#s=AAAA'],
    ['a text that is not JSON', pack('source$')],
    ['something else', pack('{"code":"source$"}')],
    ['numbers as code', pack('[1,2,3]')],
  ])('is broken if it has %s', async (_, hash) => {
    await expect(fromHash(hash)).rejects.toThrow(/^This link is broken\.$/);
  });

  it.each([
    ['it is', `#s=${'A'.repeat(60_000)}`],
    ['what is packed in it is', pack(JSON.stringify(['x'.repeat(1e6), '', '']))],
  ])('is too long if %s', async (_, hash) => {
    await expect(fromHash(hash)).rejects.toThrow(/^This link is too long\.$/);
  });

  it('is refused for a script that would make it too long', async () => {
    const code = Array.from({ length: 60_000 }, (_, n) => (n * 7919).toString(36)).join('');
    await expect(toHash({ ...script, code: code.slice(0, 200_000) })).rejects.toThrow('too long');
  });

  it('has no times that a run has not', async () => {
    const read = (frame: unknown, stop: unknown) =>
      fromHash(pack(JSON.stringify(['', '', '', frame, stop])));
    expect(await read(-1, 'x')).toMatchObject({ frame: 10, stopAt: undefined });
    expect(await read(1e9, 1e9)).toMatchObject({ frame: 10, stopAt: undefined });
    expect(await read(5, 60_000)).toMatchObject({ frame: 5, stopAt: 60_000 });
  });
});
