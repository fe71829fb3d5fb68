import type { ChatChunk } from '../types/index.js';
import { chunk } from './chunk.js';

const call = chunk.toolCall('multiply', { a: 17, b: 23 }, 'call_x');
const { tool_calls = [] } = call.message;

/** The chunks that have a letter. */
export const READY: Readonly<Record<string, ChatChunk>> = {
  a: chunk.answer('Hel'),
  b: chunk.answer('lo'),
  c: chunk.answer('!'),
  d: chunk.done(),
  e: chunk.answer(''),
  l: chunk.done({ reason: 'length' }),
  m: {
    ...chunk.thinking('see.'),
    message: { role: 'assistant', content: 'Hel', thinking: 'see.', tool_calls },
  },
  o: chunk.answer('<thi'),
  p: chunk.answer('nk>Let me '),
  q: chunk.answer('see.</th'),
  r: chunk.answer('ink>'),
  t: chunk.thinking('Let me '),
  u: chunk.thinking('see.'),
  x: call,
  y: chunk.toolCall('add', { a: 391, b: 9 }, 'call_y'),
  z: { ...chunk.done(), message: call.message },
};
