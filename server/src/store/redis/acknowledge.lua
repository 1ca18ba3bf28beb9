-- KEYS: session, its own source. ARGV: epoch, count. Its standing: 1 if it was done.
local stands = standing(KEYS[1], ARGV[1])
if stands < 1 then return stands end
local count = math.max(tonumber(redis.call('HGET', KEYS[1], 'acknowledged')), tonumber(ARGV[2]))
redis.call('HSET', KEYS[1], 'acknowledged', count)
redis.call('XTRIM', KEYS[2], 'MINID', string.format('%.0f', count + 1) .. '-0')
return 1
