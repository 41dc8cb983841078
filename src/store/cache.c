/* Calls of libmemcached, each through the circuit. */
#include "store/cache.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/text.h"

#include <assert.h>
#include <libmemcached/memcached.h>
#include <stdio.h>

enum { KEY_MAX = 200, SERVERS_MAX = 16, DEFAULT_PORT = 11211, CHANGE_TRIES = 32 };

struct key {
	char   bytes[KEY_MAX + 1];
	size_t length;
};

struct cache {
	const struct config *config;
	struct arena        *arena;
	memcached_st        *client;        /* NULL: not connected */
	memcached_result_st  result;        /* its buffer is used again and again */
	bool                 answered;      /* on this connection */
	int64_t              failures;      /* in a row */
	int64_t              open_until_ms; /* 0: the circuit is closed */
};

/* One operation; what it needs and what it found. */
struct call {
	memcached_return_t (*run)(struct cache *cache, struct call *call);
	bool           repeatable; /* doing it twice does no harm */
	struct key     keys[CACHE_KEYS_MAX];
	size_t         n_keys;
	const char    *bytes;
	size_t         length;
	int64_t        ttl_seconds;
	struct cached *found;
	bool           versioned; /* ask for the value's version, too */
	uint64_t       version;
};

struct cache *
cache_open(const struct config *config, struct arena *arena)
{
	struct cache *cache = calloc(1, sizeof *cache);

	if (cache == NULL)
		abort();
	cache->config = config;
	cache->arena = arena;
	return cache;
}

static void
disconnect(struct cache *cache)
{
	if (cache->client == NULL)
		return;
	memcached_result_free(&cache->result);
	memcached_free(cache->client);
	cache->client = NULL;
	cache->answered = false;
}

void
cache_close(struct cache *cache)
{
	disconnect(cache);
	free(cache);
}

/* One server of the list, its length without quotes. */
static bool
add_server(memcached_st *client, const char *word, size_t length)
{
	static const char socket_option[] = "--SOCKET=", server_option[] = "--SERVER="; /* of one length */
	char              name[256], *port;

	if (length > sizeof socket_option - 1 &&
	    (memcmp(word, socket_option, sizeof socket_option - 1) == 0 ||
		memcmp(word, server_option, sizeof server_option - 1) == 0)) {
		word += sizeof socket_option - 1;
		length -= sizeof socket_option - 1;
	}
	if (length >= 2 && word[0] == '"' && word[length - 1] == '"')
		word++, length -= 2;
	if (length == 0 || length >= sizeof name)
		return false;
	snprintf(name, sizeof name, "%.*s", (int)length, word);
	if (name[0] == '/')
		return memcached_success(memcached_server_add_unix_socket(client, name));
	port = strrchr(name, ':');
	if (port != NULL)
		*port++ = '\0';
	return memcached_success(
	    memcached_server_add(client, name, port == NULL ? DEFAULT_PORT : (in_port_t)strtoul(port, NULL, 10)));
}

static bool
add_servers(memcached_st *client, const char *servers)
{
	size_t count = 0;

	for (size_t length; *servers != '\0'; servers += length) {
		length = strcspn(servers, " ,");
		if (length == 0)
			length = 1;
		else if (count++ == SERVERS_MAX || !add_server(client, servers, length))
			return false;
	}
	return count > 0;
}

/*
 * libmemcached waits for 5 s by default, and disables a server for 2 s by itself: all of that is ours to decide.  The
 * socket blocks, up to its time-outs: without blocking each read is tried, waited for and tried again.
 */
static void
set_behaviour(memcached_st *client, int64_t timeout_ms)
{
	uint64_t milliseconds = (uint64_t)timeout_ms;

	memcached_behavior_set(client, MEMCACHED_BEHAVIOR_TCP_NODELAY, 1);
	memcached_behavior_set(client, MEMCACHED_BEHAVIOR_CONNECT_TIMEOUT, milliseconds);
	memcached_behavior_set(client, MEMCACHED_BEHAVIOR_POLL_TIMEOUT, milliseconds);
	memcached_behavior_set(client, MEMCACHED_BEHAVIOR_RCV_TIMEOUT, milliseconds * 1000);
	memcached_behavior_set(client, MEMCACHED_BEHAVIOR_SND_TIMEOUT, milliseconds * 1000);
	memcached_behavior_set(client, MEMCACHED_BEHAVIOR_RETRY_TIMEOUT, 0);
	if (memcached_server_count(client) > 1)
		memcached_behavior_set(client, MEMCACHED_BEHAVIOR_KETAMA, 1);
}

