-- KEYS: the budget. ARGV: the kind of the operation, blackoutMicros, returnableMicros, the number of rates; for each
-- rate, unitsPerPermit, unitsPerMicro and capacity; then what the operation has. Answers permits, blackoutMicros,
-- generation, and the debt of each rate.

local found = redis.pcall('GET', KEYS[1])
if type(found) == 'table' then
  return found
end
local state = parse(found or FULL)
if not state then
  return redis.error_reply('UNREADABLE the state of the budget ' .. KEYS[1] .. ' is "' .. string.sub(found, 1, 80)
    .. '", which another program may have written; delete the key')
end

local kind, blackout_term, returnable_term = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local rates = {}
for i = 5, 4 + 3 * tonumber(ARGV[4]), 3 do
  rates[#rates + 1] = {permit = tonumber(ARGV[i]), micro = tonumber(ARGV[i + 1]), capacity = tonumber(ARGV[i + 2])}
end
local arguments = {unpack(ARGV, 5 + 3 * #rates)}

local function blackout_micros()
  return max(0, min(state.blackout - now, blackout_term), state.called - now)
end

local function each_cell(change)
  local cells = state.cells
  for i, rate in ipairs(rates) do
    cells[i] = under(cells[i], rate)
    change(cells[i])
  end
  while #cells > #rates and debt(cells[#cells]) == 0 do
    cells[#cells] = nil
  end
end

-- A budget without rates does as many as it is asked for, a number that may exceed 2^53: then that text is the answer.
local function fewest(asked, permits_of)
  local permits = tonumber(asked)
  for i, rate in ipairs(rates) do
    permits = min(permits, permits_of(under(state.cells[i], rate), rate))
  end
  return permits
end

local function answered(permits, asked)
  return #rates == 0 and asked or text(permits)
end

local function begin_generation()
  if state.generation == '0' then
    state.generation = now_text
  elseif now - tonumber(state.generation) >= max(1, returnable_term) then
    state.before, state.generation = state.generation, now_text
    for _, cell in ipairs(state.cells) do
      cell.low, cell.low_before = MAX_UNITS, cell.low
    end
  end
end

local function add(permits)
  each_cell(function(cell)
    local before = debt(cell)
    cell.low = min(cell.low, before)
    owe(cell, before + permits * cell.permit)
  end)
end

-- Each operation changes the state, and returns permits and, for a take, its generation.
local operations = {}

function operations.read()
  return '0', '0'
end

function operations.reset()
  state = parse(FULL)
  return '0', '0'
end

function operations.blackout(micros)
  if micros == '0' then
    state.blackout, state.called = 0, 0
  else
    state.called = max(state.called, now + tonumber(micros))
  end
  return '0', '0'
end

function operations.take(want, least, max_delay, refuses_requests)
  if state.blackout > now + blackout_term then
    state.blackout = blackout_term == 0 and 0 or now + blackout_term
  end
  if blackout_micros() > 0 then
    return '0', '0'
  end
  local permits = fewest(want, function(cell, rate)
    local room = rate.capacity * rate.permit + tonumber(max_delay) * rate.micro - debt(cell)
    return room < 0 and 0 or floor(room / rate.permit)
  end)
  if permits < tonumber(want) and refuses_requests == '1' and blackout_term > 0 then
    state.blackout = now + blackout_term
  end
  if permits < tonumber(least) then
    return '0', '0'
  end
  if #rates == 0 then
    return want, '0'
  end
  begin_generation()
  add(permits)
  return text(permits), state.generation
end

function operations.charge(asked)
  local permits = fewest(asked, function(cell)
    return out_of_range(cell) and 0 or floor((MAX_UNITS - 1 - debt(cell)) / cell.permit)
  end)
  if permits > 0 then
    add(permits)
  end
  return answered(permits, asked), '0'
end

function operations.give_back(asked, generation)
  local present = generation == state.generation
  if state.generation == '0' or not (present or generation == state.before) then
    return '0', '0'
  end
  local function returnable(cell)
    local untouched = present and cell.low or min(cell.low, cell.low_before)
    return out_of_range(cell) and 0 or floor(min(untouched, debt(cell)) / cell.permit)
  end
  local permits = fewest(asked, returnable)
  each_cell(function(cell)
    local units = min(tonumber(asked), returnable(cell)) * cell.permit
    cell.low = lessened(cell.low, units)
    if not present then
      cell.low_before = lessened(cell.low_before, units)
    end
    owe(cell, debt(cell) - units)
  end)
  return answered(permits, asked), '0'
end

function operations.refund(asked)
  local function refundable(cell)
    local units = debt(cell)
    return units == MAX_UNITS and 0 or floor(units / cell.permit) + (units % cell.permit > 0 and 1 or 0)
  end
  local permits = fewest(asked, refundable)
  each_cell(function(cell)
    local before = debt(cell)
    if before ~= MAX_UNITS then
      local units = min(before, min(tonumber(asked), refundable(cell)) * cell.permit)
      cell.low, cell.low_before = lessened(cell.low, units), lessened(cell.low_before, units)
      owe(cell, before - units)
    end
  end)
  return answered(permits, asked), '0'
end

local permits, generation = operations[kind](unpack(arguments))
local answer = {permits, text(blackout_micros()), generation}
for i, rate in ipairs(rates) do
  answer[3 + i] = text(debt(under(state.cells[i], rate)))
end

local after = unparse(state)
if after ~= (found or FULL) then
  local micros = life(state)
  if micros > 0 then
    -- A second longer: a state is never forgotten early, whatever the server rounds.
    redis.call('SET', KEYS[1], after, 'PX', text(math.ceil(micros / 1000) + 1000))
  elseif found then
    redis.call('DEL', KEYS[1])
  end
end
return answer
