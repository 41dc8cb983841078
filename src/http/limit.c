/*
 * A window is the list of the moments of the calls that it let pass, oldest first, as one value in memcached; a call reads
 * it, drops what is older than the window, and either is refused or adds itself, unless another was quicker, and then
 * again.  So what is counted is exact however many workers count, and calls that were refused do not count.  Where calls are
 * limited in a short window and in a long one, both are counted in one list.
 */
#include "http/limit.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/instant.h"
#include "base/metrics.h"
#include "base/recent.h"
#include "base/text.h"
#include "http/request.h"
#include "store/cache.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>

/* Every moment of a full window fits into one value of the cache. */
_Static_assert(STAFF_FACTOR_MAX *LIMIT_CALLS_MAX * sizeof(int64_t) <= CACHE_VALUE_MAX, "a full window could not be stored");

enum {
	MINUTE_SECONDS = 60,
	DAY_SECONDS = 24 * 3600,
	TTL_SLACK_SECONDS = 2, /* memcached counts in whole seconds, and may be one early */
	DIGEST = 32
};

/* How many calls are let pass in which window. */
static const struct bucket {
	const char *name;
	size_t      max;     /* offset of the setting */
	int64_t     seconds; /* 0: limits.window_seconds */
	bool        by_role; /* sellers and staff have limits.staff_factor times as many */
} buckets[] = {
#define BUCKET(kind, setting, ...) [LIMITED_##kind] = { #setting, offsetof(struct config, limits.setting), ##__VA_ARGS__ }
	BUCKET(SIGN_IN_ACCOUNT, sign_in_account),
	BUCKET(SIGN_IN_ADDRESS, sign_in_address),
	BUCKET(COUPON_ADDRESS, coupon_address),
	BUCKET(PAYMENT_ACCOUNT, payment_account),
	BUCKET(PAYMENT_ADDRESS, payment_address),
	BUCKET(REFRESH_TOKEN, refresh_token),
	BUCKET(REFRESH_ADDRESS, refresh_address),
	BUCKET(ANONYMOUS_WRITES, anonymous_writes),
	BUCKET(FORGED_WEBHOOKS, forged_webhooks),
	BUCKET(SEARCH_ADDRESS, search_address, .seconds = MINUTE_SECONDS),
	BUCKET(SUGGEST_ADDRESS, suggest_address, .seconds = MINUTE_SECONDS),
	BUCKET(KEY_CALLS, key_calls, .seconds = MINUTE_SECONDS),
	BUCKET(WRITES, writes, .by_role = true),
	BUCKET(WRITES_A_DAY, writes_a_day, .seconds = DAY_SECONDS, .by_role = true),
	BUCKET(READS_A_MINUTE, reads_a_minute, .seconds = MINUTE_SECONDS),
#undef BUCKET
};

enum { BOUNDS_MAX = 2 };

/* At most `max` calls in so many seconds. */
struct bound {
	int64_t max, seconds;
};

/* One list of moments, as long as the longest of its bounds. */
struct window {
	const char  *key;
	struct bound bounds[BOUNDS_MAX];
	size_t       n_bounds;
	int64_t      now_ms, wait_ms; /* wait_ms > 0: refused, for so long ... */
	size_t       refused_by;      /* ... by that bound */
};

const char *
limit_subject(struct arena *arena, const char *address)
{
	struct in6_addr network;
	char            text[INET6_ADDRSTRLEN];

	if (inet_pton(AF_INET6, address, &network) != 1)
		return address;
	memset(network.s6_addr + 8, 0, 8);
	return inet_ntop(AF_INET6, &network, text, sizeof text) == NULL ? address : arena_format(arena, "%s/64", text);
}

static int64_t
moment_at(const struct cached *value, size_t at)
{
	int64_t moment;

	memcpy(&moment, value->bytes + at * sizeof moment, sizeof moment);
	return moment;
}

