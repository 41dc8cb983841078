/* Answers of reports that are kept until the next fold. */
#include "base/arena.h"
#include "http/request.h"
#include "reports/rollup.h"
#include "reports/route.h"
#include "store/cache.h"
#include "store/work.h"

enum { KEPT_SECONDS = 300, QUARTER_MS = 15 * 60 * 1000 };

/*
 * What the answer depends on: the route, who may see what, the question as it was put, the fold, and the quarter of an hour, because a
 * day of any zone begins with one.
 */
static const struct problem *
key_of(struct request *request, const char **key)
{
	static const struct uuid nobody;
	struct work             *work = request->work;
	const struct viewer     *viewer = &work->viewer;
	struct uuid              mark;

	TRY(read_mark(work, &mark));
	*key =
	    arena_format(work->arena, "report %s %llx %s %s %lld %s", request->route->id, (unsigned long long)viewer->permissions,
		uuid_text(work->arena, viewer->merchant == NULL ? nobody : viewer->merchant->uuid), uuid_text(work->arena, mark),
		(long long)(instant_now().unix_ms / QUARTER_MS), request->query);
	return OK;
}

const struct problem *
report_kept(struct request *request, const struct problem *(*make)(struct request *request))
{
	struct cache *cache = request->work->cache;
	struct cached kept;
	const char   *key;

	TRY(key_of(request, &key));
	if (cache_get(cache, key, &kept))
		return respond_report(request, kept.bytes, kept.length);
	TRY(make(request));
	cache_set(cache, key, request->out.bytes, request->out.length, KEPT_SECONDS);
	return OK;
}
