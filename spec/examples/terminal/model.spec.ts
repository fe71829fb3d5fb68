import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { findExpressions } from '../../../examples/terminal/expressions.js';
import { respond } from '../../../examples/terminal/model.js';
import { toTokens } from '../../../examples/terminal/scriptedServer.js';
import { findTimeZones } from '../../../examples/terminal/timeZones.js';
import type { Message } from '../../../lib/types/index.js';

const TOOLS = ['calculate', 'current_time'];
const user = (content: string): Message => ({ role: 'user', content });

/** What the messages of one tool call are: the call, and what came of it. */
function used(name: string, args: Readonly<Record<string, unknown>>, content: string): Message[] {
  const id = `call_${content}`;
  const call = { id, function: { name, arguments: args } };
  return [
    { role: 'assistant', content: '', tool_calls: [call] },
    { role: 'tool', content, tool_name: name, tool_call_id: id },
  ];
}

describe('findExpressions', () => {
  it.each<[question: string, ...expressions: string[]]>([
    ['What is 17 × 23?', '17 × 23'],
    ['17*23', '17*23'],
    ['How much is 12.5 times 8, please?', '12.5 × 8'],
    ['Compute (2+3)^2 divided by -5.', '(2+3)^2 ÷ -5'],
    ['3 x 4', '3 × 4'],
    ['1,000,000 plus 1', '1000000 + 1'],
    ['5 squared minus 2 cubed', '5^2 − 2^3'],
    ['5² − 1', '5² − 1'],
    ['5²', '5²'],
    ['2 to the power of 10?', '2 ^ 10'],
    ['2 raised to the power 10?', '2 ^ 10'],
    ['negative 5 multiplied by .5', '− 5 × .5'],
    ['2+2 and 3*4', '2+2', '3*4'],
    ['Hi. (I wonder what 2+3 is, or 4-1.)', '2+3', '4-1'],
    ['What is (2 + 3?', '(2 + 3'],
    ['10% of 50', '10% × 50'],
    ['What is 7.5 percent of 200?', '7.5% × 200'],
    ['50 + 10%', '50 + 10%'],
    ['sqrt(2)', '√(2)'],
    ['sqrt of 2', '√ 2'],
    ['the square root of 16 + 9', '√ 16 + 9'],
    ['2 × √9', '2 × √9'],
    ['(what is 2 + 3)', '2 + 3'],
  ])('finds what is to be worked out in "%s"', (question, ...expressions) => {
    expect(findExpressions(question)).toEqual(expressions);
  });

  it.each([
    'Who wrote Faust?',
    'I have 3 apples',
    'What is -5?',
    '10% of that',
    'I have 50% left',
    'the cube root of 27',
    'What happened on 2024-05-01?',
    'and times 2?',
    'B-52 + 3',
    '3 apples and 4 + 5 pears',
    'and/or',
    '',
  ])('finds nothing in "%s"', (question) => {
    expect(findExpressions(question)).toEqual([]);
  });

  it.each([
    ['and times 2?', '391', '391 × 2'],
    ['divided by 2', '-4', '(-4) ÷ 2'],
    ['minus 5', '10', '10 − 5'],
    ['minus 5 plus 3', '10', '− 5 + 3'],
    ['2 + 2', '10', '2 + 2'],
  ])('goes on with the previous result: "%s" after %s', (question, previous, expression) => {
    expect(findExpressions(question, previous)).toEqual([expression]);
  });
});

