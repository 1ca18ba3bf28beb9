-- KEYS: session, its own source, all sessions by expiry. ARGV: id, epoch. Whether it was done.
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[2] then return false end
redis.call('ZREM', redis.call('HGET', KEYS[1], 'counted'), ARGV[1])
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('ZREM', KEYS[3], ARGV[1])
return true
