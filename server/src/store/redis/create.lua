-- KEYS: session, chat's last number, all sessions by expiry. ARGV: id, identity, source, life in ms, most sessions.
-- The number its source begins after, or -1: there are too many.
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now)
if redis.call('ZCARD', KEYS[3]) >= tonumber(ARGV[5]) then return -1 end
local start = 0
if ARGV[3] == 'chat' then start = tonumber(redis.call('GET', KEYS[2]) or '0') end
redis.call('HSET', KEYS[1], 'identity', ARGV[2], 'source', ARGV[3], 'epoch', 1, 'sockets', 1, 'received', 0, 'acknowledged', 0, 'start', start, 'own', 0)
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('ZADD', KEYS[3], now + ARGV[4], ARGV[1])
return start
