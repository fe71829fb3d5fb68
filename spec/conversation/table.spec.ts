import { describe, expect, it } from '@jest/globals';
import { defer, finalize, of } from 'rxjs';
import type { Context } from 'rxjs-marbles/jest';
import {
  createConversation,
  type Conversation,
} from '../../lib/conversation/createConversation.js';
import type { WhileBusy } from '../../lib/conversation/actions.js';
import { isSettled } from '../../lib/conversation/activity.js';
import { chunk, scriptedClient } from '../../lib/testing/index.js';
import type { ChatChunk, Message } from '../../lib/types/index.js';
import { marbles } from '../support/marbles.js';
import { tool } from '../tools/support.js';
import { HISTORY, act, failure, toLabel } from './support.js';

const { answer, done, thinking, toolCall } = chunk;

const values: Readonly<Record<string, ChatChunk>> = {
  t: thinking('Hm'),
  a: answer('Wait.'),
  x: toolCall('x', {}, 'id_x'),
  b: answer('So.'),
  d: done(),
};

/** The frame of each moment in the story that `play` tells. */
const MOMENTS: Readonly<Record<string, number>> = {
  'while the store loads': 3,
  'before the first chunk': 7,
  'while it thinks': 10,
  'while it answers': 12,
  'while it answers, with a queue': 12,
  'while a call waits for approval': 16,
  'while a tool runs': 20,
  'between steps': 25,
  'in the next step': 28,
  'after the turn': 33,
  'after an error': 33,
};

type Action = (conversation: Conversation) => void;

const ACTIONS: Readonly<Record<string, Action>> = {
  stop: (conversation) => {
    conversation.stop();
  },
  destroy: (conversation) => {
    conversation.destroy();
  },
  regenerate: (conversation) => {
    conversation.regenerate();
  },
  clear: (conversation) => {
    conversation.clear();
  },
  edit: (conversation) => {
    const { messages } = conversation.state;
    conversation.edit(
      messages.findLastIndex(({ message }) => message.role === 'user'),
      'Hey',
    );
  },
  'send, queue': (conversation) => {
    conversation.send('More');
  },
  'send, switch': (conversation) => {
    conversation.send('More');
  },
  'send, ignore': (conversation) => {
    conversation.send('More');
  },
  approve: (conversation) => {
    conversation.approve('id_x', true);
  },
};

/**
 * What the docs say of each action at each moment. A line has the state right after the action, the roles
 * of the messages that were saved last, and how many requests were made and are open, and how often the
 * tool has run. The history that the store has, `Hi > Hello`, is omitted.
 */
