/*
 * rules.h: the rules of risk, which staff edit: so many points for a signal that reaches a bound (signals.h).  Each change is
 * audited and counts from the next attempt on.
 */
#ifndef RISK_RULES_H
#define RISK_RULES_H

#include "base/shape.h"
#include "store/version.h"
#include "store/work.h"

struct risk_rule {
	struct risk_rule_id id;
	int                 signal; /* enum risk_signal */
	int64_t             bound, points;
	int64_t            *learned_points; /* what the nightly job would give; NULL: it has not said */
	bool                enabled;
	const char         *meaning;
	int64_t             version;
	struct instant      created_at, updated_at;
};
SHAPE_DECLARE(struct risk_rule, risk_rule_shape);

struct risk_rule_body {
	int              *signal;
	int64_t          *bound, *points;
	bool             *enabled;
	struct shape_seen seen;
};
SHAPE_DECLARE(struct risk_rule_body, risk_rule_create_shape);
SHAPE_DECLARE(struct risk_rule_body, risk_rule_change_shape);

/* What a night has learned; rates in basis points. */
struct risk_model {
	int64_t         payments, frauds, held_out, held_out_frauds;
	int64_t        *live_precision, *live_recall, *learned_precision, *learned_recall;
	struct instant *switched_on_at, created_at;
};
SHAPE_DECLARE(struct risk_model, risk_model_shape);

/* All rules, by signal and bound; and what was learned last, NULL: nothing yet. */
const struct problem *list_rules(struct work *work, struct risk_rule **rules, size_t *count, struct risk_model **model);

/* Inside a transaction.  DUPLICATE_KEY when a rule of that signal and bound is there, CONFLICT when there are too many. */
const struct problem *create_rule(struct work *work, const struct risk_rule_body *body, struct risk_rule **rule);

/* `shape` says whether the body replaces or changes.  NOT_FOUND, VERSION_MISMATCH, DUPLICATE_KEY. */
const struct problem *change_rule(struct work *work, struct risk_rule_id id, const struct shape *shape,
    const struct risk_rule_body *body, const struct expected_version *expected, struct risk_rule **rule);
const struct problem *delete_rule(struct work *work, struct risk_rule_id id, const struct expected_version *expected);

/* What was learned last becomes what counts.  CONFLICT when nothing was learned since. */
const struct problem *switch_on_learned(struct work *work);

#endif
