/* Answers of reports that are kept until the next fold. */
#include "base/arena.h"
#include "http/request.h"
#include "reports/route.h"
#include "store/cache.h"
#include "store/db.h"
#include "store/work.h"

enum { KEPT_SECONDS = 300, QUARTER_MS = 15 * 60 * 1000 };

struct mark {
	struct uuid mark;
};

static const struct member mark_members[] = {
	M_ID(struct mark, mark, "mark"),
};
SHAPE(struct mark, mark_shape, "ReportMark", mark_members);

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
	struct mark             *mark;

	TRY(db_row(work->db, &mark_shape, &mark, "SELECT {} FROM report_mark WHERE id = 1"));
	*key =
	    arena_format(work->arena, "report %s %llx %s %s %lld %s", request->route->id, (unsigned long long)viewer->permissions,
		uuid_text(work->arena, viewer->merchant == NULL ? nobody : viewer->merchant->uuid),
		uuid_text(work->arena, mark == NULL ? nobody : mark->mark), (long long)(instant_now().unix_ms / QUARTER_MS),
		request->query);
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
