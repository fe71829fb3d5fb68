import { describe, expect, it } from '@jest/globals';
import { of } from 'rxjs';
import { OllamaToolError } from '../../lib/errors.js';
import { publicEvents } from '../../lib/node/publicEvents.js';
import { createPublicErrors, type ToPublicError } from '../../lib/node/publicErrors.js';
import { chunk } from '../../lib/testing/index.js';
import { runTools } from '../../lib/tools/runTools.js';
import type { ToolRunEvent } from '../../lib/tools/events.js';
import type { Message } from '../../lib/types/index.js';
import { model, only, run, runAll } from '../tools/support.js';
import { SECRETS, add, broken, failingTool, pay, secretError, twoTools } from './runs.js';

const toPublic = (toPublicError?: ToPublicError) =>
  publicEvents<ToolRunEvent>(createPublicErrors(toPublicError));

describe('what of a run may be public', () => {
  it('is a run without errors as it is, but for the messages of the request', () => {
    const all = runAll(twoTools());
    const shown = runAll(twoTools().pipe(toPublic()));
    expect(shown.slice(0, -1)).toEqual(all.slice(0, -1));
    const [finish] = only(all, 'finish');
    const [shownFinish] = only(shown, 'finish');
    expect(shownFinish).toEqual({ ...finish, messages: finish?.messages.slice(1) });
  });

  it('has no message for an empty answer', () => {
    const run$ = run(model(of(chunk.done())), []);
    expect(only(runAll(run$.pipe(toPublic())), 'finish')[0]?.messages).toEqual([]);
  });

  it('is nothing of what a tool failed with, not even in what the model was sent', () => {
    const shown = runAll(failingTool().pipe(toPublic()));
    const [error] = only(shown, 'tool-error');
    expect(error).toMatchObject({
      error: { code: 'tool', message: 'The tool failed.' },
      text: 'Error: The tool failed.',
    });
    expect(only(shown, 'step-finish')[0]?.results).toMatchObject([
      { content: 'Error: The tool failed.', tool_call_id: 'call_x' },
    ]);
    expect(only(shown, 'finish')[0]?.messages.map(({ role }) => role)).toEqual([
      'assistant',
      'tool',
      'assistant',
    ]);
    const text = JSON.stringify(shown);
    for (const secret of SECRETS) expect(text).not.toContain(secret);
  });

  it('is what the caller says of the error of a tool', () => {
    const seen: unknown[] = [];
    const shown = runAll(
      failingTool().pipe(
        toPublic((error) => {
          seen.push(error);
          return { code: 'add', message: 'It does not add up.', retryable: true };
        }),
      ),
    );
    expect(only(shown, 'tool-error')[0]).toMatchObject({
      error: { code: 'add', message: 'It does not add up.', retryable: true },
      text: 'Error: It does not add up.',
    });
    expect(seen).toHaveLength(1);
    expect(seen[0]).toBeInstanceOf(OllamaToolError);
    expect(seen[0]).toMatchObject({
      code: 'tool',
      message: 'The call to "broken" failed.',
      cause: secretError(),
    });
  });

  it('has the results of calls of an earlier run, in place of its messages', () => {
    const messages: Message[] = [
      { role: 'system', content: 'You are a pirate' },
      { role: 'user', content: 'Pay' },
      {
        role: 'assistant',
        content: '',
        tool_calls: [
          { id: 'call_p', function: { name: 'pay', arguments: {} } },
          { id: 'call_x', function: { name: 'broken', arguments: {} } },
          { id: 'call_a', function: { name: 'add', arguments: {} } },
          { id: 'call_n', function: { name: 'pay', arguments: {} } },
        ],
      },
      { role: 'tool', content: 'Error: /etc/models', tool_name: 'add', tool_call_id: 'call_a' },
    ];
    const run$ = runTools(
      { model: 'qwen3', messages },
      {
        tools: [pay, broken, add],
        decisions: { call_p: true, call_x: true, call_n: { approved: false } },
        client: model(of(chunk.answer('Done.'), chunk.done())),
      },
    );
    const [finish] = only(runAll(run$.pipe(toPublic())), 'finish');
    expect(finish?.messages.map(({ content, tool_call_id: id }) => [id, content])).toEqual([
      ['call_p', 'paid'],
      ['call_x', 'Error: The tool failed.'],
      ['call_n', 'The call was not approved.'],
      [undefined, 'Done.'],
    ]);
  });

  it('starts clean at each subscription', () => {
    const run$ = of(...runAll(twoTools())).pipe(toPublic());
    expect(runAll(run$)).toEqual(runAll(run$));
    expect(only(runAll(run$), 'finish')[0]?.messages).toHaveLength(4);
  });
});

describe('what of an error may be public', () => {
  const { ofSource } = createPublicErrors(undefined);

  it('is its code, if it is of this library', () => {
    expect(ofSource(chunk.error('/etc/models'))).toEqual({
      code: 'stream',
      message: 'The answer could not be completed.',
    });
    for (const error of [secretError(), 'text', undefined, null, { code: 'http', message: 'x' }]) {
      expect(ofSource(error)).toEqual({
        code: 'internal',
        message: 'The answer could not be completed.',
      });
    }
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw secretError();
      },
    ],
    ['returns the error', secretError],
    ['returns nothing', () => undefined],
    ['returns a text', () => 'busy'],
    ['returns a code that is not one', () => ({ code: 7, message: 'busy' })],
    ['returns no message', () => ({ code: 'busy' })],
  ])('is the default if a function of the user %s', (what, custom) => {
    const made = createPublicErrors(custom as ToPublicError).ofSource(chunk.error('x'));
    if (what === 'returns the error') {
      // It has a message: what a function returns by intention is sent.
      expect(made).toEqual({ code: 'internal', message: secretError().message });
    } else {
      expect(made).toEqual({ code: 'stream', message: 'The answer could not be completed.' });
    }
  });

  it('is nothing but the fields of a public error', () => {
    const { ofSource: custom } = createPublicErrors(() => ({
      code: 'busy',
      message: 'Later.',
      retryable: true,
      stack: 'at Object.',
    }));
    expect(custom(chunk.error('x'))).toEqual({ code: 'busy', message: 'Later.', retryable: true });
    const { ofSource: odd } = createPublicErrors(
      () => ({ code: 'busy', message: 'Later.', retryable: 'yes' }) as never,
    );
    expect(odd(chunk.error('x'))).toEqual({ code: 'busy', message: 'Later.' });
  });
});
