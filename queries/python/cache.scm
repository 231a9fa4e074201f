;;; pack: cache
;;; language: python
;;; store: cache
;;; kind redis.client: type redis.Redis type redis.StrictRedis type redis.client.Redis type redis.asyncio.Redis type redis.asyncio.client.Redis type redis.cluster.RedisCluster

; Clients
((call function: (_) @f) @call (#set! path "redis.Redis|redis.StrictRedis|redis.client.Redis|redis.from_url|redis.Redis.from_url|redis.StrictRedis.from_url|redis.asyncio.Redis|redis.asyncio.from_url|redis.asyncio.Redis.from_url|redis.cluster.RedisCluster|django_redis.get_redis_connection")
  (#set! does "make") (#set! returns "kind:redis.client"))

; Locks that compare their owner when they are released; who enters one and doesn't get it raises
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "lock")
  (#set! recv "redis.client") (#set! does "region") (#set! token "remote") (#set! token-key "pos:0|kw:name") (#set! tries "kw:blocking=False"))
((call function: (_) @f) @call (#set! path "redis.lock.Lock|redis.asyncio.lock.Lock|redis_lock.Lock")
  (#set! does "region") (#set! token "remote") (#set! token-key "pos:1|kw:name") (#set! tries "kw:blocking=False"))
((call function: (_) @f) @call (#set! path "django.core.cache.cache.lock|django.core.cache.caches[].lock")
  (#set! does "region") (#set! token "remote") (#set! token-key "pos:0|kw:key") (#set! tries "kw:blocking=False"))

; A key that only the first may add: the others are turned away until it expires or is deleted
((call function: (_) @f) @call (#set! path "django.core.cache.cache.add|django.core.cache.cache.aadd|django.core.cache.caches[].add|django.core.cache.caches[].aadd")
  (#set! does "take") (#set! token "remote") (#set! token-key "pos:0|kw:key") (#set! tries "yes") (#set! returns "held"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "set")
  (#set! recv "redis.client") (#set! when "kw:nx=True") (#set! does "take") (#set! token "remote") (#set! token-key "pos:0|kw:name") (#set! tries "yes") (#set! returns "held"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "setnx")
  (#set! recv "redis.client") (#set! does "take") (#set! token "remote") (#set! token-key "pos:0|kw:name") (#set! tries "yes") (#set! returns "held"))
((call function: (_) @f) @call (#set! path "django.core.cache.cache.delete|django.core.cache.cache.adelete|django.core.cache.caches[].delete|django.core.cache.caches[].adelete")
  (#set! does "release") (#set! token "remote") (#set! token-key "pos:0|kw:key"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "delete" "unlink")
  (#set! recv "redis.client") (#set! does "release") (#set! token "remote") (#set! token-key "pos:0|kw:name"))

; Flags: whether there is something under a key, and putting something there
((call function: (_) @f) @call (#set! path "django.core.cache.cache.get|django.core.cache.cache.aget|django.core.cache.caches[].get|django.core.cache.caches[].aget|django.core.cache.cache.has_key|django.core.cache.caches[].has_key")
  (#set! does "read") (#set! container "'cache'") (#set! key "pos:0|kw:key") (#set! returns "exists"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "get" "exists")
  (#set! recv "redis.client") (#set! does "read") (#set! container "'cache'") (#set! key "pos:0|kw:name") (#set! returns "exists"))
((call function: (_) @f) @call (#set! path "django.core.cache.cache.set|django.core.cache.cache.aset|django.core.cache.caches[].set|django.core.cache.caches[].aset")
  (#set! does "write") (#set! mode "whole") (#set! container "'cache'") (#set! key "pos:0|kw:key") (#set! item "pos:1|kw:value") (#set! upserts "yes"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "set")
  (#set! recv "redis.client") (#set! does "write") (#set! mode "whole") (#set! container "'cache'") (#set! key "pos:0|kw:name") (#set! item "pos:1|kw:value") (#set! upserts "yes"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "setex" "psetex")
  (#set! recv "redis.client") (#set! does "write") (#set! mode "whole") (#set! container "'cache'") (#set! key "pos:0|kw:name") (#set! item "pos:2|kw:value") (#set! upserts "yes"))
