-- KEYS: the counter. ARGV: operation id or nothing, expires, life, '+' or '-', amount, the most that a counter shows.
-- Answers 0, used.

local used, kept_until, before = fetch(KEYS[1], ARGV[1])
if before then
  return recorded(before)
end

local used_high, used_low = split(used)
local high, low = split(ARGV[5])
local now
if ARGV[4] == '-' then
  if at_most(used_high, used_low, high, low) then
    now = '0'
  else
    now = join(minus(used_high, used_low, high, low))
  end
else
  local most_high, most_low = split(ARGV[6])
  local room_high, room_low = minus(most_high, most_low, used_high, used_low)
  if at_most(high, low, room_high, room_low) then
    now = join(plus(used_high, used_low, high, low))
  else
    now = ARGV[6]
  end
end

save(KEYS[1], now, ARGV[2], ARGV[3], kept_until, ARGV[1], '0')
return {'0', now}
