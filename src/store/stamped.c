#include "store/stamped.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/text.h"
#include "store/cache.h"
#include "store/trust.h"
#include "store/work.h"

#include <assert.h>
#include <string.h>
#include <zlib.h>

enum {
	HEAD_MAX = CACHE_STAMP_ROOM * (STAMPS_MAX + 1),
	FILL_LOCK_SECONDS = 5,
	STAMP_TRIES = 3,
	STAMP_SECONDS = 24 * 3600, /* of what nobody asks for again, as names that there never were */
	WAIT_FIRST_US = 500,       /* how long the others wait for the one that makes it: longer each time ... */
	WAIT_MOST_US = 10000,
	WAIT_MS = 200, /* ... and no longer than this */
	PACK_LEVEL = 4,
	PACK_FROM = 1024, /* as nginx: what is shorter goes as it is */
	GZIP_WINDOW = 15 + 16,
};
_Static_assert(2 + STAMPS_MAX <= CACHE_KEYS_MAX, "document, lock and stamps are fetched at once");

/* One document for one request. */
struct reading {
	struct work              *work;
	const struct stamped_key *key;
	bool                      packed;
	const char               *name; /* of the value in memcached */
	int64_t                   epoch;
	char                      head[HEAD_MAX]; /* what a document that is in force begins with: epoch and stamps */
	const char               *lock;           /* who makes the document of that head holds it */
	struct cached             found;
};

static void
note(enum document_outcome outcome)
{
	metric_add(METRIC_DOCUMENTS, outcome, 0, 1);
}

/* ---- stamps ---- */

/* False when a stamp is missing. */
static bool
write_head(struct reading *reading, const struct cached *stamps)
{
	size_t length = (size_t)snprintf(reading->head, HEAD_MAX, "%lld", (long long)reading->epoch);

	for (size_t i = 0; i < reading->key->n_stamps; i++) {
		if (stamps[i].bytes == NULL || stamps[i].length >= CACHE_STAMP_ROOM)
			return false;
		length += (size_t)snprintf(reading->head + length, HEAD_MAX - length, " %s", stamps[i].bytes);
	}
	reading->lock = arena_format(reading->work->arena, "making:%s:%s", reading->name, reading->head);
	return true;
}

static bool
add_missing(struct reading *reading, const struct cached *stamps)
{
	char stamp[CACHE_STAMP_ROOM];

	for (size_t i = 0; i < reading->key->n_stamps; i++) {
		size_t length = cache_fresh_stamp(stamp);

		if (stamps[i].bytes == NULL &&
		    cache_add(reading->work->cache, reading->key->stamps[i], stamp, length, STAMP_SECONDS) == CACHE_UNAVAILABLE)
			return false;
	}
	return true;
}

/*
 * Document, if it is wanted, and stamps in one round trip, stamps that are missing made first.  False when memcached cannot
 * be used: then nothing is known.
 */
static bool
fetch(struct reading *reading, bool document)
{
	const struct stamped_key *key = reading->key;
	const char               *names[CACHE_KEYS_MAX];
	struct cached             values[CACHE_KEYS_MAX];

	memcpy(names, key->stamps, key->n_stamps * sizeof *names);
	names[key->n_stamps] = reading->name;
	for (int tries = 0; tries < STAMP_TRIES; tries++) {
		if (!cache_get_many(reading->work->cache, names, key->n_stamps + document, values))
			return false;
		reading->found = document ? values[key->n_stamps] : (struct cached) { .bytes = NULL };
		if (write_head(reading, values))
			return true;
		if (!document || !add_missing(reading, values))
			return false;
	}
	return false;
}

/* Of the key and what its stamps are now (FNV-1a): stamps are random, so nothing better is needed. */
static const char *
make_tag(const struct reading *reading)
{
	const char *parts[] = { reading->key->name, " ", reading->head };
	uint64_t    hash = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		for (const char *c = parts[i]; *c != '\0'; c++)
			hash = (hash ^ (unsigned char)*c) * UINT64_C(1099511628211);
	return arena_format(reading->work->arena, "%016llx", (unsigned long long)hash);
}

/* ---- the value: "HEAD KIND LABEL\n" and the document; the kind is 'p' for plain, 'g' for gzip ---- */

/* The document that was found, if it was made under the stamps in force. */
static bool
take_found(const struct reading *reading, struct stamped *document)
{
	const char *bytes = reading->found.bytes, *line_end;
	size_t      head = strlen(reading->head), length = reading->found.length;

	if (bytes == NULL || length < head + 4 || memcmp(bytes, reading->head, head) != 0 || bytes[head] != ' ')
		return false;
	line_end = memchr(bytes + head, '\n', length - head);
	if (line_end == NULL || line_end < bytes + head + 3)
		return false;
	*document = (struct stamped) { .bytes = line_end + 1,
		.length = length - (size_t)(line_end + 1 - bytes),
		.packed = bytes[head + 1] == 'g',
		.label = arena_copy(reading->work->arena, bytes + head + 3, (size_t)(line_end - bytes) - head - 3),
		.tag = make_tag(reading) };
	return true;
}

