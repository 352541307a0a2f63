-- KEYS: a budget that no request uses. Answers which of the commands that rate.lua uses the server refuses, each with
-- its error; and removes the budget.

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
try('GET', key)
-- What could not be removed is not made.
if try('DEL', key) and try('SET', key, '1 0 0 0 0', 'PX', '60000') then
  redis.call('DEL', key)
end
return refused
