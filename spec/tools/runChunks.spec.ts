import { describe, expect, it } from '@jest/globals';
import {
  VirtualTimeScheduler,
  concatMap,
  delay,
  from,
  lastValueFrom,
  map,
  of,
  toArray,
  type Observable,
} from 'rxjs';
import { accumulateMessage } from '../../lib/operators/accumulateMessage.js';
import { accumulateResponse } from '../../lib/operators/accumulateResponse.js';
import { answerText } from '../../lib/operators/answerText.js';
import { bufferForUi } from '../../lib/operators/bufferForUi.js';
import { collectToolCalls } from '../../lib/operators/collectToolCalls.js';
import { splitThinking } from '../../lib/operators/splitThinking.js';
import { throughput } from '../../lib/operators/throughput.js';
import { chunk, scriptedClient } from '../../lib/testing/index.js';
import type { ToolRunEvent } from '../../lib/tools/events.js';
import { runChunks } from '../../lib/tools/runChunks.js';
import type { ChatChunk } from '../../lib/types/index.js';
import { final } from '../support/chunks.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';
import { chunks, model, run, tool } from './support.js';

const { answer, done, thinking, toolCall } = chunk;

const x = tool('x', () => 'ok');

/** Everything that a source of no duration emits. */
function all<T>(source: Observable<T>): T[] {
  let values: T[] = [];
  source.pipe(toArray()).subscribe((array) => {
    values = array;
  });
  return values;
}

/** A run of two steps whose model writes its thinking as tags. */
const tagged = (): Observable<ToolRunEvent> =>
  run(
    model(
      of(
        answer('<think>I should '),
        answer('look.</think>'),
        answer('One moment.'),
        toolCall('x'),
        done(),
      ),
      of(
        answer('<think>'),
        answer('It is ok.</thi'),
        answer('nk>All '),
        answer('is well.'),
        final({ eval_count: 2, eval_duration: 1e9 }),
      ),
    ),
    [x],
  );

const first = {
  role: 'assistant',
  content: 'One moment.',
  thinking: 'I should look.',
  tool_calls: [{ function: { name: 'x', arguments: {} } }],
};
const second = { role: 'assistant', content: 'All is well.', thinking: 'It is ok.' };

describe('runChunks', () => {
  // prettier-ignore
  it('emits the chunks of a run, and no other event', diagram('runChunks', (m) => {
    const names = 'xcbrdsaefz';
    const events = all(run(model(of(toolCall('x'), done()), of(answer('Hello'), done())), [x]));
    const values = Object.fromEntries(events.map((event, i) => [names.charAt(i), event]));
    const source = m.cold<ToolRunEvent>('  --(xcb)-r-(ds)-a-(efz|)', values);
    const expected = '                     --x-------d----a-(e|)';
    const subs = '                         ^----------------!';
    m.expect(source.pipe(runChunks())).toBeObservable(expected, {
      x: toolCall('x'), d: done(), a: answer('Hello'), e: done(),
    });
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'runChunks()', results: { result: expected } };
  }));

  // prettier-ignore
  it('emits the chunks of all steps as they come, and nothing else', marbles((m) => {
    const one = m.cold('    ----------t---------x---------(d|)', chunks);
    const toolX = m.cold('                      ---------------(p|)');
    const two = m.cold('                                       ----------a---------(d|)', chunks);
    const expected = '      ----------t---------x---------d--------------a---------(d|)';
    const subs = '          ^-----------------------------!';
    const result = run(model(one, two), [tool('x', () => toolX)]);
    m.expect(result.pipe(runChunks())).toBeObservable(expected, chunks);
    m.expect(one).toHaveSubscriptions(subs);
  }));

  // prettier-ignore
  it('lets go of the run in the frame the consumer leaves', marbles((m) => {
    const one = m.cold('    ----------x---------(d|)', chunks);
    const toolX = m.cold('            --------------------(p|)');
    const unsub = '         ---------------!';
    const expected = '      ----------x-----';
    const subs = '          ^--------------!';
    const toolSubs = '      ----------^----!';
    const result = run(model(one), [tool('x', () => toolX)]).pipe(runChunks());
    m.expect(result, unsub).toBeObservable(expected, chunks);
    m.expect(one).toHaveSubscriptions(subs);
    m.expect(toolX).toHaveSubscriptions(toolSubs);
  }));

  // prettier-ignore
  it('passes an error on', marbles((m) => {
    const error = new Error('no network');
    const one = m.cold('    -----t----#', chunks, error);
    const expected = '      -----t----#';
    m.expect(run(model(one), []).pipe(runChunks())).toBeObservable(expected, chunks, error);
  }));
});

