import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { HttpAgent } from '@ag-ui/client';
import { Ollama } from 'ollama/browser';
import OpenAI from 'openai';
import { firstValueFrom, from, last, lastValueFrom } from 'rxjs';
import { KEY } from '../../examples/nest/demo/cluster.js';
import { accumulateMessage, fromOllamaChat } from '../../lib/index.js';
import { createUiChat, settled } from '../node/uiChat.js';
import { createGate } from '../testing/node/support.js';
import { ALICE, post, toRefusal, useNest } from './nest.js';

const nest = useNest({ redis: false, variables: { REQUESTS_PER_MINUTE: '1000', GRACE: '60000' } });

afterEach(() => {
  jest.restoreAllMocks();
});

const HELLO = [{ thinking: 'Hm.' }, 'Hel', 'lo', { done: true }];
const ORDER = {
  id: 'call_o',
  function: { name: 'place_order', arguments: { item: 'desk lamp', quantity: 1 } },
};
const STOCK = { id: 'call_s', function: { name: 'check_stock', arguments: { search: 'floor' } } };

/** Orders, and answers when that is decided. */
const order = (): void => {
  nest.script = ({ body: { messages = [] } }) =>
    messages.at(-1)?.role === 'tool'
      ? ['Well.', { done: true }]
      : [{ tool_calls: [STOCK, ORDER] }, { done: true }];
};
const countOrders = async (): Promise<number> => {
  const response = await fetch(`${nest.cluster.shop.orders}/orders?user=alice`);
  return ((await response.json()) as unknown[]).length;
};

describe('/api/chat, read by the AI SDK', () => {
  const open = () => createUiChat(`${nest.a.url}/api/chat`, ALICE);

  it('streams thinking and the answer', async () => {
    nest.script = HELLO;
    const { chat, parts } = open();
    await chat.sendMessage({ text: 'Hi' });
    expect(parts()).toEqual(['step-start', 'reasoning done Hm.', 'text done Hello']);
  });

  it('calls a tool, asks before another, and continues with the decision', async () => {
    order();
    const before = await countOrders();
    const { chat, parts } = open();
    await chat.sendMessage({ text: 'Order a lamp' });
    expect(parts()).toEqual([
      'step-start',
      expect.stringMatching(/^check_stock output-available .*floor lamp/),
      'place_order approval-requested {"item":"desk lamp","quantity":1}',
    ]);
    await chat.addToolApprovalResponse({ id: 'call_o', approved: true });
    await settled(chat);
    expect(parts().slice(2)).toEqual([
      expect.stringMatching(/^place_order output-available .*"total":39/),
      'step-start',
      'text done Well.',
    ]);
    expect(await countOrders()).toBe(before + 1);
  });

  it('makes no call that the client has changed', async () => {
    order();
    const before = await countOrders();
    const { chat } = open();
    await chat.sendMessage({ text: 'Order a lamp' });
    chat.messages = JSON.parse(
      JSON.stringify(chat.messages).replaceAll('"quantity":1', '"quantity":9'),
    ) as typeof chat.messages;
    await chat.addToolApprovalResponse({ id: 'call_o', approved: true });
    await settled(chat);
    expect(chat.error?.message).toContain('The call is not the one that waits');
    expect(await countOrders()).toBe(before);
  });

  it('resumes an answer from its start, and nothing where there is none', async () => {
    const { gate, open: letGo } = createGate();
    nest.script = ['Hel', { content: 'lo', delay: gate }, { done: true }];
    const { chat } = open();
    const url = `${nest.a.url}/api/chat/${chat.id}/stream`;
    expect((await fetch(url, { headers: ALICE })).status).toBe(204);
    const sent = chat.sendMessage({ text: 'Hi' });
    await nest.chat(nest.chats().length + 1);
    const resumed = await fetch(url, { headers: ALICE });
    expect(resumed.status).toBe(200);
    letGo();
    const text = await resumed.text();
    expect(text).toContain('"delta":"Hel"');
    expect(text).toContain('"delta":"lo"');
    expect(text).toMatch(/data: \[DONE\]\n\n$/);
    await sent;
    expect((await fetch(url, { headers: ALICE })).status).toBe(204);
  });
});

describe('/agui, read by its HttpAgent', () => {
  const open = () =>
    new HttpAgent({
      url: `${nest.a.url}/agui`,
      headers: ALICE,
      initialMessages: [{ id: 'u1', role: 'user', content: 'Order a lamp' }],
    });

  it('asks before a call, and continues with the decision', async () => {
    order();
    const before = await countOrders();
    const agent = open();
    await agent.runAgent();
    expect(agent.pendingInterrupts).toMatchObject([{ id: 'call_o' }]);
    const resume = [
      { interruptId: 'call_o', status: 'resolved', payload: { approved: true } } as const,
    ];
    await agent.runAgent({ resume });
    expect(agent.messages.at(-1)).toMatchObject({ role: 'assistant', content: 'Well.' });
    expect(await countOrders()).toBe(before + 1);
  });

  it('makes no call that the server has not stored', async () => {
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
    order();
    const before = await countOrders();
    const agent = open();
    await agent.runAgent();
    agent.setMessages(
      JSON.parse(
        JSON.stringify(agent.messages).replaceAll('quantity\\":1', 'quantity\\":9'),
      ) as never,
    );
    const resume = [
      { interruptId: 'call_o', status: 'resolved', payload: { approved: true } } as const,
    ];
    await expect(agent.runAgent({ resume })).rejects.toThrow('400');
    expect(await countOrders()).toBe(before);
  });
});

