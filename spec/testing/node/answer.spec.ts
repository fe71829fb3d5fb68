import { describe, expect, it } from '@jest/globals';
import type { ChatChunk } from '../../../lib/types/index.js';
import type { Step } from '../../../lib/testing/node/index.js';
import { chat, post, start, toLines } from './support.js';

const AT = '2026-08-07T06:08:14.947137Z';
const STATISTICS = {
  total_duration: 6,
  load_duration: 5,
  prompt_eval_count: 4,
  prompt_eval_duration: 3,
  eval_count: 2,
  eval_duration: 1,
};
const CALL = {
  id: 'call_a1b2c3d4',
  function: { index: 0, name: 'add', arguments: { b: 1, a: 2 } },
};
const CALL_LINE =
  '{"id":"call_a1b2c3d4","function":{"index":0,"name":"add","arguments":{"b":1,"a":2}}}';
const STATISTICS_LINE =
  '"total_duration":6,"load_duration":5,"prompt_eval_count":4,"prompt_eval_duration":3,"eval_count":2,"eval_duration":1';

async function chatText(steps: Step[], body?: object): Promise<string> {
  return (await chat(await start(steps), body)).text();
}

async function generate(steps: Step[], body: object = {}): Promise<Response> {
  const ollama = await start(steps);
  return post(ollama, '/api/generate', { model: 'qwen3', prompt: 'Hi', ...body });
}

describe('a chunk of /api/chat', () => {
  it('has the keys in the order of the wire, and no empty ones but content', async () => {
    const text = await chatText([
      { thinking: 'Hm', created_at: AT },
      { tool_calls: [CALL], created_at: AT },
      { content: 'Hi', created_at: AT, done: true, ...STATISTICS },
    ]);
    expect(text.split('\n')).toEqual([
      `{"model":"qwen3","created_at":"${AT}","message":{"role":"assistant","content":"","thinking":"Hm"},"done":false}`,
      `{"model":"qwen3","created_at":"${AT}","message":{"role":"assistant","content":"","tool_calls":[${CALL_LINE}]},"done":false}`,
      `{"model":"qwen3","created_at":"${AT}","message":{"role":"assistant","content":"Hi"},"done":true,"done_reason":"stop",${STATISTICS_LINE}}`,
      '',
    ]);
  });

  it('has every other field where the wire has it', async () => {
    const text = await chatText([
      {
        logprobs: [{ token: 'Hi', logprob: -0.5 }],
        message: { role: 'tool', images: ['aGk='], tool_name: 'add', tool_call_id: 'call_1' },
        remote_model: 'big',
        remote_host: 'https://ollama.com',
        model: 'other',
        created_at: AT,
      },
    ]);
    expect(text).toBe(
      `{"model":"other","remote_model":"big","remote_host":"https://ollama.com","created_at":"${AT}",` +
        '"message":{"role":"tool","content":"","images":["aGk="],"tool_name":"add","tool_call_id":"call_1"},' +
        '"done":false,"logprobs":[{"token":"Hi","logprob":-0.5}]}\n',
    );
  });

  it('may be a whole chunk as the library has it', async () => {
    const chunk: ChatChunk = {
      model: 'llama3',
      created_at: AT,
      message: { role: 'assistant', content: 'Hi', thinking: 'Hm', tool_calls: [CALL] },
      done: true,
      done_reason: 'length',
      ...STATISTICS,
    };
    expect(JSON.parse(await chatText([chunk]))).toEqual(chunk);
  });

  it('escapes what Go escapes, so that no tag stands in a line as such', async () => {
    const content = '<think>a && b</think>\u2028\u2029"\\\n';
    const text = await chatText([content]);
    expect(text).toContain(
      String.raw`"\u003cthink\u003ea \u0026\u0026 b\u003c/think\u003e\u2028\u2029\"\\\n"`,
    );
    expect(toLines(text)[0]?.message?.['content']).toBe(content);
  });

  it('has the time of its writing', async () => {
    const before = Date.now() - 1;
    const [line] = toLines(await chatText(['Hi']));
    expect(line?.['created_at']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,5}[1-9])?Z$/);
    const time = Date.parse(String(line?.['created_at']));
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now() + 1);
  });

  it('gets ids and indices for its tool calls, which count through the answer', async () => {
    const call = { function: { name: 'add', arguments: {} } };
    const lines = toLines(await chatText([{ tool_calls: [call, call] }, { tool_calls: [call] }]));
    const calls = lines.flatMap(({ message }) => message?.['tool_calls'] as (typeof CALL)[]);
    expect(calls.map((it) => it.function.index)).toEqual([0, 1, 2]);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(3);
    for (const { id } of calls) expect(id).toMatch(/^call_[a-z0-9]{8}$/);
  });

  it('leaves out what is empty or zero', async () => {
    const [line] = toLines(
      await chatText([
        {
          done: true,
          done_reason: '',
          load_duration: 0,
          tool_calls: [{ ...CALL, id: '' }],
        },
      ]),
    );
    expect(line).not.toHaveProperty('done_reason');
    expect(line).not.toHaveProperty('load_duration');
    expect(line?.message?.['tool_calls']).toEqual([{ function: CALL.function }]);
  });

  it('has figures on the final chunk that fit the answer', async () => {
    const steps: Step[] = [{ delay: 20 }, 'a', { content: 'b', delay: 10 }, { done: true }];
    const [, , final = {}] = toLines(await chatText(steps));
    expect(final).toMatchObject({ done_reason: 'stop', eval_count: 2, prompt_eval_count: 8 });
    const { total_duration, load_duration, prompt_eval_duration, eval_duration } =
      final as Required<typeof STATISTICS>;
    expect(load_duration + prompt_eval_duration).toBeGreaterThan(18e6);
    expect(eval_duration).toBeGreaterThan(8e6);
    const sum = load_duration + prompt_eval_duration + eval_duration;
    expect(Math.abs(total_duration - sum)).toBeLessThan(10);
  });
});

