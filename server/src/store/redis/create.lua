-- KEYS: session, chat's last number, all sessions by expiry, one's by expiry.
-- ARGV: id, identity, source, life in ms, most sessions, most of one.
-- The number its source begins after, or -1: there are too many.
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now)
redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', now)
if redis.call('ZCARD', KEYS[3]) >= tonumber(ARGV[5]) or redis.call('ZCARD', KEYS[4]) >= tonumber(ARGV[6]) then return -1 end
local start = 0
if ARGV[3] == 'chat' then start = tonumber(redis.call('GET', KEYS[2]) or '0') end
redis.call('HSET', KEYS[1], 'identity', ARGV[2], 'counted', KEYS[4], 'incarnation', incarnation(), 'source', ARGV[3], 'epoch', 1, 'sockets', 1, 'received', 0, 'acknowledged', 0, 'start', start, 'own', 0)
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('ZADD', KEYS[3], now + ARGV[4], ARGV[1])
redis.call('ZADD', KEYS[4], now + ARGV[4], ARGV[1])
if redis.call('PTTL', KEYS[4]) < tonumber(ARGV[4]) then redis.call('PEXPIRE', KEYS[4], ARGV[4]) end
return start