describe('findTimeZones', () => {
  it.each<[question: string, ...zones: (string | undefined)[]]>([
    ['What time is it?', undefined],
    ["What's the time right now?", undefined],
    ['What day is it today?', undefined],
    ['What time is it in Tokyo?', 'Asia/Tokyo'],
    ['the time in new york, please', 'America/New_York'],
    ['what time is it in Europe/Berlin now', 'Europe/Berlin'],
    [
      'what time is it in Tokyo, in Beijing and in Paris',
      'Asia/Tokyo',
      'Asia/Shanghai',
      'Europe/Paris',
    ],
    ['What time is it in New Jersey?', 'New Jersey'],
    ['time in Tokyo?', 'Asia/Tokyo'],
    ['and the time in Paris', 'Europe/Paris'],
    ['What time is it in Tokyo and what is 3 * 3?', 'Asia/Tokyo'],
    ['What is 17 times 23?'],
    ['What is the time complexity of quicksort?'],
    ['and in Berlin?'],
    ['How do I save time in Angular?'],
  ])('knows whose time is asked for in "%s"', (question, ...zones) => {
    expect(findTimeZones(question)).toEqual(zones);
  });
});

describe('findTimeZones after a question about the time', () => {
  it.each<[question: string, ...zones: string[]]>([
    ['and in Berlin?', 'Europe/Berlin'],
    ['And Paris?', 'Europe/Paris'],
    ['what about New York and Tokyo?', 'America/New_York', 'Asia/Tokyo'],
    ['how about in Beijing', 'Asia/Shanghai'],
    ['and thanks'],
    ['and times 2?'],
    ['Berlin is a city'],
  ])('knows whose time is asked for in "%s"', (question, ...zones) => {
    expect(findTimeZones(question, true)).toEqual(zones);
  });
});

