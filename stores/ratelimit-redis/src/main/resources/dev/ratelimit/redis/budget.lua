-- The state of a budget; it stands in front of rate.lua. What it computes is what BudgetState and BudgetCell of
-- dev.ratelimit.rate.spi compute, and the text that it keeps is theirs.
--
-- Lua's numbers are doubles, exact to 2^53. All numbers are smaller, except the instant at which a cell is full again:
-- it may be 2^53 microseconds after now. So a cell has that instant as text, and as a distance from now. Generations
-- are only compared, and are texts, too.

local MAX_UNITS = 9007199254740991
local BILLION = 1000000000
local FULL = '1 0 0 0 0'

local floor, min, max = math.floor, math.min, math.max

local function text(number)
  return string.format('%.0f', number)
end

local function split(digits)
  if #digits <= 9 then
    return 0, tonumber(digits)
  end
  return tonumber(string.sub(digits, 1, -10)), tonumber(string.sub(digits, -9))
end

local time = redis.call('TIME')
local now_text = time[1] .. string.format('%06.0f', tonumber(time[2]))
local now = tonumber(now_text)
local now_high, now_low = split(now_text)

local function distance(at)
  local high, low = split(at)
  return (high - now_high) * BILLION + (low - now_low)
end

local function instant(ahead)
  local high, low = now_high + floor(ahead / BILLION), now_low + ahead % BILLION
  if low >= BILLION then
    high, low = high + 1, low - BILLION
  end
  return string.format('%.0f%09.0f', high, low)
end

-- Answers nothing if the text is of no state.
local function parse(state_text)
  local words = {}
  for word in string.gmatch(state_text, '%d+') do
    words[#words + 1] = #word <= 18 and word or nil
  end
  if words[1] ~= '1' or #words < 5 or (#words - 5) % 6 ~= 0 or table.concat(words, ' ') ~= state_text then
    return nil
  end
  local state = {generation = words[2], before = words[3], blackout = tonumber(words[4]), called = tonumber(words[5])}
  state.cells = {}
  for i = 6, #words, 6 do
    local cell = {permit = tonumber(words[i]), micro = tonumber(words[i + 1]), at = words[i + 2]}
    if cell.permit == 0 or cell.micro == 0 then
      return nil
    end
    cell.ahead = distance(cell.at)
    cell.rest, cell.low, cell.low_before = tonumber(words[i + 3]), tonumber(words[i + 4]), tonumber(words[i + 5])
    state.cells[#state.cells + 1] = cell
  end
  return state
end

local function unparse(state)
  local words = {'1', state.generation, state.before, text(state.blackout), text(state.called)}
  for _, cell in ipairs(state.cells) do
    for _, word in ipairs({
      text(cell.permit), text(cell.micro), cell.at, text(cell.rest), text(cell.low), text(cell.low_before)
    }) do
      words[#words + 1] = word
    end
  end
  return table.concat(words, ' ')
end

-- The microseconds until the state may be forgotten.
local function life(state)
  local latest = max(state.blackout, state.called) - now
  for _, cell in ipairs(state.cells) do
    latest = max(latest, cell.ahead + 1)
  end
  return latest
end

local function full(rate)
  return {permit = rate.permit, micro = rate.micro, at = '0', ahead = -now, rest = 0, low = 0, low_before = 0}
end

local function debt(cell)
  if cell.ahead < 0 then
    return 0
  end
  -- A number that is not exact is more than MAX_UNITS.
  return min(MAX_UNITS, cell.ahead * cell.micro + cell.rest)
end

local function out_of_range(cell)
  return debt(cell) == MAX_UNITS
end

local function owe(cell, units)
  cell.ahead = floor(units / cell.micro)
  cell.at = instant(cell.ahead)
  cell.rest = units % cell.micro
end

-- a * b / c, rounded up, for a < c.
local function product(a, b, c)
  if a * b <= MAX_UNITS then
    return a == 0 and 0 or floor((a * b - 1) / c) + 1
  end
  -- Bit by bit: no number exceeds 2 * c.
  local quotient, remainder, power = 0, 0, 2 ^ 52
  while power >= 1 do
    quotient, remainder = quotient * 2, remainder * 2
    if remainder >= c then
      quotient, remainder = quotient + 1, remainder - c
    end
    if b >= power then
      b, remainder = b - power, remainder + a
      if remainder >= c then
        quotient, remainder = quotient + 1, remainder - c
      end
    end
    power = power / 2
  end
  return remainder == 0 and quotient or quotient + 1
end

-- The cell of an index under the rate of the call. A converted one is another table: the state keeps what it had.
local function under(cell, rate)
  if not cell then
    return full(rate)
  end
  if cell.permit == rate.permit and cell.micro == rate.micro then
    return cell
  end
  local units = debt(cell)
  local whole = floor(units / cell.permit)
  local fraction = product(units % cell.permit, rate.permit, cell.permit)
  local converted = full(rate)
  if whole < floor((MAX_UNITS - fraction) / rate.permit) then
    owe(converted, whole * rate.permit + fraction)
  else
    owe(converted, MAX_UNITS)
  end
  return converted
end

local function lessened(low, units)
  return low == MAX_UNITS and low or max(0, low - units)
end
