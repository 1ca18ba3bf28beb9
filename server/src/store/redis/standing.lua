-- What every script begins with. A Redis that was started again, from whatever file, may have lost what it had said: it has
-- another run_id, and what was made under the one before is unknown.
local function incarnation()
  return string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
end
-- 1: this epoch has the session; 0: another has it; -1: there is none.
local function standing(session, epoch)
  local known = redis.call('HMGET', session, 'epoch', 'incarnation')
  if not known[1] or known[2] ~= incarnation() then return -1 end
  return known[1] == epoch and 1 or 0
end