describe('/v1, read by the client of OpenAI', () => {
  const open = () => new OpenAI({ apiKey: KEY, baseURL: `${nest.a.url}/v1`, maxRetries: 0 });

  it('streams an answer, with its tokens', async () => {
    nest.script = HELLO;
    const { choices, usage } = await open()
      .chat.completions.stream({
        model: 'qwen3',
        stream: true,
        stream_options: { include_usage: true },
        messages: [
          { role: 'developer', content: 'Be brief.' },
          { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
        ],
      })
      .finalChatCompletion();
    expect(choices[0]?.message.content).toBe('Hello');
    expect(usage?.completion_tokens).toBeGreaterThan(0);
    expect(nest.chats().at(-1)?.body.messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ]);
  });

  it('hands calls to the client, and takes their results', async () => {
    nest.script = [
      {
        tool_calls: [{ id: 'call_w', function: { name: 'weather', arguments: { city: 'Rome' } } }],
      },
      { done: true },
    ];
    const { choices } = await open()
      .chat.completions.stream({
        model: 'qwen3',
        stream: true,
        messages: [{ role: 'user', content: 'Hi' }],
        tools: [
          { type: 'function', function: { name: 'weather', parameters: { type: 'object' } } },
        ],
      })
      .finalChatCompletion();
    const message = choices[0]?.message;
    expect(message?.tool_calls?.[0]).toMatchObject({
      function: { name: 'weather', arguments: '{"city":"Rome"}' },
    });
    nest.script = HELLO;
    const stream = await open().chat.completions.create({
      model: 'qwen3',
      stream: true,
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', tool_calls: message?.tool_calls ?? [] },
        { role: 'tool', tool_call_id: 'call_w', content: 'sunny' },
      ],
    });
    await firstValueFrom(from(stream).pipe(last()));
    expect(nest.chats().at(-1)?.body.messages?.slice(1)).toMatchObject([
      {
        role: 'assistant',
        tool_calls: [{ function: { name: 'weather', arguments: { city: 'Rome' } } }],
      },
      { role: 'tool', content: 'sunny' },
    ]);
  });

  it('stops the model when the client leaves', async () => {
    nest.script = ['Hel', { fault: 'hang' }];
    const asked = nest.chats().length;
    const stream = await open().chat.completions.create({
      model: 'qwen3',
      stream: true,
      messages: [{ role: 'user', content: 'Hi' }],
    });
    await firstValueFrom(from(stream));
    stream.controller.abort();
    expect(await (await nest.chat(asked + 1)).closed).toBe('aborted');
  });

  it('lists the models, and knows no others', async () => {
    const { data } = await open().models.list();
    expect(data.map(({ id }) => id)).toEqual(['qwen3']);
    const request = { model: 'gpt', stream: true, messages: [{ role: 'user', content: 'Hi' }] };
    const refusal = await toRefusal(await post(`${nest.a.url}/v1/chat/completions`, request));
    expect(refusal).toEqual([400, 'There is no such model. There is: qwen3.']);
  });
});

describe('/ollama, read by the clients of Ollama', () => {
  const open = () => new Ollama({ host: `${nest.a.url}/ollama`, headers: ALICE });
  const request = { model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] };

  it('streams an answer to the official one, or gives it as a whole', async () => {
    nest.script = HELLO;
    let text = '';
    for await (const { message } of await open().chat({ ...request, stream: true })) {
      text += message.content;
    }
    expect(text).toBe('Hello');
    const { message, done } = await open().chat({ ...request, stream: false });
    expect([message.content, message.thinking, done]).toEqual(['Hello', 'Hm.', true]);
  });

  it('lists models and the version', async () => {
    const { models } = await open().list();
    expect(models.map(({ name }) => name)).toEqual(['qwen3']);
    const version = await fetch(`${nest.a.url}/ollama/api/version`, { headers: ALICE });
    const own = await fetch(`${nest.cluster.models[0]?.url ?? ''}/api/version`);
    expect(await version.json()).toEqual(await own.json());
  });

  it('serves fromOllamaChat', async () => {
    nest.script = HELLO;
    const chat$ = fromOllamaChat(request, { host: `${nest.a.url}/ollama`, headers: ALICE });
    const message = await lastValueFrom(chat$.pipe(accumulateMessage()));
    expect(message).toEqual({ role: 'assistant', thinking: 'Hm.', content: 'Hello' });
  });

  it('answers with the status of the model', async () => {
    nest.script = [{ error: 'model "qwen3" not found', status: 404 }];
    await expect(open().chat({ ...request, stream: true })).rejects.toMatchObject({
      status_code: 404,
    });
  });
});
