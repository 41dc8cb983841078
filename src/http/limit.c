/*
 * A window is the list of the moments of the calls that it let pass, oldest first, as one value in memcached; a call reads
 * it, drops what is older than the window, and either is refused or adds itself, unless another was quicker, and then
 * again.  So what is counted is exact however many workers count, and calls that were refused do not count.
 */
#include "http/limit.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/instant.h"
#include "base/metrics.h"
#include "base/text.h"
#include "http/request.h"
#include "store/cache.h"

#include <arpa/inet.h>
#include <string.h>

/* Every moment of a full window fits into one value of the cache, and of those whose window is ten times as wide. */
_Static_assert(10 * LIMIT_CALLS_MAX * sizeof(int64_t) <= CACHE_VALUE_MAX, "a full window could not be stored");

enum { DAY_SECONDS = 24 * 3600, TTL_SLACK_SECONDS = 2 }; /* memcached counts in whole seconds, and may be one early */

struct window {
	enum limit_kind kind;
	const char     *key;
	int64_t         max, seconds;
	int64_t         now_ms, wait_ms; /* wait_ms > 0: refused, for so long */
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

/* One call more, or how long to wait until the oldest of the last `max` has left the window. */
static bool
count_call(const struct cached *value, struct text *into, void *argument)
{
	struct window *window = argument;
	size_t         count = value->length / sizeof(int64_t), first = 0;
	int64_t        moment;

	for (; first < count; first++) {
		memcpy(&moment, value->bytes + first * sizeof moment, sizeof moment);
		if (moment > window->now_ms - window->seconds * 1000)
			break;
	}
	if (count - first >= (size_t)window->max) {
		memcpy(&moment, value->bytes + (count - (size_t)window->max) * sizeof moment, sizeof moment);
		window->wait_ms = moment + window->seconds * 1000 - window->now_ms;
		return false;
	}
	window->wait_ms = 0;
	if (count > first)
		text_add(into, value->bytes + first * sizeof moment, (count - first) * sizeof moment);
	text_add(into, &window->now_ms, sizeof window->now_ms);
	return true;
}

static const struct problem *
pass(struct request *request, struct window window)
{
	struct work *work = request->work;

	window.now_ms = instant_now().unix_ms;
	if (!cache_change(work->cache, window.key, window.seconds + TTL_SLACK_SECONDS, count_call, &window) ||
	    window.wait_ms <= 0)
		return OK;
	metric_add(METRIC_LIMITED, (size_t)window.kind, 0, 1);
	return problem_later(
	    work->arena, PROBLEM_RATE_LIMITED, "too many requests; see Retry-After", (int)((window.wait_ms + 999) / 1000));
}

/* Public reads are the catalogue's; all else writes or is signed in. */
static enum route_limit
limit_of(const struct route *route)
{
	if (route->limit != LIMIT_DEFAULT)
		return route->limit;
	return route->permission == PUBLIC && route->method == GET ? LIMIT_CATALOGUE : LIMIT_WRITE;
}

const struct problem *
limit_address(struct request *request)
{
	const struct config *config = request->work->config;
	struct arena        *arena = request->work->arena;
	const char          *subject;

	if (!config->limits.enabled)
		return OK;
	subject = limit_subject(arena, request->work->address);
	switch (limit_of(request->route)) {
	case LIMIT_SENSITIVE:
		return pass(request,
		    (struct window) { LIMITED_SENSITIVE, arena_format(arena, "limit:sensitive:%s", subject),
			config->limits.sensitive, config->limits.sensitive_window_seconds });
	case LIMIT_WRITE:
		return pass(request,
		    (struct window) { LIMITED_WRITE, arena_format(arena, "limit:write:%s", subject), config->limits.writes,
			config->limits.writes_window_seconds });
	case LIMIT_CATALOGUE:
		return pass(request,
		    (struct window) { LIMITED_CATALOGUE, arena_format(arena, "limit:catalogue:%s", subject),
			config->limits.catalogue, config->limits.catalogue_window_seconds });
	case LIMIT_DEFAULT:
	case LIMIT_NONE:
		break;
	}
	return OK;
}

const struct problem *
limit_account(struct request *request)
{
	const struct config *config = request->work->config;
	struct arena        *arena = request->work->arena;
	const char          *user;

	if (!config->limits.enabled || uuid_is_nil(request->work->viewer.user.uuid) || limit_of(request->route) == LIMIT_NONE)
		return OK;
	user = uuid_text(arena, request->work->viewer.user.uuid);
	if (limit_of(request->route) == LIMIT_SENSITIVE)
		TRY(pass(request,
		    (struct window) { LIMITED_SENSITIVE, arena_format(arena, "limit:sensitive:%s", user),
			config->limits.sensitive, config->limits.sensitive_window_seconds }));
	return pass(request,
	    (struct window) {
		LIMITED_ACCOUNT, arena_format(arena, "limit:day:%s", user), config->limits.account_daily, DAY_SECONDS });
}
