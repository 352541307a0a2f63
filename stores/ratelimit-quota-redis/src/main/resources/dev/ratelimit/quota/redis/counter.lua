-- What all scripts have in common; it stands in front of each.
--
-- A counter is a hash: 'u' is what it shows, 'e' when it expires, and each operation id what it was answered.
-- Lua's numbers are doubles, exact to 2^53. So a number of up to 19 digits is two here: all but its last nine digits, and
-- its last nine.

local BASE = 1000000000

-- How long a counter is kept that has expired by the server's clock, but not by its caller's.
local BELATED = 60000

local function split(text)
  if #text <= 9 then
    return 0, tonumber(text)
  end
  return tonumber(string.sub(text, 1, -10)), tonumber(string.sub(text, -9))
end

local function join(high, low)
  if high == 0 then
    return string.format('%.0f', low)
  end
  return string.format('%.0f%09.0f', high, low)
end

local function at_most(a_high, a_low, b_high, b_low)
  return a_high < b_high or (a_high == b_high and a_low <= b_low)
end

local function plus(a_high, a_low, b_high, b_low)
  local high, low = a_high + b_high, a_low + b_low
  if low >= BASE then
    return high + 1, low - BASE
  end
  return high, low
end

-- Of a number that is at most the first.
local function minus(a_high, a_low, b_high, b_low)
  local high, low = a_high - b_high, a_low - b_low
  if low < 0 then
    return high - 1, low + BASE
  end
  return high, low
end

-- No field has an empty name, so an operation without an id finds nothing.
local function fetch(key, id)
  local found = redis.call('HMGET', key, 'u', 'e', id)
  return found[1] or '0', found[2], found[3]
end

local function save(key, used, expires, kept_until, id, granted)
  local fields = {'u', used}
  if id ~= '' then
    fields[3], fields[4] = id, granted .. ':' .. used
  end
  local later = not kept_until or tonumber(kept_until) < tonumber(expires)
  if later then
    fields[#fields + 1] = 'e'
    fields[#fields + 1] = expires
  end
  redis.call('HSET', key, unpack(fields))
  if later then
    redis.call('PEXPIREAT', key, expires)
    if redis.call('PTTL', key) < 0 then
      redis.call('HSET', key, unpack(fields))
      redis.call('PEXPIRE', key, BELATED)
    end
  end
end

local function recorded(outcome)
  local granted, used = string.match(outcome, '^(%d+):(%d+)$')
  return {granted, used}
end
