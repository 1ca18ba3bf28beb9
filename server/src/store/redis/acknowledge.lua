-- KEYS: session, its own source. ARGV: epoch, count. Whether it was done.
local session = redis.call('HMGET', KEYS[1], 'epoch', 'acknowledged')
if session[1] ~= ARGV[1] then return false end
local count = math.max(tonumber(session[2]), tonumber(ARGV[2]))
redis.call('HSET', KEYS[1], 'acknowledged', count)
redis.call('XTRIM', KEYS[2], 'MINID', string.format('%.0f', count + 1) .. '-0')
return true
