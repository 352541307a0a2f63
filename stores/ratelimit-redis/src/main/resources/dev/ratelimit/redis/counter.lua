-- What all scripts have in common; it stands in front of each.
--
-- A counter is a hash: 'u' is what it shows, 'e' when it expires, and each operation id what it was answered. Lua's
-- numbers are doubles, exact to 2^53. So a number of up to 19 digits is two here: all but its last nine digits, and its
-- last nine.

local BASE = 1000000000

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

-- When the server may forget a counter: at the instant that the call names, by the server's clock. Where that is over,
-- one of the two clocks is wrong; so the counter is kept as long as it would have been from its window's start on.
local function forget_at(expires, life)
  local now = redis.call('TIME')
  local millis = tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000)
  local at = tonumber(expires)
  if at <= millis then
    at = millis + tonumber(life)
  end
  return string.format('%.0f', at)
end

local function save(key, used, expires, life, kept_until, id, granted)
  local fields = {'u', used}
  if id ~= '' then
    fields[3], fields[4] = id, granted .. ':' .. used
  end
  if kept_until and tonumber(kept_until) >= tonumber(expires) then
    redis.call('HSET', key, unpack(fields))
    return
  end
  local at = forget_at(expires, life)
  fields[#fields + 1] = 'e'
  fields[#fields + 1] = expires
  redis.call('HSET', key, unpack(fields))
  redis.call('PEXPIREAT', key, at)
end

local function recorded(outcome)
  local granted, used = string.match(outcome, '^(%d+):(%d+)$')
  return {granted, used}
end
