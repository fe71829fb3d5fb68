import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { concat, of, takeWhile, tap, throwError, type Observable } from 'rxjs';
import { OllamaTruncatedError, isOllamaError } from '../../lib/errors.js';
import {
  fromUiMessages,
  pipeToResponse,
  toUiMessageStream,
  uiMessages,
  type UiMessageChunk,
  type UiMessagesOptions,
} from '../../lib/node/index.js';
import { chunk } from '../../lib/testing/index.js';
import { runTools } from '../../lib/tools/runTools.js';
import type { Streamed } from '../../lib/tools/events.js';
import type { Message, OllamaClient } from '../../lib/types/index.js';
import { diagram } from '../support/diagram.js';
import { listen } from '../sources/support.js';
import {
  add,
  broken,
  count,
  failing,
  failingTool,
  pay,
  payingModel,
  secretError,
  twoTools,
} from './runs.js';
import { readData, serve } from './support.js';
import { createUiChat, settled } from './uiChat.js';

const { answer, done, thinking } = chunk;

afterEach(() => {
  jest.restoreAllMocks();
});

/** A chat of the AI SDK with a server that answers every request with a source. */
async function chatWith(source$: Observable<Streamed>, options?: UiMessagesOptions) {
  const url = await serve((_, response) => {
    void pipeToResponse(source$, response, { format: uiMessages(options) });
  });
  return createUiChat(url);
}

/** The same with a server that stores the history, and makes the calls that are approved. */
async function chatWithRuns(client: OllamaClient) {
  let stored: readonly Message[] = [{ role: 'system', content: 'You are a pirate' }];
  const bodies: unknown[] = [];
  const statuses: number[] = [];
  const url = await serve((request, response) => {
    void (async () => {
      const body = JSON.parse(await text(request)) as unknown;
      bodies.push(body);
      try {
        const { messages, decisions } = fromUiMessages(body, stored);
        const run$ = runTools(
          { model: 'qwen3', messages },
          { tools: [add, pay, broken], client, decisions, approve: () => 'suspend' },
        ).pipe(
          tap((event) => {
            if (event.type === 'finish') stored = event.messages;
          }),
        );
        await pipeToResponse(run$, response, { format: uiMessages() });
      } catch (error) {
        response.writeHead(isOllamaError(error, 'validation') ? 400 : 500).end(String(error));
      }
      statuses.push(response.statusCode);
    })();
  });
  return { ...createUiChat(url), bodies, statuses, stored: () => stored };
}