/* The room is there before zlib begins, so that nothing jumps out of it.  False when it would not become shorter. */
static bool
pack(struct arena *arena, const char *bytes, size_t length, struct stamped *document)
{
	size_t   room = compressBound(length) + 32;
	char    *out = arena_alloc(arena, room);
	z_stream stream = { .next_in = (unsigned char *)bytes, .avail_in = (unsigned)length };
	bool     whole;

	if (deflateInit2(&stream, PACK_LEVEL, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return false;
	stream.next_out = (unsigned char *)out;
	stream.avail_out = (unsigned)room;
	whole = deflate(&stream, Z_FINISH) == Z_STREAM_END;
	deflateEnd(&stream);
	if (!whole || stream.total_out >= length)
		return false;
	document->bytes = out;
	document->length = stream.total_out;
	document->packed = true;
	return true;
}

/* Keep what was made, and answer with it. */
static void
keep(struct reading *reading, const struct text *made, const char *label, struct stamped *document)
{
	struct work *work = reading->work;
	struct text  value;

	*document = (struct stamped) { .bytes = made->bytes, .length = made->length, .label = label, .tag = make_tag(reading) };
	if (reading->packed && made->length >= PACK_FROM)
		pack(work->arena, made->bytes, made->length, document);
	value = text_new(work->arena, HEAD_MAX + STAMPED_LABEL_MAX + 8 + document->length);
	text_addf(&value, "%s %c %s\n", reading->head, document->packed ? 'g' : 'p', label);
	text_add(&value, document->bytes, document->length);
	cache_set(work->cache, reading->name, value.bytes, value.length, work->config->catalog.cache_seconds);
}

/* ---- reading ---- */

bool
stamped_used(const struct work *work)
{
	return work->cache != NULL && *work->config->cache.servers != '\0';
}

static const struct problem *
make_it(struct work *work, stamped_maker *make, void *argument, struct text *made, const char **label)
{
	*made = text_new(work->arena, 8 * 1024);
	*label = "";
	TRY(make(work, argument, made, label));
	assert(strlen(*label) <= STAMPED_LABEL_MAX && strpbrk(*label, " \n") == NULL);
	return OK;
}

static const struct problem *
make_for_one(struct work *work, stamped_maker *make, void *argument, struct stamped *document)
{
	struct text made;
	const char *label;

	note(DOCUMENT_BYPASSED);
	TRY(make_it(work, make, argument, &made, &label));
	*document = (struct stamped) { .bytes = made.bytes, .length = made.length, .label = label };
	return OK;
}

/*
 * The lock is ours.  Who had it before may have ended just now, so it is looked for once more; and what is made now is of the
 * stamps of now.
 */
static const struct problem *
make_for_all(struct reading *reading, stamped_maker *make, void *argument, struct stamped *document)
{
	const char           *lock = reading->lock, *label;
	const struct problem *problem;
	struct text           made;

	if (!fetch(reading, true))
		return make_for_one(reading->work, make, argument, document);
	if (take_found(reading, document)) {
		note(DOCUMENT_AWAITED);
		cache_remove(reading->work->cache, lock);
		return OK;
	}
	note(DOCUMENT_MADE);
	problem = make_it(reading->work, make, argument, &made, &label);
	if (problem == OK)
		keep(reading, &made, label, document);
	cache_remove(reading->work->cache, lock);
	return problem;
}

/* Another makes it: wait a moment, as long as the other is at it. */
static bool
wait_for_other(struct reading *reading, struct stamped *document)
{
	int64_t until = monotonic_ms() + WAIT_MS;

	for (int64_t pause = WAIT_FIRST_US; monotonic_ms() < until; pause = pause * 2 < WAIT_MOST_US ? pause * 2 : WAIT_MOST_US) {
		struct cached held;

		pause_us(pause);
		if (!fetch(reading, true))
			return false;
		if (take_found(reading, document))
			return true;
		if (!cache_get(reading->work->cache, reading->lock, &held))
			return fetch(reading, true) && take_found(reading, document);
	}
	return false;
}

static bool
begin_reading(struct reading *reading, struct work *work, const struct stamped_key *key, bool packed)
{
	*reading = (struct reading) { .work = work, .key = key, .packed = packed };
	reading->name = packed ? arena_format(work->arena, "gz:%s", key->name) : key->name;
	return stamped_used(work) && trust_epoch(work, &reading->epoch);
}

const struct problem *
stamped_read(
    struct work *work, const struct stamped_key *key, bool packed, stamped_maker *make, void *argument, struct stamped *document)
{
	struct reading reading;

	if (!begin_reading(&reading, work, key, packed) || !fetch(&reading, true))
		return make_for_one(work, make, argument, document);
	if (take_found(&reading, document)) {
		note(DOCUMENT_FOUND);
		return OK;
	}
	switch (cache_add(work->cache, reading.lock, "1", 1, FILL_LOCK_SECONDS)) {
	case CACHE_STORED:
		return make_for_all(&reading, make, argument, document);
	case CACHE_EXISTS:
		if (wait_for_other(&reading, document)) {
			note(DOCUMENT_AWAITED);
			return OK;
		}
		break;
	case CACHE_UNAVAILABLE:
		break;
	}
	return make_for_one(work, make, argument, document);
}

const char *
stamped_tag(struct work *work, const struct stamped_key *key)
{
	struct reading reading;

	if (!begin_reading(&reading, work, key, false) || !fetch(&reading, false))
		return NULL;
	return make_tag(&reading);
}

bool
stamps_try_renew(struct work *work, const char *const *names, size_t count)
{
	return cache_renew(work->cache, names, count);
}

void
stamps_renew(struct work *work, const char *const *names, size_t count)
{
	if (stamped_used(work) && !stamps_try_renew(work, names, count))
		trust_lose(work);
}
