-- KEYS: session, its own source, all sessions by expiry, the chat's last number.
-- ARGV: id, identity, source, socket, life in ms, channel.
-- Its epoch, received, acknowledged, start and its source's last number; or the socket that has it, which is a later one; or nothing.
local session = redis.call('HMGET', KEYS[1], 'identity', 'source', 'received', 'acknowledged', 'start', 'own', 'sockets', 'incarnation')
if session[1] ~= ARGV[2] or session[2] ~= ARGV[3] or session[8] ~= incarnation() then return {} end
if tonumber(ARGV[4]) <= tonumber(session[7]) then return { tonumber(session[7]) } end
redis.call('HSET', KEYS[1], 'sockets', ARGV[4])
local epoch = redis.call('HINCRBY', KEYS[1], 'epoch', 1)
local now = redis.call('TIME')
redis.call('PEXPIRE', KEYS[1], ARGV[5])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
local expiry = now[1] * 1000 + math.floor(now[2] / 1000) + ARGV[5]
local of_one = redis.call('HGET', KEYS[1], 'counted')
redis.call('ZADD', KEYS[3], expiry, ARGV[1])
redis.call('ZADD', of_one, expiry, ARGV[1])
if redis.call('PTTL', of_one) < tonumber(ARGV[5]) then redis.call('PEXPIRE', of_one, ARGV[5]) end
redis.call('PUBLISH', ARGV[6], ARGV[1])
local last = tonumber(session[6])
if ARGV[3] == 'chat' then last = tonumber(redis.call('GET', KEYS[4]) or '0') end
return { epoch, tonumber(session[3]), tonumber(session[4]), tonumber(session[5]), last }
