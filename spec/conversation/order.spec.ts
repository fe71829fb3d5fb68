import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { from } from 'rxjs';
import { createConversation } from '../../lib/conversation/createConversation.js';
import type {
  CallActivity,
  ConversationMessage,
  ConversationState,
} from '../../lib/conversation/state.js';
import { chunk, scriptedClient } from '../../lib/testing/index.js';
import { expectFile } from '../support/generated.js';
import { tool } from '../tools/support.js';

const { answer, done, thinking, toolCall } = chunk;

const GUIDE = join(__dirname, '../../docs/guide/conversation.md');
/** The picture in the guide: the block after the sentence about it. */
const PICTURE = /(?<=^<!-- order -->\n\n```none\n)[^]*?(?=^```$)/m;

/** The parts of a message in the order of the screen, each with what it is. */
function toParts({ id, message }: ConversationMessage, activity: readonly CallActivity[]) {
  if (message.role === 'tool') return [];
  const calls = activity
    .filter(({ messageId }) => messageId === id)
    .map(({ call, status, result }): [string, string] => [
      `call, ${status}`,
      `${call.function.name}() → ${JSON.stringify(result)}`,
    ]);
  const text = message.role === 'user' ? 'user' : 'answer';
  return [
    ...(message.thinking ? [['thinking', message.thinking] as const] : []),
    ...(message.content ? [[text, message.content] as const] : []),
    ...calls,
  ];
}

/** What a screen shows, a line for each part: of which message, what it is, and what it says. */
function draw({ messages, activity = [] }: ConversationState): string {
  const lines = messages.flatMap((entry) =>
    toParts(entry, activity).map(([kind, text], i) => [i ? '' : entry.id, kind, text]),
  );
  return lines
    .map(([id = '', kind = '', text = '']) => ` ${id.padEnd(11)}${kind.padEnd(12)}${text}`)
    .join('\n');
}

describe('the order of a turn over several steps', () => {
  const client = scriptedClient((_, i) =>
    i === 0
      ? [
          ...[thinking('Both are cheap.'), answer('I will ask.'), toolCall('weather', {}, '1')],
          ...[toolCall('time', {}, '2'), done()],
        ]
      : i === 1
        ? [thinking('One is missing.'), toolCall('traffic', {}, '3'), done()]
        : [thinking('That is all.'), answer('Take the train.'), done()],
  );
  const tools = [
    tool('weather', () => 'rain'),
    tool('time', () => from(['…', '9:41'])),
    tool('traffic', () => 'jam'),
  ];
  const conversation = createConversation({ model: 'm', client, tools, every: 0 });
  const pictures: string[] = [];
  conversation.state$.subscribe((state) => pictures.push(draw(state)));
  conversation.send('How do I get to Bonn?');

  it('is that of the messages, as the picture in the guide shows', () => {
    const text = readFileSync(GUIDE, 'utf8');
    expect(text).toMatch(PICTURE);
    const picture = `${draw(conversation.state)}\n`;
    expectFile(
      GUIDE,
      text.replace(PICTURE, () => picture),
    );
  });

  it('has all parts, in the order in which they came', () => {
    expect(
      draw(conversation.state)
        .split('\n')
        .map((line) => line.slice(12).replace(/ {2,}/, ': ')),
    ).toEqual([
      'user: How do I get to Bonn?',
      'thinking: Both are cheap.',
      'answer: I will ask.',
      'call, done: weather() → "rain"',
      'call, done: time() → "9:41"',
      'thinking: One is missing.',
      'call, done: traffic() → "jam"',
      'thinking: That is all.',
      'answer: Take the train.',
    ]);
  });

  it('never changes: what has come stays above what comes', () => {
    const kinds = pictures.map((picture) =>
      // A call changes its status and has a result, at its place.
      picture.split('\n').map((line) => line.replace(/call, .*/, 'call')),
    );
    expect(kinds.length).toBeGreaterThan(15);
    kinds.forEach((lines, at) => {
      const next = kinds[at + 1] ?? lines;
      expect(next.slice(0, lines.length)).toEqual(lines[0] ? lines : next.slice(0, 1));
    });
  });
});