static bool
connect_now(struct cache *cache)
{
	memcached_st *client = memcached_create(NULL);

	if (client == NULL || !add_servers(client, cache->config->cache.servers)) {
		log_error("cannot use the cache: 'cache.servers' is not a valid server list");
		memcached_free(client);
		return false;
	}
	set_behaviour(client, cache->config->cache.timeout_ms);
	cache->client = client;
	memcached_result_create(client, &cache->result);
	return true;
}

/* What the server said, as opposed to what went wrong on the way. */
static bool
is_answer(memcached_return_t code)
{
	return code == MEMCACHED_SUCCESS || code == MEMCACHED_NOTFOUND || code == MEMCACHED_NOTSTORED || code == MEMCACHED_END ||
	    code == MEMCACHED_DATA_EXISTS || code == MEMCACHED_STORED || code == MEMCACHED_E2BIG ||
	    code == MEMCACHED_SERVER_MEMORY_ALLOCATION_FAILURE;
}

static void
note_answer(struct cache *cache)
{
	if (cache->open_until_ms != 0)
		log_info("cache available again");
	cache->failures = 0;
	cache->open_until_ms = 0;
	cache->answered = true;
}

static void
note_failure(struct cache *cache, memcached_return_t code, int64_t took_ms)
{
	const struct config *config = cache->config;
	bool                 slow = took_ms * 2 >= config->cache.timeout_ms;

	metric_add(METRIC_CACHE, CACHE_FAILURE, 0, 1);
	cache->failures++;
	if (cache->open_until_ms == 0 && !slow && cache->failures < config->cache.circuit_failures)
		return;
	if (cache->open_until_ms == 0)
		log_warning("cache not responding: continuing without it", LOG_TEXT("cause", memcached_strerror(NULL, code)),
		    LOG_NUMBER("ms", took_ms));
	cache->open_until_ms = monotonic_ms() + config->cache.circuit_open_seconds * 1000;
}

static memcached_return_t
attempt(struct cache *cache, struct call *call)
{
	if (cache->client == NULL && !connect_now(cache))
		return MEMCACHED_NO_SERVERS;
	return call->run(cache, call);
}

/*
 * Runs the call unless the circuit is open.  True when the server answered, with *code saying what.  A connection that
 * the server closed in between is made again once, when that took no time and repeating does no harm.
 */
static bool
perform(struct cache *cache, struct call *call, memcached_return_t *code)
{
	int64_t started = monotonic_ms(), took_ms;
	bool    answered_before = cache->answered;

	if (*cache->config->cache.servers == '\0')
		return false; /* there is none */
	if (cache->open_until_ms != 0 && started < cache->open_until_ms) {
		metric_add(METRIC_CACHE, CACHE_CIRCUIT_OPEN, 0, 1);
		return false;
	}
	*code = attempt(cache, call);
	took_ms = monotonic_ms() - started;
	if (!is_answer(*code) && answered_before && call->repeatable && took_ms * 2 < cache->config->cache.timeout_ms) {
		disconnect(cache);
		*code = attempt(cache, call);
		took_ms = monotonic_ms() - started;
	}
	if (is_answer(*code)) {
		note_answer(cache);
		return true;
	}
	disconnect(cache); /* an answer that comes late must not meet the next question */
	note_failure(cache, *code, took_ms);
	return false;
}

static bool
fits(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text <= ' ' || *text == 0x7f)
			return false;
	return true;
}

static void
make_key(struct cache *cache, const char *name, struct key *key)
{
	static const char hex[] = "0123456789abcdef";
	const char       *prefix = cache->config->cache.prefix, *whole;
	size_t            prefix_length = strlen(prefix), name_length = strlen(name);
	unsigned char     digest[32];

	if (prefix_length + name_length <= KEY_MAX && fits(prefix) && fits(name)) {
		memcpy(key->bytes, prefix, prefix_length);
		memcpy(key->bytes + prefix_length, name, name_length + 1);
		key->length = prefix_length + name_length;
		return;
	}
	whole = arena_format(cache->arena, "%s%s", prefix, name);
	sha256(whole, strlen(whole), digest);
	key->length = (size_t)snprintf(key->bytes, sizeof key->bytes, "sha256:");
	for (size_t i = 0; i < sizeof digest; i++) {
		key->bytes[key->length++] = hex[digest[i] >> 4];
		key->bytes[key->length++] = hex[digest[i] & 15];
	}
	key->bytes[key->length] = '\0';
}

static void
keep_result(struct cache *cache, struct call *call)
{
	for (size_t i = 0; i < call->n_keys; i++)
		if (memcached_result_key_length(&cache->result) == call->keys[i].length &&
		    memcmp(memcached_result_key_value(&cache->result), call->keys[i].bytes, call->keys[i].length) == 0)
			call->found[i] = (struct cached) {
				.bytes = arena_copy(cache->arena, memcached_result_value(&cache->result),
				    memcached_result_length(&cache->result)),
				.length = memcached_result_length(&cache->result),
			};
	call->version = memcached_result_cas(&cache->result);
}