const TABLE = `
while the store loads
  stop         | idle > Go., stopped | nothing | 0/0 ran 0
  destroy      | idle > Go., stopped | nothing | 0/0 ran 0
  regenerate   | waiting > Go. | nothing | 0/0 ran 0
  clear        | idle | empty | 0/0 ran 0
  edit         | waiting > Hey | nothing | 0/0 ran 0
  send, queue  | waiting > Go., queued More | nothing | 0/0 ran 0
  send, switch | waiting > Go. > More | nothing | 0/0 ran 0
  send, ignore | waiting > Go. | nothing | 0/0 ran 0
  approve      | waiting > Go. | nothing | 0/0 ran 0

before the first chunk
  stop         | idle > Go., stopped | uau | 1/0 ran 0
  destroy      | idle > Go., stopped | uau | 1/0 ran 0
  regenerate   | waiting > Go. | uau | 2/1 ran 0
  clear        | idle | empty | 1/0 ran 0
  edit         | waiting > Hey | uau | 2/1 ran 0
  send, queue  | waiting > Go., queued More | nothing | 1/1 ran 0
  send, switch | waiting > Go. > More | uauu | 2/1 ran 0
  send, ignore | waiting > Go. | nothing | 1/1 ran 0
  approve      | waiting > Go. | nothing | 1/1 ran 0

while it thinks
  stop         | idle > Go. > (Hm)…, stopped | uau | 1/0 ran 0
  destroy      | idle > Go., stopped | uau | 1/0 ran 0
  regenerate   | waiting > Go. | uau | 2/1 ran 0
  clear        | idle | empty | 1/0 ran 0
  edit         | waiting > Hey | uau | 2/1 ran 0
  send, queue  | thinking > Go. > (Hm)…, queued More | nothing | 1/1 ran 0
  send, switch | waiting > Go. > More | uauu | 2/1 ran 0
  send, ignore | thinking > Go. > (Hm)… | nothing | 1/1 ran 0
  approve      | thinking > Go. > (Hm)… | nothing | 1/1 ran 0

while it answers
  stop         | idle > Go. > (Hm)Wait., stopped | uaua | 1/0 ran 0
  destroy      | idle > Go. > (Hm)Wait., stopped | uaua | 1/0 ran 0
  regenerate   | waiting > Go. | uau | 2/1 ran 0
  clear        | idle | empty | 1/0 ran 0
  edit         | waiting > Hey | uau | 2/1 ran 0
  send, queue  | answering > Go. > (Hm)Wait.…, queued More | nothing | 1/1 ran 0
  send, switch | waiting > Go. > (Hm)Wait. > More | uauau | 2/1 ran 0
  send, ignore | answering > Go. > (Hm)Wait.… | nothing | 1/1 ran 0
  approve      | answering > Go. > (Hm)Wait.… | nothing | 1/1 ran 0

while it answers, with a queue
  stop         | idle > Go. > (Hm)Wait., stopped | uaua | 1/0 ran 0
  destroy      | idle > Go. > (Hm)Wait., stopped | uaua | 1/0 ran 0
  regenerate   | waiting > Go., queued And? | uau | 2/1 ran 0
  clear        | idle | empty | 1/0 ran 0
  edit         | waiting > Hey | uau | 2/1 ran 0
  send, queue  | answering > Go. > (Hm)Wait.…, queued And?,More | nothing | 1/1 ran 0
  approve      | answering > Go. > (Hm)Wait.…, queued And? | nothing | 1/1 ran 0

while a call waits for approval
  stop         | idle > Go. > (Hm)Wait., stopped | uaua | 1/0 ran 0
  destroy      | idle > Go. > (Hm)Wait., stopped | uaua | 1/0 ran 0
  regenerate   | waiting > Go. | uau | 2/1 ran 0
  clear        | idle | empty | 1/0 ran 0
  edit         | waiting > Hey | uau | 2/1 ran 0
  send, queue  | calling-tools > Go. > (Hm)Wait.[x]…, runs x, queued More, x approval | nothing | 1/0 ran 0
  send, switch | waiting > Go. > (Hm)Wait. > More | uauau | 2/1 ran 0
  send, ignore | calling-tools > Go. > (Hm)Wait.[x]…, runs x, x approval | nothing | 1/0 ran 0
  approve      | calling-tools > Go. > (Hm)Wait.[x]…, runs x, x running | nothing | 1/0 ran 1

while a tool runs
  stop         | idle > Go. > (Hm)Wait., stopped | uaua | 1/0 ran 1
  destroy      | idle > Go. > (Hm)Wait., stopped | uaua | 1/0 ran 1
  regenerate   | waiting > Go. | uau | 2/1 ran 1
  clear        | idle | empty | 1/0 ran 1
  edit         | waiting > Hey | uau | 2/1 ran 1
  send, queue  | calling-tools > Go. > (Hm)Wait.[x]…, runs x, queued More, x running | nothing | 1/0 ran 1
  send, switch | waiting > Go. > (Hm)Wait. > More | uauau | 2/1 ran 1
  send, ignore | calling-tools > Go. > (Hm)Wait.[x]…, runs x, x running | nothing | 1/0 ran 1
  approve      | calling-tools > Go. > (Hm)Wait.[x]…, runs x, x running | nothing | 1/0 ran 1

between steps
  stop         | idle > Go. > (Hm)Wait.[x] > r, stopped, x done | uauat | 2/0 ran 1
  destroy      | idle > Go. > (Hm)Wait.[x] > r, stopped, x done | uauat | 2/0 ran 1
  regenerate   | waiting > Go. > (Hm)Wait.[x] > r | uauat | 3/1 ran 1
  clear        | idle | empty | 2/0 ran 1
  edit         | waiting > Hey | uau | 3/1 ran 1
  send, queue  | waiting > Go. > (Hm)Wait.[x] > r, queued More, x done | nothing | 2/1 ran 1
  send, switch | waiting > Go. > (Hm)Wait.[x] > r > More | uauatu | 3/1 ran 1
  send, ignore | waiting > Go. > (Hm)Wait.[x] > r, x done | nothing | 2/1 ran 1
  approve      | waiting > Go. > (Hm)Wait.[x] > r, x done | nothing | 2/1 ran 1

in the next step
  stop         | idle > Go. > (Hm)Wait.[x] > r > So., stopped, x done | uauata | 2/0 ran 1
  destroy      | idle > Go. > (Hm)Wait.[x] > r > So., stopped, x done | uauata | 2/0 ran 1
  regenerate   | waiting > Go. > (Hm)Wait.[x] > r | uauat | 3/1 ran 1
  clear        | idle | empty | 2/0 ran 1
  edit         | waiting > Hey | uau | 3/1 ran 1
  send, queue  | answering > Go. > (Hm)Wait.[x] > r > So.…, queued More, x done | nothing | 2/1 ran 1
  send, switch | waiting > Go. > (Hm)Wait.[x] > r > So. > More | uauatau | 3/1 ran 1
  send, ignore | answering > Go. > (Hm)Wait.[x] > r > So.…, x done | nothing | 2/1 ran 1
  approve      | answering > Go. > (Hm)Wait.[x] > r > So.…, x done | nothing | 2/1 ran 1

after the turn
  stop         | idle > Go. > (Hm)Wait.[x] > r > So., x done | uauata | 2/0 ran 1
  destroy      | idle > Go. > (Hm)Wait.[x] > r > So., x done | uauata | 2/0 ran 1
  regenerate   | waiting > Go. > (Hm)Wait.[x] > r | uauata | 3/1 ran 1
  clear        | idle | empty | 2/0 ran 1
  edit         | waiting > Hey | uauata | 3/1 ran 1
  send, queue  | waiting > Go. > (Hm)Wait.[x] > r > So. > More | uauata | 3/1 ran 1
  send, switch | waiting > Go. > (Hm)Wait.[x] > r > So. > More | uauata | 3/1 ran 1
  send, ignore | waiting > Go. > (Hm)Wait.[x] > r > So. > More | uauata | 3/1 ran 1
  approve      | idle > Go. > (Hm)Wait.[x] > r > So., x done | uauata | 2/0 ran 1

after an error
  stop         | error > Go. > (Hm)Wait.[x] > r > So., error broken, x done | uauata | 2/0 ran 1
  destroy      | error > Go. > (Hm)Wait.[x] > r > So., error broken, x done | uauata | 2/0 ran 1
  regenerate   | waiting > Go. > (Hm)Wait.[x] > r | uauata | 3/1 ran 1
  clear        | idle | empty | 2/0 ran 1
  edit         | waiting > Hey | uauata | 3/1 ran 1
  send, queue  | waiting > Go. > (Hm)Wait.[x] > r > So. > More | uauata | 3/1 ran 1
  send, switch | waiting > Go. > (Hm)Wait.[x] > r > So. > More | uauata | 3/1 ran 1
  send, ignore | waiting > Go. > (Hm)Wait.[x] > r > So. > More | uauata | 3/1 ran 1
  approve      | error > Go. > (Hm)Wait.[x] > r > So., error broken, x done | uauata | 2/0 ran 1
`;

