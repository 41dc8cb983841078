/* The rules of risk as rows. */
#include "payments/risk/rules.h"

#include "events/audit.h"
#include "payments/risk/signals.h"
#include "store/db.h"

static const struct member risk_rule_members[] = {
	M_ID(struct risk_rule, id, "id"),
	M_ENUM(struct risk_rule, signal, "signal", risk_signal_values, .column = "signal_name"),
	M_INTEGER(struct risk_rule, bound, "bound", 0, INT64_MAX),
	M_INTEGER(struct risk_rule, points, "points", -RISK_POINTS_MAX, RISK_POINTS_MAX),
	M_INTEGER(struct risk_rule, learned_points, "learned_points", -RISK_POINTS_MAX, RISK_POINTS_MAX,
	    .description = "What the nightly job would give; it does not count until it is switched on."),
	M_BOOLEAN(struct risk_rule, enabled, "enabled"),
	M_TEXT(struct risk_rule, meaning, "meaning", 200, .computed = true, .example = "\"Age of the account in hours.\""),
	M_INTEGER(struct risk_rule, version, "version", 1, INT32_MAX),
	M_TIME(struct risk_rule, created_at, "created_at"),
	M_TIME(struct risk_rule, updated_at, "updated_at"),
};
SHAPE_SHARED(struct risk_rule, risk_rule_shape, "RiskRule", risk_rule_members, .noun = "rule");

#define BODY_MEMBERS(needed) \
	M_ENUM(struct risk_rule_body, signal, "signal", risk_signal_values, .required = (needed)), \
	    M_INTEGER(struct risk_rule_body, bound, "bound", 0, INT64_MAX, .required = (needed), .example = "24", \
		.description = "From which value on it counts; of account_age_hours, up to which."), \
	    M_INTEGER(struct risk_rule_body, points, "points", -RISK_POINTS_MAX, RISK_POINTS_MAX, .required = (needed), \
		.example = "12"), \
	    M_BOOLEAN(struct risk_rule_body, enabled, "enabled", .description = "True by default.")

static const struct member create_members[] = { BODY_MEMBERS(true) };
SHAPE_SHARED(struct risk_rule_body, risk_rule_create_shape, "RiskRuleCreate", create_members,
    .seen_offset = SEEN(struct risk_rule_body, seen), .whole = true);

static const struct member change_members[] = { BODY_MEMBERS(false) };
SHAPE_SHARED(struct risk_rule_body, risk_rule_change_shape, "RiskRuleChange", change_members,
    .seen_offset = SEEN(struct risk_rule_body, seen));

static const struct member risk_model_members[] = {
	M_INTEGER(struct risk_model, payments, "payments", 0, INT64_MAX, .description = "From how many it was learned."),
	M_INTEGER(struct risk_model, frauds, "frauds", 0, INT64_MAX, .description = "How many of them were fraud."),
	M_INTEGER(struct risk_model, held_out, "held_out", 0, INT64_MAX,
	    .description = "The newest of them, from which nothing was learned and by which the rates are measured."),
	M_INTEGER(struct risk_model, held_out_frauds, "held_out_frauds", 0, INT64_MAX),
	M_INTEGER(struct risk_model, live_precision, "live_precision", 0, 10000,
	    .description = "Of 10,000 put under review by the points in use, how many were fraud."),
	M_INTEGER(struct risk_model, live_recall, "live_recall", 0, 10000,
	    .description = "Of 10,000 frauds, how many the points in use put under review."),
	M_INTEGER(struct risk_model, learned_precision, "learned_precision", 0, 10000,
	    .description = "The same of the learned points."),
	M_INTEGER(struct risk_model, learned_recall, "learned_recall", 0, 10000),
	M_TIME(struct risk_model, switched_on_at, "switched_on_at", .description = "When the learned points were taken over."),
	M_TIME(struct risk_model, created_at, "created_at"),
};
SHAPE_SHARED(struct risk_model, risk_model_shape, "RiskModel", risk_model_members, .noun = "model");

static const struct problem *
read_rule(struct work *work, struct risk_rule_id id, struct risk_rule **rule)
{
	TRY(db_one(work->db, &risk_rule_shape, rule, "SELECT {r} FROM risk_rules r WHERE r.id = ?", P(id)));
	(*rule)->meaning = risk_signal_meanings[(*rule)->signal];
	return OK;
}

const struct problem *
list_rules(struct work *work, struct risk_rule **rules, size_t *count, struct risk_model **model)
{
	TRY(db_rows(work->db, &risk_rule_shape, RISK_RULES_MAX, rules, count,
	    "SELECT {r} FROM risk_rules r ORDER BY r.signal_name, r.bound"));
	for (size_t i = 0; i < *count; i++)
		(*rules)[i].meaning = risk_signal_meanings[(*rules)[i].signal];
	return db_row(work->db, &risk_model_shape, model, "SELECT {m} FROM risk_models m ORDER BY m.id DESC LIMIT 1");
}

