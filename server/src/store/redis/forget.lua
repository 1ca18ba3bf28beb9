-- KEYS: session, its own source, all sessions by expiry. ARGV: id, epoch. Its standing: 1 if it was done.
local stands = standing(KEYS[1], ARGV[2])
if stands < 1 then return stands end
redis.call('ZREM', redis.call('HGET', KEYS[1], 'counted'), ARGV[1])
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('ZREM', KEYS[3], ARGV[1])
return 1
