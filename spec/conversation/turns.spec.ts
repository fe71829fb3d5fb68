import { describe, expect, it } from '@jest/globals';
import { filter, take, throwError } from 'rxjs';
import { createConversation } from '../../lib/conversation/createConversation.js';
import { chunk, scriptedClient } from '../../lib/testing/index.js';
import { delta } from '../support/chunks.js';
import { marbles } from '../support/marbles.js';
import {
  HISTORY,
  act,
  chunks,
  counting,
  failure,
  talk,
  toAsked,
  toLabel,
  toLabels,
} from './support.js';

const { answer, done } = chunk;

describe('a message that is sent while an answer is under way', () => {
  // prettier-ignore
  it('waits for its turn', marbles((m) => {
    const first = m.cold('  -a---b-(d|)', chunks);
    const second = m.cold('        -c-(d|)', chunks);
    const firstSubs = '     ^------!';
    const secondSubs = '    -------^--!';
    const expected = '      wa-q-b-(bx)';
    const { conversation } = talk([first, second]);
    conversation.send('Hi');
    act(m, '                ---s', { s: () => { conversation.send('And?'); } });
    m.expect(toLabels(conversation).pipe(take(6))).toBeObservable(expected.replace('(bx)', '(bx|)'), {
      w: 'waiting > Hi',
      a: 'answering > Hi > Hel…',
      q: 'answering > Hi > Hel…, queued And?',
      b: 'answering > Hi > Hello…, queued And?',
      x: 'waiting > Hi > Hello > And?',
    });
    m.expect(first).toHaveSubscriptions(firstSubs);
    m.expect(second).toHaveSubscriptions(secondSubs);
  }));

  // prettier-ignore
  it('stops the answer, with "switch"', marbles((m) => {
    const first = m.cold('  -a---b-(d|)', chunks);
    const second = m.cold('    -c-(d|)', chunks);
    const firstSubs = '     ^--!';
    const secondSubs = '    ---^--!';
    const expected = '      wa-xc-(cj)';
    const { conversation } = talk([first, second], { whileBusy: 'switch' });
    conversation.send('Hi');
    act(m, '                ---s', { s: () => { conversation.send('And?'); } });
    m.expect(toLabels(conversation)).toBeObservable(expected, {
      w: 'waiting > Hi',
      a: 'answering > Hi > Hel…',
      x: 'waiting > Hi > Hel > And?',
      c: 'answering > Hi > Hel > And? > Bye…',
      j: 'idle > Hi > Hel > And? > Bye',
    });
    m.expect(first).toHaveSubscriptions(firstSubs);
    m.expect(second).toHaveSubscriptions(secondSubs);
  }));

  // prettier-ignore
  it('is ignored, with "ignore"', marbles((m) => {
    const model = m.cold('  -a---b-(d|)', chunks);
    const subs = '          ^------!';
    const expected = '      wa---b-(bj)';
    const { conversation } = talk([model], { whileBusy: 'ignore' });
    conversation.send('Hi');
    act(m, '                ---s', { s: () => { conversation.send('And?'); } });
    m.expect(toLabels(conversation)).toBeObservable(expected, {
      w: 'waiting > Hi',
      a: 'answering > Hi > Hel…',
      b: 'answering > Hi > Hello…',
      j: 'idle > Hi > Hello',
    });
    m.expect(model).toHaveSubscriptions(subs);
  }));
});

