-- KEYS: session, its own source, all sessions by expiry. ARGV: id, epoch, how much longer it lives in ms. Whether it was done.
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[2] then return false end
local now = redis.call('TIME')
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
redis.call('ZADD', KEYS[3], now[1] * 1000 + math.floor(now[2] / 1000) + ARGV[3], ARGV[1])
return true