describe('the scripted model', () => {
  it('calls the calculator with the expression and does not answer yet', () => {
    const { calls, answer, thinking } = respond([user('What is 17 × 23?')], TOOLS);
    expect(calls).toEqual([
      { function: { name: 'calculate', arguments: { expression: '17 × 23' } } },
    ]);
    expect(answer).toBeUndefined();
    expect(thinking).toContain('17 × 23');
    expect(thinking).not.toContain('391');
  });

  it('believes the calculator, whatever it says', () => {
    const turn = used('calculate', { expression: '17 × 23' }, '42');
    const { answer, calls } = respond([user('What is 17 × 23?'), ...turn], TOOLS);
    expect(answer).toBe('17 × 23 = 42');
    expect(calls).toBeUndefined();
  });

  it('passes on why a tool has failed', () => {
    const turn = used('calculate', { expression: '1 / 0' }, 'Error: division by zero');
    const { answer } = respond([user('1 / 0'), ...turn], TOOLS);
    expect(answer).toBe("I'm sorry, that doesn't work: division by zero.");
  });

  it.each([
    ['current_time', "You didn't let me look at the clock."],
    ['calculate', "You didn't let me use the calculator."],
  ])('says once that it was not allowed to call %s', (name, answer) => {
    const refused = used(name, { expression: '1 + 1' }, 'The call was not approved.');
    const turn = respond([user('?'), ...refused, ...refused], TOOLS);
    expect(turn.answer).toBe(answer);
    expect(turn.calls).toBeUndefined();
  });

  it('goes on with the last result that is one', () => {
    const messages = [
      user('17 × 23'),
      ...used('calculate', { expression: '17 × 23' }, '391'),
      { role: 'assistant', content: '17 × 23 = 391' },
      user('1 / 0'),
      ...used('calculate', { expression: '1 / 0' }, 'Error: division by zero'),
      user('2 + 2'),
      ...used('calculate', { expression: '2 + 2' }, 'The call was not approved: busy'),
      user('and times 2?'),
    ];
    expect(respond(messages, TOOLS).calls).toMatchObject([
      { function: { arguments: { expression: '391 × 2' } } },
    ]);
  });

  it('asks for the local time without a zone, and for another with one', () => {
    expect(respond([user('What time is it?')], TOOLS).calls).toEqual([
      { function: { name: 'current_time', arguments: {} } },
    ]);
    expect(respond([user('What time is it in Tokyo?')], TOOLS).calls).toEqual([
      { function: { name: 'current_time', arguments: { timeZone: 'Asia/Tokyo' } } },
    ]);
  });

  it('says what the clock says, and where', () => {
    const local = used('current_time', {}, '12:00 (UTC)');
    expect(respond([user('time?'), ...local], TOOLS).answer).toBe('It is 12:00 (UTC).');
    const there = used('current_time', { timeZone: 'America/New_York' }, '07:00');
    expect(respond([user('time?'), ...there], TOOLS).answer).toBe('In New York it is 07:00.');
  });

  it('asks for the time of another place after the time of one', () => {
    const before = [
      user('time in Tokyo?'),
      ...used('current_time', { timeZone: 'Asia/Tokyo' }, '12:00'),
      { role: 'assistant', content: 'In Tokyo it is 12:00.' },
    ];
    const time = (question: string, messages: Message[]) =>
      respond([...messages, user(question)], TOOLS).calls?.[0]?.function.arguments;
    expect(time('and in Berlin?', before)).toEqual({ timeZone: 'Europe/Berlin' });
    const later = [
      ...before,
      user('17 × 23'),
      ...used('calculate', { expression: '17 × 23' }, '391'),
    ];
    expect(time('and in Berlin?', later)).toBeUndefined();
  });

  it('does what it says that it can do', () => {
    const { answer = '' } = respond([user('help')], TOOLS);
    for (const example of ['17 × 23', '10% of 50', 'sqrt(2)']) {
      expect(answer).toContain(example);
      expect(respond([user(example)], TOOLS).calls).toHaveLength(1);
    }
  });

  it('makes several calls at once and says all results in order', () => {
    const question = user('What is 2 + 2 and 3 * 4? And what time is it?');
    const { calls } = respond([question], TOOLS);
    expect(calls?.map(({ function: { name } }) => name)).toEqual([
      'calculate',
      'calculate',
      'current_time',
    ]);
    const turn = [
      ...used('calculate', { expression: '2 + 2' }, '4'),
      ...used('calculate', { expression: '3 * 4' }, '12'),
    ];
    expect(respond([question, ...turn], TOOLS).answer).toBe('2 + 2 = 4\n3 * 4 = 12');
  });

  it('does not work anything out without the tool', () => {
    const { answer, calls } = respond([user('What is 17 × 23?')], []);
    expect(calls).toBeUndefined();
    expect(answer).toContain('can\'t answer this without the tool "calculate"');
  });

  it.each([
    ['How do I cancel with rxjs?', /^Unsubscribing stops the model\./],
    ['How does splitThinking work?', /^Some models send their thoughts/],
    ['What is this library?', /^rxjs-ollama turns a streamed chat/],
    ['How do I test with marbles?', /^Everything runs in virtual time/],
  ])('talks about the library: %s', (question, answer) => {
    expect(respond([user(question)], TOOLS).answer).toMatch(answer);
  });

  it.each(['Give me a tour of the library', 'tour', 'A tour, please'])(
    'has a long talk too: %s',
    (question) => {
      const { answer = '' } = respond([user(question)], TOOLS);
      expect(answer.split('\n\n')).toHaveLength(6);
    },
  );

  it.each(['Who wrote Faust?', 'Who won the Tour de France?', '🤷', ''])(
    'apologizes for "%s"',
    (question) => {
      const { answer, calls } = respond([user(question)], TOOLS);
      expect(calls).toBeUndefined();
      expect(answer).toMatch(/^I'm sorry, I don't know\./);
      expect(answer).toContain('OLLAMA_HOST');
    },
  );

  it('introduces itself', () => {
    expect(respond([user('Hello!')], TOOLS).answer).toMatch(/^Hello! I can /);
  });
});

describe('toTokens', () => {
  it('leaves nothing out and makes no long ones', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(toTokens(text).join('')).toBe(text);
      }),
    );
    const longest = Math.max(
      ...toTokens('Press Ctrl-C, 123456 times.').map(({ length }) => length),
    );
    expect(longest).toBeLessThanOrEqual(8);
  });
});