describe('an error', () => {
  // prettier-ignore
  it('is in the state with the text so far in the messages, and send goes on', marbles((m) => {
    const first = m.cold('  -ta-#', chunks, failure);
    const second = m.cold('        -c-(d|)', chunks);
    const expected = '      wta-e--xc-(cj)';
    const { conversation } = talk([first, second]);
    conversation.send('Hi');
    act(m, '                -------s', { s: () => { conversation.send('And?'); } });
    m.expect(toLabels(conversation)).toBeObservable(expected, {
      w: 'waiting > Hi',
      t: 'thinking > Hi > (Hm)…',
      a: 'answering > Hi > (Hm)Hel…',
      e: 'error > Hi > (Hm)Hel, error broken',
      x: 'waiting > Hi > (Hm)Hel > And?',
      c: 'answering > Hi > (Hm)Hel > And? > Bye…',
      j: 'idle > Hi > (Hm)Hel > And? > Bye',
    });
  }));

  // prettier-ignore
  it('keeps thinking alone on the screen and out of the messages, and regenerate tries again', marbles((m) => {
    const first = m.cold('  -t--#', chunks, failure);
    const second = m.cold('        -c-(d|)', chunks);
    const expected = '      wt--e--wc-(cj)';
    const { conversation } = talk([first, second]);
    conversation.send('Hi');
    act(m, '                -------r', { r: () => { conversation.regenerate(); } });
    m.expect(toLabels(conversation)).toBeObservable(expected, {
      w: 'waiting > Hi',
      t: 'thinking > Hi > (Hm)…',
      e: 'error > Hi > (Hm)…, error broken',
      c: 'answering > Hi > Bye…',
      j: 'idle > Hi > Bye',
    });
  }));

  // prettier-ignore
  it('holds the queue until somebody goes on', marbles((m) => {
    const first = m.cold('  -----#', chunks, failure);
    const second = m.cold('       -a(d|)', chunks);
    const third = m.cold('          -c-(d|)', chunks);
    const expected = '      wq---evb(ax)--';
    const { conversation, client } = talk([first, second, third]);
    conversation.send('Hi');
    act(m, '                -q----r', {
      q: () => { conversation.send('And?'); },
      r: () => { conversation.regenerate(); },
    });
    m.expect(toLabels(conversation), '---------!').toBeObservable(expected, {
      w: 'waiting > Hi',
      q: 'waiting > Hi, queued And?',
      e: 'error > Hi, queued And?, error broken',
      v: 'waiting > Hi, queued And?',
      b: 'answering > Hi > Hel…, queued And?',
      a: 'answering > Hi > Hel…, queued And?',
      x: 'waiting > Hi > Hel > And?',
    });
    m.flush();
    expect(toAsked(client)).toEqual(['Hi', 'Hi', 'Hi > Hel > And?']);
  }));

  it('lets the next message wait behind the queue', () => {
    const client = scriptedClient((_, i) =>
      i ? [answer('Hello'), done()] : throwError(() => failure),
    );
    const conversation = createConversation({ model: 'm', client, every: 0 });
    conversation.state$
      .pipe(
        filter(({ status }) => status === 'waiting'),
        take(1),
      )
      .subscribe(() => {
        conversation.send('And?');
      });
    conversation.send('Hi');
    expect(toLabel(conversation.state)).toBe('error > Hi, queued And?, error broken');
    conversation.send('So?');
    expect(toLabel(conversation.state)).toBe('idle > Hi > And? > Hello > So? > Hello');
  });
});

describe('regenerate', () => {
  // prettier-ignore
  it('drops the answer and asks again', marbles((m) => {
    const model = m.cold('    -c-(d|)', chunks);
    const expected = '      i-wc-(cj)';
    const { conversation, client } = talk([model], { history: HISTORY });
    act(m, '                --r', { r: () => { conversation.regenerate(); } });
    m.expect(toLabels(conversation)).toBeObservable(expected, {
      i: 'idle > Hi > Hello',
      w: 'waiting > Hi',
      c: 'answering > Hi > Bye…',
      j: 'idle > Hi > Bye',
    });
    m.flush();
    expect(toAsked(client)).toEqual(['Hi']);
  }));

  // prettier-ignore
  it('drops an answer that is coming', marbles((m) => {
    const first = m.cold('  -a---b-(d|)', chunks);
    const second = m.cold('    -c-(d|)', chunks);
    const firstSubs = '     ^--!';
    const expected = '      wa-wc-(cj)';
    const { conversation } = talk([first, second]);
    conversation.send('Hi');
    act(m, '                ---r', { r: () => { conversation.regenerate(); } });
    m.expect(toLabels(conversation)).toBeObservable(expected, {
      w: 'waiting > Hi',
      a: 'answering > Hi > Hel…',
      c: 'answering > Hi > Bye…',
      j: 'idle > Hi > Bye',
    });
    m.expect(first).toHaveSubscriptions(firstSubs);
  }));

  it('does nothing where nobody has asked', () => {
    const { conversation, client } = talk([]);
    conversation.regenerate();
    expect(toLabel(conversation.state)).toBe('idle');
    expect(client.requests).toEqual([]);
  });
});

