import type { RedisClientLike } from './redisClient.js';

// What a store does in one step is a script: Redis runs it without anything in between.
//
// A Redis whose memory is full refuses a script at its first write, and not after it. So that is one that needs memory,
// except where nothing may be refused.
//
// A run is a hash, its frames are a stream, its lease is a key that expires. The hash has the name of the key
// that finds the run by its owner's name for it.

/** Keeps all that belongs to a run for so many ms. */
const KEEP = `
local function keep(ms, index)
  ms = string.format('%.0f', ms)
  redis.call('PEXPIRE', KEYS[1], ms)
  redis.call('PEXPIRE', KEYS[2], ms)
  if index and index ~= '' then redis.call('PEXPIRE', index, ms) end
end
`;

/**
 * Renews the lease. A Redis whose memory is full refuses to set a key, and not to prolong one: so healthy runs keep
 * their leases.
 */
const HOLD = `
local function hold(holder, ms)
  if redis.call('PEXPIRE', KEYS[3], ms) == 0 then redis.call('SET', KEYS[3], holder, 'PX', ms) end
end
`;

/** KEYS: run, log, lease, index. ARGV: id, owner, key, input, attempt, holder, lease, keep, max, names of runs. */
export const CREATE = `
${KEEP}
if redis.call('EXISTS', KEYS[1]) == 1 then return ARGV[1] end
local ms = ARGV[7] + ARGV[8]
local index = ''
if ARGV[3] ~= '' then
  local other = redis.call('GET', KEYS[4])
  if other and redis.call('EXISTS', ARGV[10] .. other) == 1 then return other end
  index = KEYS[4]
  redis.call('SET', index, ARGV[1])
end
redis.call('HSET', KEYS[1], 'owner', ARGV[2], 'key', ARGV[3], 'input', ARGV[4], 'attempt', ARGV[5],
  'holder', ARGV[6], 'lease', ARGV[7], 'keep', ARGV[8], 'max', ARGV[9], 'index', index)
redis.call('DEL', KEYS[2])
redis.call('SET', KEYS[3], ARGV[6], 'PX', ARGV[7])
keep(ms, index)
return ARGV[1]
`;

/** KEYS: run, log, lease. */
export const GET = `
local run = redis.call('HMGET', KEYS[1], 'owner', 'key', 'input', 'attempt', 'ended')
if not run[1] then return false end
local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
return { run[1], run[2], run[3], run[4], run[5] or '', last[1] and last[1][1] or '',
  redis.call('PTTL', KEYS[3]) }
`;

/** KEYS: run, log, lease. ARGV: holder, lease. */
export const CLAIM = `
${KEEP}
local run = redis.call('HMGET', KEYS[1], 'attempt', 'ended', 'keep', 'index')
if not run[1] or run[2] or redis.call('EXISTS', KEYS[3]) == 1 then return false end
redis.call('HSET', KEYS[1], 'holder', ARGV[1], 'lease', ARGV[2])
redis.call('SET', KEYS[3], ARGV[1], 'PX', ARGV[2])
keep(ARGV[2] + run[3], run[4])
return redis.call('HINCRBY', KEYS[1], 'attempt', 1)
`;

/** KEYS: run, log, lease. ARGV: attempt, lease. */
export const RENEW = `
${KEEP}
${HOLD}
local run = redis.call('HMGET', KEYS[1], 'attempt', 'ended', 'keep', 'index', 'holder')
if not run[1] then return 'gone' end
if run[1] ~= ARGV[1] or run[2] then return 'lost' end
if ARGV[2] == '0' then
  redis.call('DEL', KEYS[3])
else
  hold(run[5], ARGV[2])
end
keep(ARGV[2] + run[3], run[4])
return 'held'
`;

/**
 * Where the log ends is read from the log itself: a Redis that drops keys may have dropped it alone.
 *
 * KEYS: run, log, lease. ARGV: attempt, seq, after, '1' for the last frames, then the event and the data of each.
 */
export const APPEND = `
${KEEP}
${HOLD}
local run = redis.call('HMGET', KEYS[1], 'attempt', 'ended', 'keep', 'index', 'holder', 'lease', 'max')
if not run[1] then return 'gone' end
local first = tonumber(ARGV[2])
local last = first + (#ARGV - 4) / 2 - 1
local entry = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
local previous = entry and entry[1]
local written = 0
if previous then
  local attempt, seq = string.match(previous, '^(%d+)-(%d+)$')
  if attempt == ARGV[1] then
    written = tonumber(seq)
    previous = false
  end
end
if run[1] == ARGV[1] and written >= last then return 'held' end
if run[1] ~= ARGV[1] or run[2] then return 'lost' end
if written < tonumber(ARGV[3]) then return 'behind' end
for seq = math.max(first, written + 1), last do
  local at = 5 + 2 * (seq - first)
  local entry = { KEYS[2] }
  if run[7] ~= '' then
    entry[2], entry[3], entry[4] = 'MAXLEN', '~', run[7]
  end
  entry[#entry + 1] = ARGV[1] .. '-' .. string.format('%d', seq)
  entry[#entry + 1] = 'e'
  entry[#entry + 1] = ARGV[at]
  entry[#entry + 1] = 'd'
  entry[#entry + 1] = ARGV[at + 1]
  if previous then
    entry[#entry + 1] = 'p'
    entry[#entry + 1] = previous
    previous = false
  end
  redis.call('XADD', unpack(entry))
end
if ARGV[4] == '1' then redis.call('HSET', KEYS[1], 'ended', 1) end
hold(run[5], run[6])
keep(run[6] + run[3], run[4])
return 'held'
`;

/** KEYS: seen. ARGV: ms. As with leases, a full memory keeps what is there. */
export const PRESENT = `
if redis.call('PEXPIRE', KEYS[1], ARGV[1]) == 0 then redis.call('SET', KEYS[1], '1', 'PX', ARGV[1]) end
return 1
`;

/** KEYS: run, log, lease. ARGV: ms. */
export const EXPIRE = `
${KEEP}
keep(ARGV[1], redis.call('HGET', KEYS[1], 'index'))
return 1
`;

/** Runs scripts on one connection. */
export type RunScript = (
  script: string,
  keys: readonly string[],
  args: readonly string[],
) => Promise<unknown>;

/** Each script is sent once, and again when the server has forgotten it. */
export function createScriptRunner(client: RedisClientLike): RunScript {
  const hashes = new Map<string, Promise<string>>();
  const load = (script: string): Promise<string> => {
    const hash = client.sendCommand(['SCRIPT', 'LOAD', script]).then(String);
    hashes.set(script, hash);
    hash.catch(() => {
      hashes.delete(script);
    });
    return hash;
  };
  return async (script, keys, args) => {
    const run = async (hash: string): Promise<unknown> =>
      client.sendCommand(['EVALSHA', hash, String(keys.length), ...keys, ...args]);
    const hash = await (hashes.get(script) ?? load(script));
    try {
      return await run(hash);
    } catch (error) {
      if (!String(error).includes('NOSCRIPT')) throw error;
      return run(await load(script));
    }
  };
}