describe('a chat of the AI SDK', () => {
  it('shows thinking, two tools with progress, and the answer', async () => {
    const { chat, parts, finishes } = await chatWith(twoTools(), { messageId: 'm1' });
    await chat.sendMessage({ text: 'What is 17 + 23?' });
    expect(parts()).toEqual([
      'step-start',
      'reasoning done Hm, 17.',
      'text done Let me see.',
      'add output-available {"x":17,"y":23} {"sum":40}',
      'count output-available {} "3"',
      'step-start',
      'text done It is 40.',
    ]);
    expect(finishes).toEqual([{ isAbort: false, isError: false, finishReason: 'stop' }]);
    expect([chat.status, chat.lastMessage?.id]).toEqual(['ready', 'm1']);
  });

  it('shows no thinking, if it is left out', async () => {
    const { chat, parts } = await chatWith(of(thinking('Hm.'), answer('Hello'), done()), {
      thinking: false,
    });
    await chat.sendMessage({ text: 'Hi' });
    expect(parts()).toEqual(['step-start', 'text done Hello']);
  });

  it('is told of an error, and of an answer that is cut', async () => {
    for (const error of [secretError(), new OllamaTruncatedError('cut')]) {
      const { chat, parts, finishes } = await chatWith(failing(error));
      await chat.sendMessage({ text: 'Hi' });
      expect(parts()).toEqual(['step-start', 'reasoning done Hm.', 'text done Hel']);
      expect(chat.status).toBe('error');
      expect(chat.error?.message).toBe('The answer could not be completed.');
      expect(finishes).toMatchObject([{ isError: true }]);
    }
  });

  it('is told that an answer was stopped', async () => {
    const { chat, parts } = await chatWith(of(answer('Hel')));
    await chat.sendMessage({ text: 'Hi' });
    expect(parts()).toEqual(['step-start', 'text done Hel']);
    expect(chat.status).toBe('ready');
  });

  it('approves a call, and the run continues in the same message', async () => {
    const { chat, parts, bodies, stored } = await chatWithRuns(payingModel());
    await chat.sendMessage({ text: 'Pay, please.' });
    expect(parts()).toEqual([
      'step-start',
      'text done I pay.',
      'add output-available {"x":1,"y":2} {"sum":3}',
      'pay approval-requested {"amount":5}',
    ]);
    await chat.addToolApprovalResponse({ id: 'call_p', approved: true });
    await settled(chat);
    expect(bodies).toHaveLength(2);
    expect(parts()).toEqual([
      'step-start',
      'text done I pay.',
      'add output-available {"x":1,"y":2} {"sum":3}',
      'pay output-available {"amount":5} "paid"',
      'step-start',
      'text done Done.',
    ]);
    expect(stored().map(({ role, content }) => [role, content])).toEqual([
      ['system', 'You are a pirate'],
      ['user', 'Pay, please.'],
      ['assistant', 'I pay.'],
      ['tool', '{"sum":3}'],
      ['tool', 'paid'],
      ['assistant', 'Done.'],
    ]);
  });

  it('denies a call, and the model is told why', async () => {
    const { chat, parts, stored } = await chatWithRuns(payingModel());
    await chat.sendMessage({ text: 'Pay, please.' });
    await chat.addToolApprovalResponse({ id: 'call_p', approved: false, reason: 'Too much.' });
    await settled(chat);
    expect(parts()).toContain('pay output-denied {"amount":5}');
    expect(stored().at(-2)?.content).toBe('The call was not approved: Too much.');
  });

  it('can approve no call whose input it has changed', async () => {
    const { chat, statuses, stored } = await chatWithRuns(payingModel());
    await chat.sendMessage({ text: 'Pay, please.' });
    const before = stored();
    chat.messages = JSON.parse(
      JSON.stringify(chat.messages).replace('"amount":5', '"amount":6'),
    ) as typeof chat.messages;
    await chat.addToolApprovalResponse({ id: 'call_p', approved: true });
    await settled(chat);
    expect(statuses).toEqual([200, 400]);
    expect(stored()).toBe(before);
  });

  it('shows both attempts of an answer that is requested again', async () => {
    const again = { ...answer('Hello'), reset: true };
    const { chat, parts } = await chatWith(of(answer('Hel'), again, done()));
    await chat.sendMessage({ text: 'Hi' });
    expect(parts()).toEqual(['step-start', 'text done Hel', 'text done Hello']);
  });

  it('of version 6 fails at reset-step, which is why it is not sent by default', async () => {
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const again = { ...answer('Hello'), reset: true };
    const { chat } = await chatWith(of(answer('Hel'), again, done()), { resetStep: true });
    await chat.sendMessage({ text: 'Hi' });
    expect(chat.status).toBe('error');
  });
});

const typesOf = (chunks: readonly UiMessageChunk[]) => chunks.map(({ type }) => type);