describe('edit', () => {
  const history = [...HISTORY, { role: 'user', content: 'How?' }];

  // prettier-ignore
  it('drops what follows, also what is coming and what is queued, and asks again', marbles((m) => {
    const first = m.cold('  -a---b-(d|)', chunks);
    const second = m.cold('     -c-(d|)', chunks);
    const firstSubs = '     ^---!';
    const expected = '      waq-xc-(cj)';
    const { conversation } = talk([first, second], { history: HISTORY });
    conversation.send('How?');
    act(m, '                --q-e', {
      q: () => { conversation.send('And?'); },
      e: () => { conversation.edit(0, 'Hey'); },
    });
    m.expect(toLabels(conversation)).toBeObservable(expected, {
      w: 'waiting > Hi > Hello > How?',
      a: 'answering > Hi > Hello > How? > Hel…',
      q: 'answering > Hi > Hello > How? > Hel…, queued And?',
      x: 'waiting > Hey',
      c: 'answering > Hey > Bye…',
      j: 'idle > Hey > Bye',
    });
    m.expect(first).toHaveSubscriptions(firstSubs);
  }));

  it('keeps the images of the message', () => {
    const client = counting();
    const shown = [{ role: 'user', content: 'What is it?', images: ['aGk='] }];
    const conversation = createConversation({ model: 'm', client, history: shown, every: 0 });
    conversation.edit(0, 'Who is it?');
    expect(client.requests[0]?.messages).toEqual([{ ...shown[0], content: 'Who is it?' }]);
  });

  it.each([1, 3, -1, 0.5])('refuses index %d, where the user said nothing', (index) => {
    const { conversation, client } = talk([], { history });
    expect(() => {
      conversation.edit(index, 'Hey');
    }).toThrow(new RangeError(`Message ${String(index)} is not a message of the user.`));
    expect(client.requests).toEqual([]);
  });

  it('finds a message by its id', () => {
    const client = counting();
    const shown = ['Hi', 'And?'].map((content) => ({ role: 'user', content }));
    const conversation = createConversation({ model: 'm', client, history: shown, every: 0 });
    expect(() => {
      conversation.edit('message_9', 'Hey');
    }).toThrow(new RangeError('Message message_9 is not a message of the user.'));
    conversation.edit('message_1', 'So?');
    expect(client.requests[0]?.messages?.map(({ content }) => content)).toEqual(['Hi', 'So?']);
  });
});

describe('a stopped answer with a call', () => {
  it('is kept without the call, which has no result', () => {
    const call = { function: { name: 'x', arguments: {} } };
    const client = scriptedClient([delta({ content: 'Hel', tool_calls: [call] }), answer('lo')]);
    const conversation = createConversation({ model: 'm', client, every: 0 });
    conversation.state$.subscribe(({ messages }) => {
      if (messages.at(-1)?.message.content === 'Hello') conversation.stop();
    });
    conversation.send('Hi');
    expect(conversation.state.messages.at(-1)?.message).toEqual({
      role: 'assistant',
      content: 'Hello',
    });
  });
});
