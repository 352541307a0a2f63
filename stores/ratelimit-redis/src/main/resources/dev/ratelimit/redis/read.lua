-- KEYS: the counter. Answers 0, used.

return {'0', redis.call('HGET', KEYS[1], 'u') or '0'}