describe('a whole run goes through', () => {
  it('splitThinking: each step is parsed from its beginning', () => {
    const phased = all(tagged().pipe(runChunks(), splitThinking()));
    const parts = phased.map(({ phase, message }) => [phase, message.thinking ?? message.content]);
    expect(parts.filter(([phase, text]) => phase !== 'done' && text)).toEqual([
      ['thinking', 'I should '],
      ['thinking', 'look.'],
      ['answer', 'One moment.'],
      ['thinking', 'It is ok.'],
      ['answer', 'All '],
      ['answer', 'is well.'],
    ]);
    expect(phased.map(({ phase }) => phase).filter((phase) => phase === 'done')).toHaveLength(2);
    expect(phased.some(({ reclassify }) => reclassify)).toBe(false);
  });

  it('splitThinking, where one step has native thinking and the other tags', () => {
    const native = run(
      model(
        of(thinking('Hm'), answer('<think>'), toolCall('x'), done()),
        of(answer('<think>Hm</think>Hi'), done()),
      ),
      [x],
    );
    const messages = all(native.pipe(runChunks(), splitThinking(), accumulateMessage()));
    expect(messages.at(-1)).toEqual({ role: 'assistant', content: 'Hi', thinking: 'Hm' });
    expect(messages.find(({ tool_calls }) => tool_calls)?.content).toBe('<think>');
  });

  it('accumulateMessage: each step is a message of its own', () => {
    const messages = all(tagged().pipe(runChunks(), splitThinking(), accumulateMessage()));
    expect(messages).toContainEqual(first);
    expect(messages.at(-1)).toEqual(second);
  });

  it('accumulateResponse: each step is a response of its own', () => {
    const responses = all(tagged().pipe(runChunks(), splitThinking(), accumulateResponse()));
    const complete = responses.filter((response) => response.done);
    expect(complete.map(({ message, eval_count }) => [message, eval_count])).toEqual([
      [first, 100],
      [second, 2],
    ]);
    expect(complete[1]).not.toHaveProperty('load_duration');
  });

  it('answerText and collectToolCalls: of all steps', () => {
    expect(all(tagged().pipe(runChunks(), splitThinking(), answerText())).join('|')).toBe(
      'One moment.|All |is well.',
    );
    const twice = run(
      model(of(toolCall('x'), done()), of(toolCall('x', { n: 1 }), done()), of(done())),
      [x],
    );
    expect(all(twice.pipe(runChunks(), collectToolCalls()))).toMatchObject([
      [{ function: { arguments: {} } }, { function: { arguments: { n: 1 } } }],
    ]);
  });

  it.each([{}, { by: 'word' as const }, { by: 'grapheme' as const, pace: { maxLag: 40 } }])(
    'bufferForUi(%j): no text of one step gets into the other, and none is lost',
    (options) => {
      const scheduler = new VirtualTimeScheduler();
      const timed = (...sent: readonly ChatChunk[]) =>
        from(sent).pipe(concatMap((chunk) => of(chunk).pipe(delay(5, scheduler))));
      const answers = [
        [
          thinking('I should '),
          thinking('look.'),
          answer('One '),
          answer('moment.'),
          toolCall('x'),
          done(),
        ],
        [thinking('It '), thinking('is ok.'), answer('All '), answer('is well.'), done()],
      ];
      const client = scriptedClient((_, i) => timed(...(answers[i] ?? [])));
      const buffered: ChatChunk[] = [];
      run(client, [x])
        .pipe(runChunks(), bufferForUi({ scheduler, ...options }))
        .subscribe((chunk) => buffered.push(chunk));
      scheduler.flush();
      const messages = all(from(buffered).pipe(accumulateMessage()));
      const ends = buffered.flatMap((chunk, i) => (chunk.done ? [messages[i]] : []));
      expect(ends).toEqual([first, second]);
    },
  );

  it('throughput: each step has figures of its own', () => {
    const scheduler = new VirtualTimeScheduler();
    const timed = (...sent: readonly ChatChunk[]) =>
      from(sent).pipe(concatMap((chunk) => of(chunk).pipe(delay(100, scheduler))));
    const client = scriptedClient((_, i) =>
      i
        ? timed(
            answer('All '),
            answer('is '),
            answer('well.'),
            final({ eval_count: 3, eval_duration: 5e8 }),
          )
        : timed(thinking('Hm'), toolCall('x'), done()),
    );
    const figures: unknown[] = [];
    run(client, [x])
      .pipe(
        runChunks(),
        throughput({ scheduler }),
        map(({ phase, tokens, exact, tokensPerSecond }) => [phase, tokens, exact, tokensPerSecond]),
      )
      .subscribe((figure) => figures.push(figure));
    scheduler.flush();
    expect(figures).toEqual([
      ['thinking', 1, false, undefined],
      ['tools', 2, false, 10],
      ['done', 100, true, 50],
      ['answer', 1, false, undefined],
      ['answer', 2, false, 10],
      ['answer', 3, false, 10],
      ['done', 3, true, 6],
    ]);
  });

  it('all of them in one pipeline', async () => {
    const message = await lastValueFrom(
      tagged().pipe(runChunks(), splitThinking(), bufferForUi({ every: 1 }), accumulateMessage()),
    );
    expect(message).toEqual(second);
  });
});
