-- KEYS: session, its own source, all sessions by expiry. ARGV: id, identity, source, life in ms, channel.
-- Its epoch, received, acknowledged and start; or nothing.
local session = redis.call('HMGET', KEYS[1], 'identity', 'source', 'received', 'acknowledged', 'start')
if session[1] ~= ARGV[2] or session[2] ~= ARGV[3] then return false end
local epoch = redis.call('HINCRBY', KEYS[1], 'epoch', 1)
local now = redis.call('TIME')
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
redis.call('ZADD', KEYS[3], now[1] * 1000 + math.floor(now[2] / 1000) + ARGV[4], ARGV[1])
redis.call('PUBLISH', ARGV[5], ARGV[1])
return { epoch, tonumber(session[3]), tonumber(session[4]), tonumber(session[5]) }