/** One turn in virtual time, in which something is done at a moment. */
function play(m: Context, moment: string, action: string): string {
  const frame = MOMENTS[moment] ?? 0;
  const first = '    ----t-a-xd|';
  const tool$ = m.cold('------(r|)');
  const second = moment === 'after an error' ? '----b-#' : '----b-(d|)';
  const later = '     ----b-(d|)';
  let seen = '';
  let saved = 'nothing';
  let open = 0;
  let executed = 0;
  const client = scriptedClient((_, i) =>
    defer(() => {
      open++;
      return m.cold([first, second][i] ?? later, values, failure);
    }).pipe(finalize(() => open--)),
  );
  const conversation = createConversation({
    ...{ model: 'm', client, every: 0 },
    whileBusy: (action.split(', ')[1] ?? 'queue') as WhileBusy,
    tools: [
      tool(
        'x',
        () => {
          executed++;
          return tool$;
        },
        { needsApproval: true },
      ),
    ],
    store: {
      load: () => m.cold('     -----(s|)', { s: HISTORY }),
      save(all) {
        saved = all.map(({ role }) => role[0]).join('');
        return of(true);
      },
    },
  });
  const look = (): string => {
    const { state } = conversation;
    const shown = toLabel(state).replace(' > Hi > Hello', '');
    const activity = state.activity?.map(({ status }) => `, x ${status}`).join('') ?? '';
    const server = `${String(client.requests.length)}/${String(open)} ran ${String(executed)}`;
    return `${shown}${activity} | ${saved || 'empty'} | ${server}`;
  };
  const at = (when: number, use: () => void): void => {
    act(m, `${String(when)}ms a`, { a: use });
  };
  at(1, () => {
    conversation.send('Go.');
  });
  if (moment.endsWith('queue'))
    at(11, () => {
      conversation.send('And?');
    });
  at(17, () => {
    conversation.approve('id_x', true);
  });
  at(frame, () => {
    ACTIONS[action]?.(conversation);
    seen = look();
  });
  m.flush();
  // Whatever has happened: nothing is open, nothing waits, and every request could be sent.
  expect(open).toBe(0);
  expect(['idle', 'error']).toContain(conversation.state.status);
  expect(conversation.state.activity?.every(isSettled) ?? true).toBe(true);
  client.requests.forEach(({ messages = [] }) => {
    checkHistory(messages);
  });
  return seen;
}

/** Each call has its result, each result its call, and no answer is empty. */
function checkHistory(messages: readonly Message[]): void {
  const calls = messages.flatMap(({ tool_calls = [] }) => tool_calls.map(({ id }) => id));
  expect(messages.flatMap(({ tool_call_id: id }) => (id ? [id] : []))).toEqual(calls);
  const answers = messages.filter(({ role }) => role === 'assistant');
  expect(answers.every(({ content, tool_calls }) => content || tool_calls)).toBe(true);
}

const cases = TABLE.trim()
  .split('\n\n')
  .flatMap((block) => {
    const [moment = '', ...lines] = block.split('\n');
    return lines.map((line) => {
      const [action = '', ...expected] = line.trim().split(/ +\| /);
      return { moment, action, expected: expected.join(' | ') };
    });
  });

describe('an action', () => {
  it('is tried at every moment', () => {
    // A conversation that queues can't switch or ignore.
    expect(cases).toHaveLength(Object.keys(MOMENTS).length * Object.keys(ACTIONS).length - 2);
  });

  it.each(cases)('$action, $moment', ({ moment, action, expected }) => {
    marbles((m) => {
      expect(play(m, moment, action)).toBe(expected);
    })();
  });
});
