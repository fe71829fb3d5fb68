import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { toToolName } from '../../lib/mcp/toolName.js';

/** The names of a list of tools. */
function toNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const free = toToolName(name, (other) => taken.has(other));
    taken.add(free);
    return free;
  });
}

describe('toToolName', () => {
  it('keeps a name that every model can call', () => {
    expect(toNames(['read_file', 'get-weather', 'A1'])).toEqual(['read_file', 'get-weather', 'A1']);
  });

  it('replaces what models and servers change or refuse', () => {
    expect(toNames(['git.log', 'git/log', 'git log', 'größe', '"<tool>\n'])).toEqual([
      'git_log',
      'git_log_2',
      'git_log_3',
      'gr__e',
      '__tool__',
    ]);
  });

  it('cuts a long name, and numbers it within the limit', () => {
    const long = 'a'.repeat(100);
    expect(toNames([long, `${long}b`])).toEqual([long.slice(0, 64), `${long.slice(0, 62)}_2`]);
  });

  it('gives each tool a name of its own, whatever the server calls it', () => {
    const name = fc.oneof(fc.string(), fc.constantFrom('a', 'a_2', 'a.', 'a/', ''));
    fc.assert(
      fc.property(fc.array(name), (names) => {
        const given = toNames(names);
        expect(new Set(given).size).toBe(names.length);
        for (const each of given) expect(each).toMatch(/^[\w-]{0,64}$/);
      }),
    );
  });
});
