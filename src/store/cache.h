/*
 * cache.h: memcached behind a circuit, so that an absent cache makes the shop slower and never wrong.
 *
 * One process has one cache, connected at its first call, so after the fork.  No call returns a problem: what fails is a
 * miss (or "not stored"), counted in METRIC_CACHE.  A server that does not answer within cache.timeout_ms opens the
 * circuit at once, one that refuses opens it after cache.circuit_failures in a row; while it is open every call returns
 * without touching the network, and after cache.circuit_open_seconds one call tries again.  So a dead memcached costs at
 * most one time-out in that span.
 *
 * Nothing here is a truth: every value must be one that the database can give again, and may be gone at any moment.
 * Keys get the prefix cache.prefix; one that is too long for memcached or has spaces or control characters is replaced by
 * its SHA-256, so any text is a key.  cache.servers names them by spaces or commas: "/run/x.sock", "host", "host:port",
 * or libmemcached's --SOCKET="/run/x.sock" and --SERVER=host:port; the keys are spread over several consistently.
 */
#ifndef CACHE_H
#define CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct cache;
struct config;
struct text;

/* A value that was found; it lives in the arena.  `bytes` is NULL for a miss, else NUL-terminated behind `length`. */
struct cached {
	const char *bytes;
	size_t      length;
};

enum cache_added { CACHE_STORED, CACHE_EXISTS, CACHE_UNAVAILABLE };

/* The longest value; a longer one is not stored. */
enum { CACHE_VALUE_MAX = 1000 * 1000, CACHE_TTL_MAX_SECONDS = 30 * 24 * 3600, CACHE_KEYS_MAX = 7, CACHE_STAMP_ROOM = 24 };

/* A cache that will be connected at the first call; values go to `arena`.  Never NULL. */
struct cache *cache_open(const struct config *config, struct arena *arena);
void          cache_close(struct cache *cache);

/* True when found. */
bool cache_get(struct cache *cache, const char *key, struct cached *value);

/*
 * Up to CACHE_KEYS_MAX keys in one round trip: values[i] is that of keys[i].  False when the cache is not available; all are
 * misses then.
 */
bool cache_get_many(struct cache *cache, const char *const *keys, size_t count, struct cached *values);

/* Store for `ttl_seconds` (1 to CACHE_TTL_MAX_SECONDS), whatever was there.  True when stored. */
bool cache_set(struct cache *cache, const char *key, const void *bytes, size_t length, int64_t ttl_seconds);

/* Store only where nothing is: a lock that one of many gets.  CACHE_UNAVAILABLE: nobody can know. */
enum cache_added cache_add(struct cache *cache, const char *key, const void *bytes, size_t length, int64_t ttl_seconds);

/*
 * A stamp is a random number that stands for a state of something: store/stamped.h.  cache_fresh_stamp writes a new one and
 * tells its length; cache_renew puts new ones in the place of what is there, one round trip for CACHE_KEYS_MAX of them.  False
 * when that is not certain.
 */
size_t cache_fresh_stamp(char into[CACHE_STAMP_ROOM]);
bool   cache_renew(struct cache *cache, const char *const *keys, size_t count);

/* Forget one key, if that can be done. */
void cache_remove(struct cache *cache, const char *key);

/*
 * Change a value that others change too: change(value, into, argument) sees what is there (bytes NULL: nothing), and either
 * writes the new value into `into` and returns true, or returns false to leave it.  When another was quicker to store,
 * it is called again with what is there then.  True when its last word came true; false when the cache is not available,
 * or too many were quicker.
 */
bool cache_change(struct cache *cache, const char *key, int64_t ttl_seconds,
    bool (*change)(const struct cached *value, struct text *into, void *argument), void *argument);

/* Forget everything on every server, also what others stored there: `haatctl cache clear`. */
bool cache_clear(struct cache *cache);

/* Does it answer?  Asks once, within the circuit's rules. */
bool cache_available(struct cache *cache);

#endif
