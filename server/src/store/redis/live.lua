-- KEYS: session, its own source, all sessions by expiry. ARGV: id, epoch, how much longer it lives in ms. Its standing: 1 if it was done.
local stands = standing(KEYS[1], ARGV[2])
if stands < 1 then return stands end
local now = redis.call('TIME')
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
local expiry = now[1] * 1000 + math.floor(now[2] / 1000) + ARGV[3]
local of_one = redis.call('HGET', KEYS[1], 'counted')
redis.call('ZADD', KEYS[3], expiry, ARGV[1])
redis.call('ZADD', of_one, expiry, ARGV[1])
if redis.call('PTTL', of_one) < tonumber(ARGV[3]) then redis.call('PEXPIRE', of_one, ARGV[3]) end
return 1
