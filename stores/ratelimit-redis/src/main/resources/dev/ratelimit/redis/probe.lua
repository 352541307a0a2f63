-- KEYS: counters that no request uses. Answers which of the commands that scripts use the server refuses, each with its
-- error; and removes the counters.

local refused = {}

local function try(...)
  local answer = redis.pcall(...)
  if type(answer) == 'table' and answer.err then
    refused[#refused + 1] = select(1, ...)
    refused[#refused + 1] = answer.err
    return false
  end
  return true
end

local key = KEYS[1]
try('TIME')
try('HGET', key, 'u')
try('HMGET', key, 'u', 'e')
-- What could not be removed is not made.
if try('PEXPIREAT', key, '0') then
  try('HSET', key, 'u', '0')
  for _, each in ipairs(KEYS) do
    redis.call('PEXPIREAT', each, '0')
  end
end
return refused