static memcached_return_t
run_get(struct cache *cache, struct call *call)
{
	const char        *keys[CACHE_KEYS_MAX];
	size_t             lengths[CACHE_KEYS_MAX];
	memcached_return_t code;

	for (size_t i = 0; i < call->n_keys; i++) {
		keys[i] = call->keys[i].bytes;
		lengths[i] = call->keys[i].length;
		call->found[i] = (struct cached) { .bytes = NULL };
	}
	memcached_behavior_set(cache->client, MEMCACHED_BEHAVIOR_SUPPORT_CAS, call->versioned);
	code = memcached_mget(cache->client, keys, lengths, call->n_keys);
	if (code != MEMCACHED_SUCCESS)
		return code;
	while (memcached_fetch_result(cache->client, &cache->result, &code) != NULL)
		keep_result(cache, call);
	return code;
}

bool
cache_get_many(struct cache *cache, const char *const *keys, size_t count, struct cached *values)
{
	struct call        call = { .run = run_get, .repeatable = true, .n_keys = count, .found = values };
	memcached_return_t code;
	bool               answered;

	assert(count <= CACHE_KEYS_MAX);
	for (size_t i = 0; i < count; i++)
		make_key(cache, keys[i], &call.keys[i]);
	answered = perform(cache, &call, &code);
	for (size_t i = 0; i < count; i++)
		if (!answered)
			values[i] = (struct cached) { .bytes = NULL };
		else
			metric_add(METRIC_CACHE, values[i].bytes != NULL ? CACHE_HIT : CACHE_MISS, 0, 1);
	return answered;
}

bool
cache_get(struct cache *cache, const char *key, struct cached *value)
{
	return cache_get_many(cache, &key, 1, value) && value->bytes != NULL;
}

static memcached_return_t
run_set(struct cache *cache, struct call *call)
{
	return memcached_set(
	    cache->client, call->keys[0].bytes, call->keys[0].length, call->bytes, call->length, (time_t)call->ttl_seconds, 0);
}

static memcached_return_t
run_add(struct cache *cache, struct call *call)
{
	return memcached_add(
	    cache->client, call->keys[0].bytes, call->keys[0].length, call->bytes, call->length, (time_t)call->ttl_seconds, 0);
}

static bool
store(struct cache *cache, struct call *call, const char *key, const void *bytes, size_t length, int64_t ttl_seconds,
    memcached_return_t *code)
{
	assert(ttl_seconds > 0 && ttl_seconds <= CACHE_TTL_MAX_SECONDS);
	if (length > CACHE_VALUE_MAX) {
		log_warning("value too large for the cache", LOG_TEXT("key", key), LOG_NUMBER("bytes", (int64_t)length));
		return false;
	}
	make_key(cache, key, &call->keys[0]);
	call->n_keys = 1;
	call->bytes = bytes;
	call->length = length;
	call->ttl_seconds = ttl_seconds;
	return perform(cache, call, code);
}

bool
cache_set(struct cache *cache, const char *key, const void *bytes, size_t length, int64_t ttl_seconds)
{
	struct call        call = { .run = run_set, .repeatable = true };
	memcached_return_t code;

	return store(cache, &call, key, bytes, length, ttl_seconds, &code) && code == MEMCACHED_SUCCESS;
}

enum cache_added
cache_add(struct cache *cache, const char *key, const void *bytes, size_t length, int64_t ttl_seconds)
{
	struct call        call = { .run = run_add };
	memcached_return_t code;

	if (!store(cache, &call, key, bytes, length, ttl_seconds, &code))
		return CACHE_UNAVAILABLE;
	return code == MEMCACHED_SUCCESS                                   ? CACHE_STORED
	    : code == MEMCACHED_NOTSTORED || code == MEMCACHED_DATA_EXISTS ? CACHE_EXISTS
									   : CACHE_UNAVAILABLE;
}

/*
 * A number that was never there before: 62 random bits, others at each attempt, so that a command that a server carries out
 * late brings back nothing that was kept under an earlier one.
 */
static memcached_return_t
renew_one(struct cache *cache, const struct call *call, const struct key *key)
{
	char   digits[CACHE_STAMP_ROOM];
	size_t length = cache_fresh_stamp(digits);

	return memcached_set(cache->client, key->bytes, key->length, digits, length, (time_t)call->ttl_seconds, 0);
}

/*
 * A server does what a connection asks in its order, so the answer to the last tells that the others are done; one that it
 * has no memory for is forgotten, which is as good.  Several servers are asked one by one.
 */
