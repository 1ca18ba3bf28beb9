-- KEYS: the chat, its last number. ARGV: text, most of the chat, channel. Its number.
local last = redis.call('INCR', KEYS[2])
redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[2], last .. '-0', 'text', ARGV[1])
redis.call('PUBLISH', ARGV[3], '')
return last
