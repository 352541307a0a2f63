-- KEYS: the counter. ARGV: operation id or nothing, expires, life, want, min, limit. Answers granted, used.

local used, kept_until, before = fetch(KEYS[1], ARGV[1])
if before then
  return recorded(before)
end

local used_high, used_low = split(used)
local limit_high, limit_low = split(ARGV[6])
if not at_most(used_high, used_low, limit_high, limit_low) then
  return {'0', used}
end

local room_high, room_low = minus(limit_high, limit_low, used_high, used_low)
local high, low = split(ARGV[4])
if not at_most(high, low, room_high, room_low) then
  high, low = room_high, room_low
end
local min_high, min_low = split(ARGV[5])
if not at_most(min_high, min_low, high, low) then
  return {'0', used}
end

local granted = join(high, low)
local now = join(plus(used_high, used_low, high, low))
save(KEYS[1], now, ARGV[2], ARGV[3], kept_until, ARGV[1], granted)
return {granted, now}
