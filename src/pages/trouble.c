#include "pages/trouble.h"

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

const char *const trouble_values[] = { "validation_failed", "conflict", "phone_taken", "cart_empty", "mixed_currency",
	"insufficient_stock", "too_much_reserved", "not_for_sale", "not_shipped_there", "no_such_coupon", "coupon_not_started",
	"coupon_ended", "coupon_spent", "coupon_minimum", "coupon_not_for_these", "coupon_other_currency", "total_too_large",
	"provider_unsupported", "rate_limited", NULL };

bool
trouble_of(struct arena *arena, const struct problem *problem, struct trouble *trouble)
{
	const int index = value_index(trouble_values, problem_name(problem->code));

	*trouble = (struct trouble) { NULL, NULL, NULL };
	if (index < 0)
		return false;
	trouble->code = ARENA_NEW(arena, int);
	*trouble->code = index;
	if (problem->retry_after_seconds > 0) {
		trouble->seconds = ARENA_NEW(arena, int64_t);
		*trouble->seconds = problem->retry_after_seconds;
	}
	for (size_t i = 0; problem->faults != NULL && i < problem->faults->count; i++)
		if (problem_is(problem, PROBLEM_INSUFFICIENT_STOCK) && strcmp(problem->faults->list[i].where, "available") == 0) {
			trouble->available = ARENA_NEW(arena, int64_t);
			*trouble->available = strtoll(problem->faults->list[i].what, NULL, 10);
		}
	return true;
}
