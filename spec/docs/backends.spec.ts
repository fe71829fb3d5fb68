import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  OllamaConnectionError,
  OllamaHttpError,
  OllamaProtocolError,
  OllamaStreamError,
  OllamaTimeoutError,
  OllamaToolError,
  OllamaTruncatedError,
  OllamaValidationError,
  type OllamaErrorCode,
} from '../../lib/errors.js';
import { toHttpStatus } from '../../lib/node/httpStatus.js';
import { expectFile } from '../support/generated.js';
import { expectTable } from '../support/matrix.js';
import { listFiles, readDocument, root } from './documents.js';

/** A block that shows a whole file, which is named after its language. */
const SHOWN = /(?<=^```ts (spec\/servers\/handlers\/\S+)\n)[^]*?(?=^```$)/gm;
const pages = listFiles('docs/guide', '.md').filter((file) =>
  readDocument(file).text.includes('spec/servers/handlers/'),
);

describe('the pages on back ends', () => {
  it.each(pages)('%s shows its handlers as they are compiled and run', (page) => {
    const current = readDocument(page).text.replace(SHOWN, (_, file: string) =>
      readFileSync(path.join(root, file), 'utf8'),
    );
    expectFile(path.join(root, page), current);
  });

  it('show each handler once', () => {
    const shown = pages.flatMap((page) =>
      Array.from(readDocument(page).text.matchAll(SHOWN), ([, file]) => file),
    );
    expect(shown.sort()).toEqual(listFiles('spec/servers/handlers', '.ts').sort());
  });

  it('say which status an error has', () => {
    const call = { function: { name: 'add', arguments: {} } };
    const errors: Readonly<Record<Exclude<OllamaErrorCode, 'http'>, Error>> = {
      connection: new OllamaConnectionError(''),
      stream: new OllamaStreamError(''),
      truncated: new OllamaTruncatedError(''),
      protocol: new OllamaProtocolError(''),
      timeout: new OllamaTimeoutError('', 'idle'),
      tool: new OllamaToolError('', call),
      validation: new OllamaValidationError(''),
    };
    const passedOn = Array.from({ length: 200 }, (_, at) => 400 + at).filter(
      (status) => toHttpStatus(new OllamaHttpError('', status)) === status,
    );
    const other = toHttpStatus(new OllamaHttpError('', 418));
    const rows = [
      [`\`http\`, with ${passedOn.filter((status) => status !== other).join(', ')}`, 'the same'],
      ['`http`, with others', String(other)],
      ...Object.entries(errors).map(([code, error]) => [
        `\`${code}\``,
        String(toHttpStatus(error)),
      ]),
      ['not of this library', String(toHttpStatus(new Error()))],
    ];
    expectTable('statuses', ['error', 'status'], rows, path.join(root, 'docs/guide/backends.md'));
  });
});
