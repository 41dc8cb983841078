/* Webhooks that failed, by provider, type and error. */
#include "reports/inbox.h"

#include "store/db.h"
#include "store/work.h"

static const struct member inbox_members[] = {
	M_TEXT(struct inbox_row, provider, "provider", 32),
	M_TEXT(struct inbox_row, type, "type", 100),
	M_TEXT(struct inbox_row, status, "status", 16),
	M_TEXT(struct inbox_row, error, "error", 500),
	M_INTEGER(struct inbox_row, events, "events", 0, INT64_MAX),
	M_INTEGER(struct inbox_row, attempts, "attempts", 0, INT64_MAX),
	M_INTEGER(struct inbox_row, collisions, "collisions", 0, INT64_MAX),
	M_TIME(struct inbox_row, first_seen, "first_seen"),
	M_TIME(struct inbox_row, last_seen, "last_seen"),
};
SHAPE(struct inbox_row, inbox_shape, "InboxReportRow", inbox_members);

/* Those that were applied are not read: there are as many as payments. */
const struct problem *
inbox_report(struct report *report, struct inbox_row **rows, size_t *count, int64_t *dead)
{
	struct db *db = report->work->db;

	TRY(db_rows(db, &inbox_shape, INBOX_ROWS_MAX, rows, count,
	    "SELECT e.provider, e.type, CAST(e.status AS CHAR) AS status, e.error, COUNT(*) AS events, "
	    "CAST(SUM(e.attempts) AS SIGNED) AS attempts, CAST(SUM(e.collision_count) AS SIGNED) AS collisions, "
	    "MIN(e.received_at) AS first_seen, MAX(e.received_at) AS last_seen FROM webhook_events e "
	    "WHERE e.status IN ('deferred', 'dead', 'dropped', 'unverified') AND e.received_at >= ? AND e.received_at < ? "
	    "GROUP BY e.provider, e.type, e.status, e.error ORDER BY events DESC, last_seen DESC, e.provider, e.type LIMIT ?",
	    P(report->range.from), P(report->range.to), P((int64_t)INBOX_ROWS_MAX)));
	return db_value(db, dead, "SELECT COUNT(*) FROM webhook_events e WHERE e.status = 'dead'");
}
