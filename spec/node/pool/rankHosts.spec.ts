import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { rankForPull, rankHosts, type Rankable } from '../../../lib/node/pool/rankHosts.js';

interface Named extends Rankable {
  readonly name: string;
}

/** A host that is up, has the models `m` and `n`, and is idle, but for what is said. */
const host = (name: string, but: Partial<Rankable> = {}): Named => ({
  name,
  status: 'up',
  models: ['m', 'n'],
  loaded: [],
  active: 0,
  parallel: 1,
  turn: 0,
  ...but,
});

const names = (hosts: readonly Named[]): string => hosts.map(({ name }) => name).join(' ');

describe('the order of hosts', () => {
  it.each<[string, string, readonly Named[]]>([
    [
      'by what is in the memory of free hosts',
      'loaded empty other',
      [
        host('other', { loaded: ['n'] }),
        host('empty'),
        host('loaded', { loaded: ['n', 'm'], turn: 9 }),
      ],
    ],
    [
      'a free host before a busy one, whatever is in its memory',
      'other busy',
      [host('busy', { loaded: ['m'], active: 1 }), host('other', { loaded: ['n'], turn: 9 })],
    ],
    [
      'by how busy hosts without a free slot are',
      'one half two',
      [
        host('two', { active: 2 }),
        host('half', { active: 3, parallel: 2 }),
        host('one', { active: 1 }),
      ],
    ],
    [
      'by the memory of equally busy hosts',
      'loaded other',
      [host('other', { active: 1 }), host('loaded', { active: 1, loaded: ['m'] })],
    ],
    [
      'by the free slots of hosts that have the model in their memory',
      'idle half',
      [
        host('half', { loaded: ['m'], active: 1, parallel: 2 }),
        host('idle', { loaded: ['m'], parallel: 2, turn: 9 }),
      ],
    ],
    [
      'a host with a free slot and the model before an idle one without it',
      'loaded empty',
      [host('empty'), host('loaded', { loaded: ['m'], active: 3, parallel: 4 })],
    ],
    [
      'the one whose model has not been used for the longest time',
      'old new',
      [host('new', { loaded: ['n'], turn: 2 }), host('old', { loaded: ['n'], turn: 1 })],
    ],
    ['as they were given where nothing differs', 'a b c', [host('a'), host('b'), host('c')]],
    [
      'by whether they have the model',
      'has may unknown lacks down',
      [
        host('down', { status: 'down', loaded: ['m'] }),
        host('lacks', { models: ['n'] }),
        host('may', { models: undefined, active: 1 }),
        host('unknown', { status: 'unknown', models: undefined, active: 2 }),
        host('has', { active: 3 }),
      ],
    ],
  ])('is %s', (_, order, hosts) => {
    expect(names(rankHosts(hosts, 'm'))).toBe(order);
    // The order in which they are given decides only where nothing else does.
    if (order !== 'a b c') expect(names(rankHosts([...hosts].reverse(), 'm'))).toBe(order);
  });

  it.each<[string, number, Partial<Rankable>, string]>([
    ['waits for half an answer rather than for a longer load', 0.6, { active: 1 }, 'warm cold'],
    ['loads where that is sooner', 0.4, { active: 1 }, 'cold warm'],
    ['loads where nothing is known of loads', 0, { active: 1 }, 'cold warm'],
    ['lets one request wait per slot and no more', 9, { active: 2 }, 'cold warm'],
    ['counts the slots that a wait is shared by', 0.3, { active: 2, parallel: 2 }, 'warm cold'],
    ['counts those who wait already', 0.7, { active: 3, parallel: 2 }, 'cold warm'],
  ])('%s', (_, loadCost, but, order) => {
    const hosts = [host('cold', { loaded: ['n'] }), host('warm', { loaded: ['m'], ...but })];
    expect(names(rankHosts(hosts, 'm', loadCost))).toBe(order);
  });

  it('takes an empty host before it waits', () => {
    const warm = host('warm', { loaded: ['m'], active: 1 });
    expect(names(rankHosts([warm, host('empty')], 'm', 9))).toBe('empty warm');
  });
});

describe('the order of hosts for a pull', () => {
  it('begins with those that do not have the model, of them with the least busy', () => {
    const hosts = [
      host('down', { status: 'down', models: [] }),
      host('has'),
      host('silent', { models: undefined, turn: 1 }),
      host('busy', { models: ['n'], active: 1 }),
      host('half', { models: ['n'], active: 2, parallel: 4 }),
      host('idle', { models: ['n'] }),
    ];
    expect(names(rankForPull(hosts, 'm'))).toBe('idle half busy has silent down');
  });
});

describe('any order of hosts', () => {
  const anyModels = fc.subarray(['m', 'n', 'o']);
  const anyHost: fc.Arbitrary<Rankable> = fc.record({
    status: fc.constantFrom('unknown', 'up', 'down'),
    models: fc.option(anyModels, { nil: undefined }),
    loaded: anyModels,
    active: fc.nat(5),
    parallel: fc.integer({ min: 1, max: 3 }),
    turn: fc.nat(9),
  });
  const anyHosts = fc.array(anyHost, { minLength: 1, maxLength: 6 });
  const anyCost = fc.double({ min: 0, max: 5, noNaN: true });

  const has = ({ status, models }: Rankable): boolean =>
    status === 'up' && models?.includes('m') === true;
  const isFree = ({ active, parallel }: Rankable): boolean => active < parallel;

  it('has each host once, and changes none', () => {
    fc.assert(
      fc.property(anyHosts, anyCost, (hosts, cost) => {
        const before = structuredClone(hosts);
        const ranked = rankHosts(hosts, 'm', cost);
        expect(hosts).toEqual(before);
        expect(new Set(ranked)).toEqual(new Set(hosts));
        expect(ranked).toHaveLength(hosts.length);
      }),
    );
  });

  it('begins with a host that is up and has the model, if there is one', () => {
    fc.assert(
      fc.property(anyHosts, anyCost, (hosts, cost) => {
        const [first] = rankHosts(hosts, 'm', cost);
        expect(first && has(first)).toBe(hosts.some(has));
      }),
    );
  });

  it('loads the model nowhere while a free host has it in its memory', () => {
    fc.assert(
      fc.property(anyHosts, anyCost, (hosts, cost) => {
        const able = hosts.filter(has);
        fc.pre(able.some((each) => isFree(each) && each.loaded.includes('m')));
        const [first] = rankHosts(hosts, 'm', cost);
        expect(first?.loaded).toContain('m');
        expect(first && isFree(first)).toBe(true);
      }),
    );
  });

  it('lets no request wait while an able host is free, unless it waits where the model is', () => {
    fc.assert(
      fc.property(anyHosts, anyCost, (hosts, cost) => {
        fc.pre(hosts.some((each) => has(each) && isFree(each)));
        const [first] = rankHosts(hosts, 'm', cost);
        const waits = first && !isFree(first);
        expect(!waits || (first.loaded.includes('m') && cost > 0)).toBe(true);
      }),
    );
  });

  it('gives nobody a longer queue than another able host has, beyond one request per slot', () => {
    fc.assert(
      fc.property(anyHosts, (hosts) => {
        const able = hosts.filter(has);
        fc.pre(able.length > 0 && !able.some(isFree));
        const [first] = rankHosts(hosts, 'm');
        const load = ({ active, parallel }: Rankable) => active / parallel;
        expect(first && load(first)).toBe(Math.min(...able.map(load)));
      }),
    );
  });
});