describe('a chunk of /api/generate', () => {
  it('has response, thinking and context in place of the message', async () => {
    const response = await generate([
      { thinking: 'Hm', created_at: AT },
      { content: 'Hi', created_at: AT },
      { tool_calls: [CALL], created_at: AT, done: true, context: [1, 2], ...STATISTICS },
    ]);
    expect((await response.text()).split('\n')).toEqual([
      `{"model":"qwen3","created_at":"${AT}","response":"","thinking":"Hm","done":false}`,
      `{"model":"qwen3","created_at":"${AT}","response":"Hi","done":false}`,
      `{"model":"qwen3","created_at":"${AT}","response":"","done":true,"done_reason":"stop","context":[1,2],${STATISTICS_LINE},"tool_calls":[${CALL_LINE}]}`,
      '',
    ]);
  });

  it('is one object with stream: false', async () => {
    const response = await generate([{ thinking: 'Hm' }, 'a', 'b', { done: true }], {
      stream: false,
    });
    expect(await response.json()).toMatchObject({ response: 'ab', thinking: 'Hm', done: true });
  });
});

describe('stream: false', () => {
  it('gives all steps in one object, without a newline', async () => {
    const logprob = { token: 'a', logprob: -1 };
    const ollama = await start([
      { thinking: 'H' },
      { thinking: 'm', content: 'a', logprobs: [logprob] },
      { tool_calls: [CALL] },
      { content: 'b', logprobs: [logprob] },
      { tool_calls: [CALL], done: true, ...STATISTICS, created_at: AT },
    ]);
    const response = await chat(ollama, { stream: false });
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.text()).toBe(
      `{"model":"qwen3","created_at":"${AT}","message":{"role":"assistant","content":"ab","thinking":"Hm","tool_calls":[${CALL_LINE},${CALL_LINE}]},` +
        '"done":true,"done_reason":"stop","logprobs":[{"token":"a","logprob":-1},{"token":"a","logprob":-1}],' +
        `${STATISTICS_LINE}}`,
    );
  });

  it('is not done where no final chunk was scripted', async () => {
    const text = await chatText(['a', 'b'], { stream: false });
    expect(JSON.parse(text)).toMatchObject({ message: { content: 'ab' }, done: false });
  });

  it('keeps the timing, the status and what is raw', async () => {
    const ollama = await start({
      status: 502,
      headers: { 'Content-Type': 'text/html' },
      steps: ['unheard', { raw: '<html>' }],
    });
    const response = await chat(ollama, { stream: false });
    expect([response.status, await response.text()]).toEqual([502, '<html>']);
  });
});

describe('progress', () => {
  const digest = 'sha256:0123456789ab';
  const steps: Step[] = [
    { status: 'pulling manifest' },
    { status: 'pulling 0123456789ab', digest, total: 10, completed: 0 },
    { status: 'pulling 0123456789ab', digest, total: 10, completed: 10 },
    { status: 'success' },
  ];

  it.each(['/api/pull', '/api/push', '/api/create'])('streams from %s', async (path) => {
    const body = { model: 'qwen3', from: 'qwen2' };
    const response = await post(await start(steps), path, body);
    expect((await response.text()).split('\n')).toEqual([
      '{"status":"pulling manifest"}',
      `{"status":"pulling 0123456789ab","digest":"${digest}","total":10}`,
      `{"status":"pulling 0123456789ab","digest":"${digest}","total":10,"completed":10}`,
      '{"status":"success"}',
      '',
    ]);
  });

  it('is its last line with stream: false', async () => {
    const body = { name: 'qwen3', stream: false };
    const response = await post(await start(steps), '/api/pull', body);
    expect(await response.text()).toBe('{"status":"success"}');
  });
});
