-- KEYS: the counters. ARGV: for each, operation id or nothing, expires, life, want, limit. Answers granted, used for
-- each.
--
-- A group whose id is known to one of its counters was granted before: counters that do not know it have been forgotten
-- since, and the group counts nothing on them.

local known = false
local allowed = true
local counters = {}
for i, key in ipairs(KEYS) do
  local at = (i - 1) * 5
  local counter = {id = ARGV[at + 1], expires = ARGV[at + 2], life = ARGV[at + 3], want = ARGV[at + 4]}
  counter.used, counter.kept_until, counter.before = fetch(key, counter.id)
  known = known or counter.before
  local used_high, used_low = split(counter.used)
  local limit_high, limit_low = split(ARGV[at + 5])
  local want_high, want_low = split(counter.want)
  if at_most(used_high, used_low, limit_high, limit_low) then
    local room_high, room_low = minus(limit_high, limit_low, used_high, used_low)
    allowed = allowed and at_most(want_high, want_low, room_high, room_low)
    counter.now = {plus(used_high, used_low, want_high, want_low)}
  else
    allowed = false
  end
  counters[i] = counter
end

local answer = {}
for i, counter in ipairs(counters) do
  local granted, used = '0', counter.used
  if counter.before then
    granted, used = unpack(recorded(counter.before))
  elseif known then
    granted = counter.want
  elseif allowed then
    granted, used = counter.want, join(counter.now[1], counter.now[2])
    save(KEYS[i], used, counter.expires, counter.life, counter.kept_until, counter.id, granted)
  end
  answer[2 * i - 1], answer[2 * i] = granted, used
end
return answer
