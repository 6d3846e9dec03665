/**
 * Each operation of the store as one Lua script, because Redis runs a script as one step.
 *
 * An entry is a hash: field `v` is the value, and every other field is the name of an index the
 * entry is in. An index is a sorted set of entry names, scored by their ends in epoch seconds.
 * So an entry and its memberships always end together, whichever operation moves the end.
 *
 * The time is the server's, the same for all replicas of a service. Scripts reach entries that
 * an index names and Redis Cluster cannot place: no Cluster.
 */
const PRELUDE = `
local now = tonumber(redis.call('TIME')[1])

local function place(entry, ends)
  redis.call('EXPIREAT', entry, ends)
  for _, index in ipairs(redis.call('HKEYS', entry)) do
    if index ~= 'v' then
      redis.call('ZREMRANGEBYSCORE', index, '-inf', now)
      redis.call('ZADD', index, ends, entry)
      redis.call('EXPIREAT', index, ends, 'NX')
      redis.call('EXPIREAT', index, ends, 'GT')
    end
  end
end

local function drop(entry)
  for _, index in ipairs(redis.call('HKEYS', entry)) do
    if index ~= 'v' then redis.call('ZREM', index, entry) end
  end
  return redis.call('UNLINK', entry)
end

local function enter(entry)
  for position = 2, #KEYS do redis.call('HSET', entry, KEYS[position], '') end
end
`;

/** KEYS: the entry (or what a script names instead), then the indexes it enters. ARGV as named. */
export const REDIS_SCRIPTS = {
  /** @returns value and end, or nothing. */
  get: `
local value = redis.call('HGET', KEYS[1], 'v')
return value and { value, redis.call('EXPIRETIME', KEYS[1]) }`,

  /** ARGV: value, ttlSeconds. */
  set: `
redis.call('HSET', KEYS[1], 'v', ARGV[1])
enter(KEYS[1])
place(KEYS[1], now + ARGV[2])`,

  /** ARGV: value, ttlSeconds. @returns 1 or 0, as all below do. */
  setIfAbsent: `
if redis.call('HSETNX', KEYS[1], 'v', ARGV[1]) == 0 then return 0 end
place(KEYS[1], now + ARGV[2])
return 1`,

  /** ARGV: value, then ttlSeconds unless the end stays. */
  replace: `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'v', ARGV[1])
if ARGV[2] then place(KEYS[1], now + ARGV[2]) end
return 1`,

  /** ARGV: expected, value, then ttlSeconds unless the end stays. */
  compareAndSet: `
if redis.call('HGET', KEYS[1], 'v') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'v', ARGV[2])
if ARGV[3] then place(KEYS[1], now + ARGV[3]) end
return 1`,

  /** ARGV: ttlSeconds. */
  touch: `
local ends = redis.call('EXPIRETIME', KEYS[1])
if ends < 0 then return 0 end
enter(KEYS[1])
place(KEYS[1], math.max(ends, now + ARGV[1]))
return 1`,

  delete: `return drop(KEYS[1])`,

  /** ARGV: expected. */
  compareAndDelete: `
if redis.call('HGET', KEYS[1], 'v') ~= ARGV[1] then return 0 end
return drop(KEYS[1])`,

  /** KEYS: the index. */
  members: `return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf')`,

  /** KEYS: the index. ARGV: withinSeconds, limit. */
  firstToEnd: `
return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, now + ARGV[1], 'LIMIT', 0, ARGV[2])`,

  /** KEYS: the index. */
  deleteMembers: `
for _, entry in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf')) do drop(entry) end
redis.call('UNLINK', KEYS[1])`,

  /** ARGV: cursor, pattern, about how many. @returns the next cursor, and names of entries. */
  scan: `return redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', ARGV[3])`,

  /**
   * KEYS: one that is never there. ARGV: channel, message.
   * The write makes a replica refuse: it would accept PUBLISH and reach only its own clients.
   */
  publish: `
redis.call('UNLINK', KEYS[1])
redis.call('PUBLISH', ARGV[1], ARGV[2])`,
} as const;

export type RedisScript = keyof typeof REDIS_SCRIPTS;

/** The whole text of a script, as Redis gets it. */
export const toLua = (script: RedisScript): string => PRELUDE + REDIS_SCRIPTS[script];