/* How long to wait until the oldest of the last `max` has left the window; 0 when it has. */
static int64_t
wait_of(const struct bound *bound, const struct cached *value, int64_t now_ms)
{
	size_t  count = value->length / sizeof(int64_t);
	int64_t wait_ms = 0;

	if (count >= (size_t)bound->max)
		wait_ms = moment_at(value, count - (size_t)bound->max) + bound->seconds * 1000 - now_ms;
	return wait_ms > 0 ? wait_ms : 0;
}

static int64_t
longest_seconds(const struct window *window)
{
	int64_t seconds = 0;

	for (size_t i = 0; i < window->n_bounds; i++)
		if (window->bounds[i].seconds > seconds)
			seconds = window->bounds[i].seconds;
	return seconds;
}

/* One call more, where each bound lets it pass. */
static bool
count_call(const struct cached *value, struct text *into, void *argument)
{
	struct window *window = argument;
	size_t         count = value->length / sizeof(int64_t), first = 0;
	int64_t        since_ms = window->now_ms - longest_seconds(window) * 1000;

	for (size_t i = 0; i < window->n_bounds; i++) {
		window->wait_ms = wait_of(&window->bounds[i], value, window->now_ms);
		window->refused_by = i;
		if (window->wait_ms > 0)
			return false;
	}
	while (first < count && moment_at(value, first) <= since_ms)
		first++;
	if (count > first)
		text_add(into, value->bytes + first * sizeof(int64_t), (count - first) * sizeof(int64_t));
	text_add(into, &window->now_ms, sizeof window->now_ms);
	return true;
}

/* False: refused; window->wait_ms says for how long. */
static bool
passes(struct work *work, struct window *window)
{
	window->now_ms = instant_now().unix_ms;
	return !cache_change(work->cache, window->key, longest_seconds(window) + TTL_SLACK_SECONDS, count_call, window) ||
	    window->wait_ms <= 0;
}

static struct bound
bound_of(const struct work *work, enum limit_kind kind)
{
	const struct bucket *bucket = &buckets[kind];
	struct bound         bound = { .max = *(const int64_t *)((const char *)work->config + bucket->max),
			.seconds = bucket->seconds > 0 ? bucket->seconds : work->config->limits.window_seconds };

	if (kind == LIMITED_KEY_CALLS && work->viewer.calls_a_minute > 0)
		bound.max = work->viewer.calls_a_minute;
	if (bucket->by_role && work->viewer.role != ROLE_CUSTOMER)
		bound.max *= work->config->limits.staff_factor;
	return bound;
}

/* The bounds of so many kinds on one list of calls, which has the name of the last. */
static const struct problem *
count_all(struct work *work, const enum limit_kind *kinds, size_t n_kinds, const char *subject)
{
	struct window window = { .key = arena_format(work->arena, "limit:%s:%s", buckets[kinds[n_kinds - 1]].name, subject),
		.n_bounds = n_kinds };

	for (size_t i = 0; i < n_kinds; i++)
		window.bounds[i] = bound_of(work, kinds[i]);
	if (passes(work, &window))
		return OK;
	metric_add(METRIC_LIMITED, (size_t)kinds[window.refused_by], 0, 1);
	recent_add(RECENT_LIMITED);
	return problem_later(
	    work->arena, PROBLEM_RATE_LIMITED, "too many requests; see Retry-After", (int)((window.wait_ms + 999) / 1000));
}

static const struct problem *
count(struct request *request, enum limit_kind kind, const char *subject)
{
	return count_all(request->work, &kind, 1, subject);
}

static const struct problem *
count_address(struct request *request, enum limit_kind kind)
{
	return count(request, kind, limit_subject(request->work->arena, request->work->address));
}

static bool
is_signed_in(const struct request *request)
{
	return !uuid_is_nil(request->work->viewer.user.uuid);
}

static const struct problem *
count_account(struct request *request, enum limit_kind kind)
{
	return !is_signed_in(request) ? OK
				      : count(request, kind, uuid_text(request->work->arena, request->work->viewer.user.uuid));
}

