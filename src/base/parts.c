#include "base/parts.h"

#include "base/instant.h"

#define PART_TEXT_(name, text) text,
const char *const part_values[] = { PARTS(PART_TEXT_) NULL };
const char *const condition_values[] = { "ok", "degraded", "down", NULL };

int64_t
part_seen(enum part part, enum part_condition condition)
{
	int64_t since = metric_value(METRIC_PART_SINCE, part, 0);

	if (since != 0 && metric_value(METRIC_PART_STATE, part, 0) == (int64_t)condition)
		return since;
	since = unix_seconds();
	metric_set(METRIC_PART_STATE, part, 0, condition);
	metric_set(METRIC_PART_SINCE, part, 0, since);
	return since;
}