static const struct problem *
check_unique(struct work *work, const struct problem *problem)
{
	if (db_duplicate(work->db, problem, "uq_risk_rules_signal"))
		return problem_at(work->arena, PROBLEM_DUPLICATE_KEY, "bound", "another rule of the signal has it");
	return problem;
}

const struct problem *
create_rule(struct work *work, const struct risk_rule_body *body, struct risk_rule **rule)
{
	struct risk_rule_id id = NEW_ID(risk_rule_id);
	int64_t             inserted;

	TRY(check_unique(work,
	    db_run(work->db, &inserted,
		"INSERT INTO risk_rules (id, signal_name, bound, points, enabled, created_by, updated_by) "
		"SELECT ?, ?, ?, ?, ?, ?, ? FROM DUAL WHERE (SELECT COUNT(*) FROM risk_rules r) < ?",
		P(id), P(risk_signal_values[*body->signal]), P(body->bound), P(body->points),
		P(body->enabled == NULL || *body->enabled), P(acting_user(work)), P(acting_user(work)), P(RISK_RULES_MAX))));
	if (inserted == 0)
		return problem(CONFLICT, "there are 64 rules already; delete one first");
	TRY(read_rule(work, id, rule));
	return audit_record(work, "risk_rule.created", "risk_rule", id.uuid, &risk_rule_shape, NULL, *rule);
}

static const struct problem *
lock_rule(struct work *work, struct risk_rule_id id, const struct expected_version *expected, struct risk_rule **rule)
{
	TRY(db_one(work->db, &risk_rule_shape, rule, "SELECT {r} FROM risk_rules r WHERE r.id = ? FOR UPDATE", P(id)));
	return check_version(expected, id.uuid, (*rule)->version);
}

const struct problem *
change_rule(struct work *work, struct risk_rule_id id, const struct shape *shape, const struct risk_rule_body *body,
    const struct expected_version *expected, struct risk_rule **rule)
{
	static bool           enabled_by_default = true;
	struct risk_rule     *before;
	struct risk_rule_body merged;

	TRY(lock_rule(work, id, expected, &before));
	merged = (struct risk_rule_body) {
		.signal = &before->signal, .bound = &before->bound, .points = &before->points, .enabled = &before->enabled
	};
	shape_merge(shape, body, &merged);
	TRY(check_unique(work,
	    db_run(work->db, NULL,
		"UPDATE risk_rules SET signal_name = ?, bound = ?, points = ?, enabled = ?, "
		"learned_points = IF(signal_name <=> ? AND bound = ?, learned_points, NULL), version = version + 1, updated_by = ? "
		"WHERE id = ?",
		P(risk_signal_values[*merged.signal]), P(merged.bound), P(merged.points),
		P(merged.enabled == NULL ? &enabled_by_default : merged.enabled), P(risk_signal_values[before->signal]),
		P(before->bound), P(acting_user(work)), P(id))));
	TRY(read_rule(work, id, rule));
	return audit_record(work, "risk_rule.changed", "risk_rule", id.uuid, &risk_rule_shape, before, *rule);
}

const struct problem *
delete_rule(struct work *work, struct risk_rule_id id, const struct expected_version *expected)
{
	struct risk_rule *before;

	TRY(lock_rule(work, id, expected, &before));
	TRY(db_run(work->db, NULL, "DELETE FROM risk_rules WHERE id = ?", P(id)));
	return audit_record(work, "risk_rule.deleted", "risk_rule", id.uuid, &risk_rule_shape, before, NULL);
}

/* A rule as it was and as it is, of each that what was learned changes. */
static const struct problem *
take_over(struct work *work, struct risk_rule *before)
{
	struct risk_rule after = *before;

	if (before->learned_points == NULL || *before->learned_points == before->points)
		return OK;
	after.points = *before->learned_points;
	after.version++;
	TRY(db_run(work->db, NULL, "UPDATE risk_rules SET points = ?, version = version + 1, updated_by = ? WHERE id = ?",
	    P(after.points), P(acting_user(work)), P(before->id)));
	return audit_record(work, "risk_rule.learned", "risk_rule", before->id.uuid, &risk_rule_shape, before, &after);
}

const struct problem *
switch_on_learned(struct work *work)
{
	struct risk_rule *rules;
	size_t            count;
	int64_t           switched;

	TRY(db_rows(
	    work->db, &risk_rule_shape, RISK_RULES_MAX, &rules, &count, "SELECT {r} FROM risk_rules r ORDER BY r.id FOR UPDATE"));
	TRY(db_run(work->db, &switched,
	    "UPDATE risk_models SET switched_on_at = NOW(3), switched_on_by = ? WHERE switched_on_at IS NULL ORDER BY id DESC LIMIT 1",
	    P(acting_user(work))));
	if (switched == 0)
		return problem(CONFLICT, "nothing was learned that is not in use already");
	for (size_t i = 0; i < count; i++)
		TRY(take_over(work, &rules[i]));
	return OK;
}