/* Public reads are nginx's alone; a quote is a POST that changes nothing. */
static const struct problem *
count_by_default(struct request *request)
{
	if (request->route->method == GET || request->route->writes == WRITES_NOTHING)
		return count_account(request, LIMITED_READS_A_MINUTE);
	if (!is_signed_in(request))
		return count_address(request, LIMITED_ANONYMOUS_WRITES);
	return count_all(request->work, (const enum limit_kind[]) { LIMITED_WRITES, LIMITED_WRITES_A_DAY }, 2,
	    uuid_text(request->work->arena, request->work->viewer.user.uuid));
}

const struct problem *
limit_call(struct request *request)
{
	if (!request->work->config->limits.enabled)
		return OK;
	if (request->work->viewer.key != NULL)
		return count(request, LIMITED_KEY_CALLS, uuid_text(request->work->arena, request->work->viewer.merchant->uuid));
	/* The account first: what is refused to one account must not use up the address of the others. */
	switch (request->route->limit) {
	case LIMIT_SIGN_IN:
		TRY(count_account(request, LIMITED_SIGN_IN_ACCOUNT));
		return count_address(request, LIMITED_SIGN_IN_ADDRESS);
	case LIMIT_PAYMENT:
		TRY(count_account(request, LIMITED_PAYMENT_ACCOUNT));
		return count_address(request, LIMITED_PAYMENT_ADDRESS);
	case LIMIT_REFRESH:
		return count_address(request, LIMITED_REFRESH_ADDRESS);
	case LIMIT_SUGGEST:
		TRY(count_by_default(request));
		return count_address(request, LIMITED_SUGGEST_ADDRESS);
	case LIMIT_COUPON:
		TRY(count_by_default(request));
		return request->route->limit_member == NULL ? count_address(request, LIMITED_COUPON_ADDRESS) : OK;
	case LIMIT_DEFAULT:
		return count_by_default(request);
	case LIMIT_NONE:
	case LIMIT_WEBHOOK:
		break;
	}
	return OK;
}

/* The text of the body that the row names; NULL when it is absent. */
static const char *
limited_text(const struct request *request)
{
	const struct shape *shape = request->route->body;

	for (size_t i = 0; i < shape->count; i++)
		if (strcmp(shape->members[i].name, request->route->limit_member) == 0)
			return *(const char *const *)((const char *)request->body + shape->members[i].offset);
	return NULL;
}

/* An account by what somebody calls it who signs in, without regard to case. */
static const char *
named_account(struct arena *arena, const char *name)
{
	unsigned char hash[DIGEST];
	size_t        length;
	uint8_t      *folded = u8_casefold((const uint8_t *)name, strlen(name), NULL, NULL, NULL, &length);

	if (folded == NULL)
		sha256(name, strlen(name), hash);
	else
		sha256(folded, length, hash);
	free(folded);
	return hex_encode(arena, hash, sizeof hash);
}

const struct problem *
limit_body(struct request *request)
{
	const char *text;

	if (!request->work->config->limits.enabled || request->route->limit_member == NULL ||
	    (text = limited_text(request)) == NULL)
		return OK;
	if (request->route->limit == LIMIT_COUPON)
		return count_address(request, LIMITED_COUPON_ADDRESS);
	return count(request, LIMITED_SIGN_IN_ACCOUNT, named_account(request->work->arena, text));
}

const struct problem *
limit_forgery(struct request *request)
{
	return request->work->config->limits.enabled ? count_address(request, LIMITED_FORGED_WEBHOOKS) : OK;
}

const struct problem *
limit_search(struct request *request)
{
	return request->work->config->limits.enabled ? count_address(request, LIMITED_SEARCH_ADDRESS) : OK;
}

const struct problem *
limit_refresh(struct request *request, const char *token)
{
	unsigned char hash[DIGEST];

	if (!request->work->config->limits.enabled)
		return OK;
	sha256(token, strlen(token), hash);
	return count(request, LIMITED_REFRESH_TOKEN, hex_encode(request->work->arena, hash, sizeof hash));
}

bool
limit_interval(struct work *work, const char *what, int64_t seconds)
{
	struct window window = {
		.key = arena_format(work->arena, "limit:interval:%s", what), .bounds = { { 1, seconds } }, .n_bounds = 1
	};

	return !work->config->limits.enabled || passes(work, &window);
}
