import { describe, expect, it } from '@jest/globals';
import { createStep } from '../../lib/tools/step.js';
import { chunk } from '../../lib/testing/index.js';
import { delta } from '../support/chunks.js';
import { rawCall } from './support.js';

const { answer, done, thinking, toolCall } = chunk;

describe('a step', () => {
  it('has begun when a chunk has come', () => {
    const step = createStep(0);
    expect([step.begun, step.message(), step.results()]).toEqual([
      false,
      { role: 'assistant', content: '' },
      [],
    ]);
    step.add(thinking('Hm'));
    expect(step.begun).toBe(true);
  });

  it('gives the calls of each chunk, with an id', () => {
    const step = createStep(7);
    expect(step.add(answer('Hi'))).toEqual([]);
    expect(step.add(toolCall('x', {}, 'call_own'))).toEqual([
      { id: 'call_own', function: { index: 0, name: 'x', arguments: {} } },
    ]);
    expect(step.add(delta({ tool_calls: [rawCall('y', '{"n":1}'), rawCall('z', {})] }))).toEqual([
      { id: 'call_8', function: { name: 'y', arguments: { n: 1 } } },
      { id: 'call_9', function: { name: 'z', arguments: {} } },
    ]);
  });

  it('gives results in the order of the calls, and the id only where there was one', () => {
    const step = createStep(0);
    const [x] = step.add(toolCall('x', {}, 'call_own'));
    const [y] = step.add(toolCall('y'));
    step.add(done());
    if (!x || !y) throw new Error('There are no calls.');
    step.tell(y, 'two');
    expect(step.results()).toEqual([{ role: 'tool', content: 'two', tool_name: 'y' }]);
    step.tell(x, '');
    expect(step.results()).toEqual([
      { role: 'tool', content: '', tool_name: 'x', tool_call_id: 'call_own' },
      { role: 'tool', content: 'two', tool_name: 'y' },
    ]);
  });

  it('gives the message as the server takes it, other calls as they came', () => {
    const step = createStep(0);
    const good = {
      id: 'call_own',
      type: 'function',
      function: { index: 0, name: 'x', arguments: { n: 1 } },
    };
    step.add(delta({ thinking: 'Hm', content: 'So:', tool_calls: [good, rawCall('y', '{"n":')] }));
    const message = step.message();
    expect(message).toEqual({
      role: 'assistant',
      content: 'So:',
      thinking: 'Hm',
      tool_calls: [good, rawCall('y', {})],
    });
    expect(message.tool_calls?.[0]).toBe(good);
  });

  it('starts over where the request was made again', () => {
    const step = createStep(0);
    const [x] = step.add(toolCall('x'));
    if (!x) throw new Error('There is no call.');
    step.tell(x, 'lost');
    const [y] = step.add({ ...toolCall('y'), reset: true });
    expect(y?.id).toBe('call_0');
    expect(step.message().tool_calls).toHaveLength(1);
    expect(step.results()).toEqual([]);
  });
});
