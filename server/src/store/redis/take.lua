-- KEYS: session, its own source, the chat, the chat's last number.
-- ARGV: epoch, number of the first message, most that is owed, most of the chat, channel, then kind and payload of each effect.
-- How many messages have been taken altogether, or -1: another has the session; or -2: there is none.
local stands = standing(KEYS[1], ARGV[1])
if stands < 1 then return stands - 1 end
local session = redis.call('HMGET', KEYS[1], 'received', 'acknowledged', 'own')
local received, own = tonumber(session[1]), tonumber(session[3])
local told
for at = 6, #ARGV, 2 do
  local number, kind = tonumber(ARGV[2]) + (at - 6) / 2, ARGV[at]
  if number == received + 1 then
    if kind == 'chat' then
      local last = redis.call('INCR', KEYS[4])
      redis.call('XADD', KEYS[3], 'MAXLEN', ARGV[4], last .. '-0', 'text', ARGV[at + 1])
      told = true
    else
      if own - session[2] >= tonumber(ARGV[3]) then break end
      own = own + 1
      redis.call('XADD', KEYS[2], own .. '-0', kind, ARGV[at + 1])
    end
    received = number
  end
end
redis.call('HSET', KEYS[1], 'received', received, 'own', own)
local life = redis.call('PTTL', KEYS[1])
if life > 0 then redis.call('PEXPIRE', KEYS[2], life) end -- a source that was just made has none
if told then redis.call('PUBLISH', ARGV[5], '') end
return received
