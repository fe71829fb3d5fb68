import { describe, expect, it } from '@jest/globals';
import {
  EMPTY,
  NEVER,
  Subject,
  VirtualTimeScheduler,
  concat,
  defer,
  from,
  mergeMap,
  of,
  retry,
  throwError,
  type Observable,
} from 'rxjs';
import { OllamaConnectionError, OllamaStreamError } from '../../lib/errors.js';
import { raceChat } from '../../lib/sources/raceChat.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk } from '../../lib/types/index.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';
import { ask, listen, start, toContents } from './support.js';

const { answer, done } = chunk;

const chunks = { a: answer('Hel'), b: answer('lo'), c: answer('!'), d: done() };
const refused = new OllamaConnectionError('refused');
const empty = { name: 'EmptyError', message: 'no elements in sequence' };
const overloaded = new OllamaStreamError('overloaded', { error: 'overloaded' });

describe('raceChat', () => {
  // prettier-ignore
  it('starts the next when the first is silent, and cancels the loser synchronously', diagram('raceChat', (m) => {
    const first = m.cold('   ---------a-(d|)', chunks);
    const second = m.cold('      --b--(d|)', chunks);
    const expected = '       ------b--(d|)';
    m.expect(raceChat([first, second], { after: 40 })).toBeObservable(expected, chunks);
    m.expect(first).toHaveSubscriptions('   ^-----!');
    m.expect(second).toHaveSubscriptions('  ----^----!');
    return { inputs: { first, second }, call: 'raceChat([first, second], { after: 40 })', results: { result: expected } };
  }));

  // prettier-ignore
  it('never starts the next if the first is quick enough', marbles((m) => {
    const first = m.cold('   --a-----b-(d|)', chunks);
    const second = m.cold('  --c--(d|)', chunks);
    const expected = '       --a-----b-(d|)';
    m.expect(raceChat([first, second], { after: 4 })).toBeObservable(expected, chunks);
    m.expect(first).toHaveSubscriptions('^---------!');
    m.expect(second).toHaveSubscriptions([]);
  }));

  // prettier-ignore
  it('lets the first win after the second has started', marbles((m) => {
    const first = m.cold('   -----a--(d|)', chunks);
    const second = m.cold('      --b--(d|)', chunks);
    const expected = '       -----a--(d|)';
    m.expect(raceChat([first, second], { after: 4 })).toBeObservable(expected, chunks);
    m.expect(second).toHaveSubscriptions('----^!');
  }));

  // prettier-ignore
  it('starts one after another, each when the one before is silent', marbles((m) => {
    const first = m.cold('   -----------a-(d|)', chunks);
    const second = m.cold('     --------b-(d|)', chunks);
    const third = m.cold('         -c-(d|)', chunks);
    const expected = '       -------c-(d|)';
    m.expect(raceChat([first, second, third], { after: 3 })).toBeObservable(expected, chunks);
    m.expect(first).toHaveSubscriptions('   ^------!');
    m.expect(second).toHaveSubscriptions('  ---^---!');
    m.expect(third).toHaveSubscriptions('   ------^--!');
  }));

  // prettier-ignore
  it('starts all at once, if not told to wait', marbles((m) => {
    const first = m.cold('   ----a-(d|)', chunks);
    const second = m.cold('  --b---(d|)', chunks);
    const third = m.cold('   --c---(d|)', chunks);
    const expected = '       --b---(d|)';
    m.expect(raceChat([first, second, third])).toBeObservable(expected, chunks);
    m.expect(first).toHaveSubscriptions(' ^-!');
    m.expect(second).toHaveSubscriptions('^-----!');
    m.expect(third).toHaveSubscriptions(' ^-!');
  }));

  // prettier-ignore
  it('starts the next at once if one fails, and continues with the others', diagram('raceChat-error', (m) => {
    const first = m.cold('   -#', chunks, refused);
    const second = m.cold('   -----b--(d|)', chunks);
    const third = m.cold('       -#', chunks, overloaded);
    const expected = '       ------b--(d|)';
    m.expect(raceChat([first, second, third], { after: 30 })).toBeObservable(expected, chunks);
    m.expect(first).toHaveSubscriptions('   ^!');
    m.expect(second).toHaveSubscriptions('  -^-------!');
    m.expect(third).toHaveSubscriptions('   ----^!');
    return {
      inputs: { first, second, third },
      call: 'raceChat([first, second, third], { after: 30 })',
      results: { result: expected },
    };
  }));

  // prettier-ignore
  it('fails as the last one does when all have failed', marbles((m) => {
    const first = m.cold('   ------#', chunks, overloaded);
    const second = m.cold('     -#', chunks, refused);
    const expected = '       ------#';
    m.expect(raceChat([first, second], { after: 3 })).toBeObservable(expected, chunks, overloaded);
    m.expect(second).toHaveSubscriptions('---^!');
  }));

  // prettier-ignore
  it('fails as the winner does, and does not start again', marbles((m) => {
    const first = m.cold('   -a-#', chunks, overloaded);
    const second = m.cold('  -b-(d|)', chunks);
    const expected = '       -a-#';
    m.expect(raceChat([first, second], { after: 5 })).toBeObservable(expected, chunks, overloaded);
    m.expect(second).toHaveSubscriptions([]);
  }));

  // prettier-ignore
  it('takes one that completes without a chunk for lost', marbles((m) => {
    const first = m.cold<ChatChunk>('--|');
    const second = m.cold('            -b-(d|)', chunks);
    m.expect(raceChat([first, second], { after: 9 })).toBeObservable('---b-(d|)', chunks);
    m.expect(raceChat([first, first])).toBeObservable('               --#', chunks, empty);
  }));

  // prettier-ignore
  it('cancels all when the consumer leaves, and starts no other', marbles((m) => {
    const first = m.cold('   ------a', chunks);
    const second = m.cold('     ------b', chunks);
    const third = m.cold('   -c', chunks);
    const unsub = '          ----!';
    m.expect(raceChat([first, second, third], { after: 3 }), unsub).toBeObservable('-----');
    m.expect(first).toHaveSubscriptions(' ^---!');
    m.expect(second).toHaveSubscriptions('---^!');
    m.expect(third).toHaveSubscriptions([]);
  }));

  // prettier-ignore
  it('begins anew for each subscriber', marbles((m) => {
    const first = m.cold('   -#', chunks, refused);
    const second = m.cold('  -#', chunks, overloaded);
    const result = raceChat([first, second], { after: 5 });
    m.expect(result.pipe(retry(1))).toBeObservable('----#', chunks, overloaded);
    m.expect(first).toHaveSubscriptions(['  ^!', '  --^!']);
    m.expect(second).toHaveSubscriptions([' -^!', ' ---^!']);
  }));

  // prettier-ignore
  it('is one source, or none', marbles((m) => {
    m.expect(raceChat([m.cold('-a-#', chunks, refused)])).toBeObservable('-a-#', chunks, refused);
    m.expect(raceChat([m.cold('---#', chunks, refused)])).toBeObservable('---#', chunks, refused);
    m.expect(raceChat([])).toBeObservable('                               |');
  }));

  // prettier-ignore
  it('starts the next only when one fails, with an infinite time', marbles((m) => {
    const first = m.cold('   - 30s #', chunks, refused);
    const second = m.cold('        -b-(d|)', chunks);
    const expected = '       - 30s -b-(d|)';
    m.expect(raceChat([first, second], { after: Infinity })).toBeObservable(expected, chunks);
    m.expect(second).toHaveSubscriptions('- 30s ^--!');
    const silent = m.cold('  - 30s a-(d|)', chunks);
    const other = m.cold('   -b-(d|)', chunks);
    m.expect(raceChat([silent, other], { after: Infinity })).toBeObservable('- 30s a-(d|)', chunks);
    m.expect(other).toHaveSubscriptions([]);
  }));

  it('cancels the others before it emits, also when it is fed from within next', () => {
    const [one, two] = [new Subject<ChatChunk>(), new Subject<ChatChunk>()];
    const log: unknown[] = [];
    raceChat([one, two]).subscribe((each) => {
      log.push(each.message.content, two.observed);
      if (log.length === 2) {
        two.next(chunks.c);
        one.next(chunks.b);
      }
    });
    one.next(chunks.a);
    expect(log).toEqual(['Hel', false, 'lo', false]);
  });

  it('starts no other if the first answers synchronously', () => {
    let started = 0;
    const log: unknown[] = [];
    const second = defer(() => {
      started++;
      return of(chunks.b);
    });
    raceChat([[chunks.a, chunks.d], second]).subscribe({
      next: (chunk) => log.push(chunk),
      complete: () => log.push('complete'),
    });
    expect(log).toEqual([chunks.a, chunks.d, 'complete']);
    expect(started).toBe(0);
  });

  it('goes on synchronously when all but one fail so, and gives the very error of the last', () => {
    const failing = throwError(() => refused);
    const log: unknown[] = [];
    const subscribe = (sources: Observable<ChatChunk>[]) =>
      raceChat(sources, { after: 1000 }).subscribe({
        next: (chunk) => log.push(chunk),
        error: (error: unknown) => log.push(error),
      });
    subscribe([failing, EMPTY, of(chunks.b)]);
    subscribe([EMPTY, failing]);
    expect(log).toEqual([chunks.b, refused]);
    expect(log[1]).toBe(refused);
  });

  it('cancels the loser at its server, also before it has answered', async () => {
    const silent = await start([{ fault: 'hang' }]);
    const quick = await start(['Hi', { done: true }]);
    const received = silent.received(1);
    const second = defer(() => from(received).pipe(mergeMap(() => ask(quick))));
    const { values, error } = await listen(raceChat([ask(silent), second]));
    expect(toContents(values)).toEqual(['Hi', '']);
    expect(error).toBeUndefined();
    expect(await (await received).closed).toBe('aborted');
  });

  it('takes all time from the given scheduler, and leaves no timer behind', () => {
    const scheduler = new VirtualTimeScheduler();
    const slow = concat(NEVER, of(chunks.a));
    const log: unknown[] = [];
    const subscription = raceChat([slow, slow, of(chunks.b)], { after: 10, scheduler }).subscribe(
      (chunk) => log.push([scheduler.now(), chunk]),
    );
    scheduler.flush();
    expect(log).toEqual([[20, chunks.b]]);
    expect(subscription.closed).toBe(true);

    raceChat([slow, slow], { after: 10, scheduler }).subscribe().unsubscribe();
    expect(scheduler.actions).toEqual([]);
  });
});