static memcached_return_t
run_renew(struct cache *cache, struct call *call)
{
	bool               silent = memcached_server_count(cache->client) == 1;
	memcached_return_t code = MEMCACHED_SUCCESS;

	for (size_t i = 0; i < call->n_keys && code == MEMCACHED_SUCCESS; i++) {
		bool last = i == call->n_keys - 1;

		memcached_behavior_set(cache->client, MEMCACHED_BEHAVIOR_NOREPLY, silent && !last);
		code = renew_one(cache, call, &call->keys[i]);
	}
	memcached_behavior_set(cache->client, MEMCACHED_BEHAVIOR_NOREPLY, false);
	return code;
}

size_t
cache_fresh_stamp(char into[CACHE_STAMP_ROOM])
{
	uint64_t number;

	random_bytes(&number, sizeof number);
	return (size_t)snprintf(into, CACHE_STAMP_ROOM, "%llu", (unsigned long long)(number >> 2));
}

bool
cache_renew(struct cache *cache, const char *const *keys, size_t count)
{
	struct call        call = { .run = run_renew, .repeatable = true, .ttl_seconds = CACHE_TTL_MAX_SECONDS };
	memcached_return_t code = MEMCACHED_SUCCESS;

	for (size_t i = 0; i < count && code == MEMCACHED_SUCCESS; i += call.n_keys) {
		for (call.n_keys = 0; call.n_keys < CACHE_KEYS_MAX && i + call.n_keys < count; call.n_keys++)
			make_key(cache, keys[i + call.n_keys], &call.keys[call.n_keys]);
		if (!perform(cache, &call, &code))
			return false;
	}
	return code == MEMCACHED_SUCCESS;
}

static memcached_return_t
run_remove(struct cache *cache, struct call *call)
{
	return memcached_delete(cache->client, call->keys[0].bytes, call->keys[0].length, 0);
}

void
cache_remove(struct cache *cache, const char *key)
{
	struct call        call = { .run = run_remove, .n_keys = 1 };
	memcached_return_t code;

	make_key(cache, key, &call.keys[0]);
	perform(cache, &call, &code);
}

static memcached_return_t
run_compare_and_set(struct cache *cache, struct call *call)
{
	return memcached_cas(cache->client, call->keys[0].bytes, call->keys[0].length, call->bytes, call->length,
	    (time_t)call->ttl_seconds, 0, call->version);
}

/* Store over the version that was read, or where nothing was. */
static bool
store_changed(struct cache *cache, const char *key, const struct text *changed, int64_t ttl_seconds, uint64_t version,
    memcached_return_t *code)
{
	struct call call = { .run = version == 0 ? run_add : run_compare_and_set, .version = version };

	return store(cache, &call, key, changed->bytes, changed->length, ttl_seconds, code);
}

/* Those who met must not meet again: up to 50 microseconds, twice as much each time, at most 3 milliseconds. */
static void
back_off(int tries)
{
	uint8_t random;

	random_bytes(&random, sizeof random);
	pause_us((INT64_C(50) << (tries < 6 ? tries : 6)) * random / 256);
}

bool
cache_change(struct cache *cache, const char *key, int64_t ttl_seconds,
    bool (*change)(const struct cached *value, struct text *into, void *argument), void *argument)
{
	struct text changed = text_new(cache->arena, 256);

	for (int tries = 0; tries < CHANGE_TRIES; tries++) {
		struct cached      value;
		struct call        call = { .run = run_get, .repeatable = true, .n_keys = 1, .found = &value, .versioned = true };
		memcached_return_t code;

		make_key(cache, key, &call.keys[0]);
		if (!perform(cache, &call, &code))
			return false;
		changed.length = 0;
		if (!change(&value, &changed, argument))
			return true;
		if (!store_changed(cache, key, &changed, ttl_seconds, value.bytes == NULL ? 0 : call.version, &code))
			return false;
		if (code == MEMCACHED_SUCCESS)
			return true;
		back_off(tries);
	}
	return false;
}

static memcached_return_t
run_clear(struct cache *cache, struct call *call)
{
	(void)call;
	return memcached_flush(cache->client, 0);
}

bool
cache_clear(struct cache *cache)
{
	struct call        call = { .run = run_clear, .repeatable = true };
	memcached_return_t code;

	return perform(cache, &call, &code) && code == MEMCACHED_SUCCESS;
}

bool
cache_available(struct cache *cache)
{
	struct cached      ignored;
	struct call        call = { .run = run_get, .repeatable = true, .n_keys = 1, .found = &ignored };
	memcached_return_t code;

	make_key(cache, "available", &call.keys[0]);
	return perform(cache, &call, &code);
}
