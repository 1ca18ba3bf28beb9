-- KEYS: session, its source. ARGV: epoch, after which entry, how many at most.
-- Its standing, and the entries.
local stands = standing(KEYS[1], ARGV[1])
if stands < 1 then return { stands, {} } end
return { 1, redis.call('XRANGE', KEYS[2], '(' .. ARGV[2] .. '-0', '+', 'COUNT', ARGV[3]) }