describe('toUiMessageStream', () => {
  // prettier-ignore
  it('opens and closes parts, steps and the message', diagram('toUiMessageStream', (m) => {
    const source = m.cold('  ---a-------(d|)', { a: answer('Hel'), d: done() });
    const subs = '           ^----------!';
    const expected = '       ---(stba)--(eof|)';
    m.expect(source.pipe(toUiMessageStream())).toBeObservable(expected, {
      s: { type: 'start' },
      t: { type: 'start-step' },
      b: { type: 'text-start', id: '1' },
      a: { type: 'text-delta', id: '1', delta: 'Hel' },
      e: { type: 'text-end', id: '1' },
      o: { type: 'finish-step' },
      f: { type: 'finish', finishReason: 'stop' },
    });
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'toUiMessageStream()', results: { result: expected } };
  }));

  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['load', 'other'],
    ['anything', 'other'],
  ])('finishes an answer that ended with %s with %s', async (reason, finishReason) => {
    const { values } = await listen(of(answer('Hel'), done({ reason })).pipe(toUiMessageStream()));
    expect(values.at(-1)).toEqual({ type: 'finish', finishReason });
  });

  it('finishes an answer for which the server gave no reason with stop', async () => {
    const { done_reason: _, ...final } = done();
    const { values } = await listen(of(answer('Hel'), final).pipe(toUiMessageStream()));
    expect(values.at(-1)).toEqual({ type: 'finish', finishReason: 'stop' });
  });

  it('leaves the calls of a chat to the client', async () => {
    const called = chunk.toolCall('add', { x: 1 }, 'call_a');
    const { values } = await listen(of(called, done()).pipe(toUiMessageStream()));
    expect(typesOf(values)).toEqual([
      'start',
      'start-step',
      'tool-input-start',
      'tool-input-available',
      'finish-step',
      'finish',
    ]);
    expect(values.at(-1)).toEqual({ type: 'finish', finishReason: 'tool-calls' });
  });

  it('replaces an attempt by reset-step, if clients know it', async () => {
    const again = { ...thinking('Hm.'), reset: true };
    const { values } = await listen(
      of(answer('Hel'), again, answer('Hello'), done()).pipe(
        toUiMessageStream({ resetStep: true }),
      ),
    );
    expect(typesOf(values)).toEqual([
      'start',
      'start-step',
      'text-start',
      'text-delta',
      'text-end',
      'reset-step',
      'reasoning-start',
      'reasoning-delta',
      'reasoning-end',
      'text-start',
      'text-delta',
      'text-end',
      'finish-step',
      'finish',
    ]);
  });

  it('replaces an attempt of a whole run, too', async () => {
    const again = { ...answer('Hello'), reset: true, restart: true };
    const { values } = await listen(
      of(answer('Hel'), again, done()).pipe(toUiMessageStream({ resetStep: true })),
    );
    expect(typesOf(values).filter((type) => type === 'reset-step')).toHaveLength(1);
  });

  it('has one step per request of a run, with the calls that it made', async () => {
    const { values } = await listen(twoTools().pipe(toUiMessageStream({ thinking: false })));
    expect(typesOf(values).filter((type) => !type.startsWith('text'))).toEqual([
      'start',
      'start-step',
      'tool-input-start',
      'tool-input-available',
      'tool-output-available',
      'tool-input-start',
      'tool-input-available',
      ...Array.from({ length: 4 }, () => 'tool-output-available'),
      'finish-step',
      'start-step',
      'finish-step',
      'finish',
    ]);
    const output = { type: 'tool-output-available', toolCallId: 'call_b', dynamic: true };
    expect(values.filter((value) => 'output' in value && value.toolCallId === 'call_b')).toEqual([
      { ...output, output: '1', preliminary: true },
      { ...output, output: '2', preliminary: true },
      { ...output, output: '3', preliminary: true },
      { ...output, output: '3' },
    ]);
  });

  it('is aborted if a run is stopped between two steps', async () => {
    const stopped$ = twoTools().pipe(takeWhile(({ type }) => type !== 'step-finish', true));
    const { values } = await listen(stopped$.pipe(toUiMessageStream()));
    expect(typesOf(values).slice(-2)).toEqual(['finish-step', 'abort']);
  });

  it('shows a call that failed as one', async () => {
    const { values } = await listen(failingTool().pipe(toUiMessageStream()));
    expect(values).toContainEqual({
      type: 'tool-output-error',
      toolCallId: 'call_x',
      errorText: 'Error: The tool failed.',
      dynamic: true,
    });
  });

  it('resets nothing that has not begun', async () => {
    const { values } = await listen(
      of({ ...answer('Hel'), reset: true }, done()).pipe(toUiMessageStream({ resetStep: true })),
    );
    expect(typesOf(values)).not.toContain('reset-step');
  });

  it('closes what is open before an error', async () => {
    const source$ = concat(
      twoTools(),
      throwError(() => secretError()),
    );
    const { values } = await listen(source$.pipe(toUiMessageStream()));
    expect(values.slice(-2)).toEqual([
      { type: 'error', errorText: 'The answer could not be completed.' },
      { type: 'finish', finishReason: 'error' },
    ]);
    const { values: early } = await listen(failing(secretError()).pipe(toUiMessageStream()));
    expect(typesOf(early).slice(-4)).toEqual(['text-end', 'finish-step', 'error', 'finish']);
  });

  it('tells why a call needs approval', async () => {
    const run$ = runTools(
      { model: 'qwen3', messages: [] },
      { tools: [add, pay, count], client: payingModel(), approve: () => 'suspend' },
    );
    const { values } = await listen(run$.pipe(toUiMessageStream()));
    expect(values).toContainEqual({
      type: 'tool-approval-request',
      approvalId: 'call_p',
      toolCallId: 'call_p',
      reason: 'It costs 5 €.',
    });
    expect(values.at(-1)).toEqual({ type: 'finish', finishReason: 'tool-calls' });
  });
});

describe('uiMessages', () => {
  it('opens at once, and ends with [DONE]', async () => {
    const url = await serve((_, response) => {
      void pipeToResponse(failing(secretError()), response, { format: uiMessages() });
    });
    const response = await fetch(url);
    expect(response.headers.get('x-vercel-ai-ui-message-stream')).toBe('v1');
    const body = await response.text();
    expect(body.startsWith(': open\n\n')).toBe(true);
    expect(
      body.endsWith('data: {"type":"finish","finishReason":"error"}\n\ndata: [DONE]\n\n'),
    ).toBe(true);
    expect(readData(body).map(({ type }) => type)[0]).toBe('start');
  });
});
