import { describe, expect, it } from '@jest/globals';
import { createSetList } from '../../../lib/core/message/list.js';

const numbers = (length: number): number[] => Array.from({ length }, (_, i) => i);

interface Snapshot {
  list: readonly number[];
}

const take = (list: readonly number[], isFinal = false): Snapshot => {
  const snapshot = { other: true };
  createSetList('list')(snapshot, list, isFinal);
  return snapshot as unknown as Snapshot;
};

const isPlain = (snapshot: object): boolean =>
  Object.getOwnPropertyDescriptor(snapshot, 'list')?.writable ?? false;

describe.each([0, 1, 64, 65, 1000])('a list of %i in a snapshot', (length) => {
  const whole = { other: true, list: numbers(length) };

  it('is a field like any other', () => {
    const list = numbers(length);
    expect(take(list)).toStrictEqual(whole);
    expect({ ...take(list) }).toStrictEqual(whole);
    expect(Object.assign({}, take(list))).toStrictEqual(whole);
    expect(structuredClone(take(list))).toStrictEqual(whole);
    expect(JSON.stringify(take(list))).toBe(JSON.stringify(whole));
    expect(Object.keys(take(list))).toEqual(['other', 'list']);
    const { list: _, ...rest } = take(list);
    expect(rest).toStrictEqual({ other: true });
  });

  it('has the elements of its moment, whenever it is read', () => {
    const list = numbers(length);
    const snapshot = take(list);
    list.push(-1);
    expect(snapshot.list).toEqual(whole.list);
    list.push(-2);
    expect(snapshot.list).toEqual(whole.list);
    expect(snapshot.list).toBe(snapshot.list);
  });

  it('can be assigned, also before it is read', () => {
    const snapshot = take(numbers(length));
    snapshot.list = [7];
    expect(isPlain(snapshot)).toBe(true);
    expect(snapshot).toStrictEqual({ other: true, list: [7] });
    expect(Reflect.deleteProperty(snapshot, 'list')).toBe(true);
    const heir = Object.create(take(numbers(length))) as Snapshot;
    heir.list = [7];
    expect(Object.keys(heir)).toEqual(['list']);
    expect((Object.getPrototypeOf(heir) as Snapshot).list).toEqual(whole.list);
  });

  it('can be deleted', () => {
    const snapshot: Partial<Snapshot> = take(numbers(length));
    delete snapshot.list;
    expect(snapshot).toStrictEqual({ other: true });
  });

  it('can be frozen', () => {
    const list = numbers(length);
    const snapshot = Object.freeze(take(list));
    list.push(-1);
    expect(snapshot.list).toEqual(whole.list);
    expect(() => Object.assign(snapshot, { list: [] })).toThrow(TypeError);
    expect(snapshot.list).toEqual(whole.list);
  });

  it('is a copy that can be changed', () => {
    const list = numbers(length);
    const copy = take(list).list as number[];
    copy.push(-1);
    expect(list).toEqual(whole.list);
  });

  it('is plain data if it is short or final', () => {
    expect(isPlain(take(numbers(length)))).toBe(length <= 64);
    expect(isPlain(take(numbers(length), true))).toBe(true);
  });
});
