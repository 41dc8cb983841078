/* The routes of risk: rules, and what becomes of a payment under review. */
#include "http/page.h"
#include "http/request.h"
#include "payments/payments.h"
#include "payments/risk/review.h"
#include "payments/risk/rules.h"
#include "payments/risk/signals.h"

struct rules_answer {
	struct risk_rule  *results;
	size_t             n_results;
	struct risk_model *learned;
};

static const struct member rules_answer_members[] = {
	M_ARRAY(struct rules_answer, results, n_results, "results", risk_rule_shape, RISK_RULES_MAX),
	M_OBJECT(struct rules_answer, learned, "learned", risk_model_shape),
};
SHAPE(struct rules_answer, rules_answer_shape, "RiskRules", rules_answer_members);

struct approve_body {
	const char *reason;
};

static const struct member approve_body_members[] = {
	M_TEXT(struct approve_body, reason, "reason", 500, .min = 1, .example = "\"spoke with the customer\""),
};
SHAPE(struct approve_body, approve_body_shape, "ReviewApproval", approve_body_members);

static const struct member decline_body_members[] = {
	M_TEXT(struct approve_body, reason, "reason", 500, .required = true, .min = 1, .example = "\"the card was stolen\""),
};
SHAPE(struct approve_body, decline_body_shape, "ReviewRefusal", decline_body_members);

static const struct problem *
respond_rules(struct request *request)
{
	struct rules_answer answer;

	TRY(list_rules(request->work, &answer.results, &answer.n_results, &answer.learned));
	return respond(request, &answer);
}

static const struct problem *
handle_create_rule(struct request *request)
{
	struct risk_rule *rule;

	TRY(create_rule(request->work, BODY(request, struct risk_rule_body), &rule));
	return respond_tagged(request, rule, rule->id.uuid, rule->version);
}

static const struct problem *
handle_change_rule(struct request *request)
{
	struct risk_rule_id id;
	struct risk_rule   *rule;

	TRY(path_id(request, "id", &id.uuid));
	TRY(change_rule(
	    request->work, id, request->route->body, BODY(request, struct risk_rule_body), expected_version(request), &rule));
	return respond_tagged(request, rule, rule->id.uuid, rule->version);
}

static const struct problem *
handle_delete_rule(struct request *request)
{
	struct risk_rule_id id;

	TRY(path_id(request, "id", &id.uuid));
	TRY(delete_rule(request->work, id, expected_version(request)));
	return respond_nothing(request);
}

static const struct problem *
handle_switch_on(struct request *request)
{
	TRY(switch_on_learned(request->work));
	return respond_rules(request);
}

static const struct problem *
decide(struct request *request, const struct problem *(*decision)(struct work *, struct payment_id, const char *))
{
	const struct approve_body *body = BODY(request, struct approve_body);
	struct payment            *payment;

	TRY(find_payment(request->work, path_text(request, "reference"), true, &payment));
	if (payment->provider == NULL)
		return problem(REVIEW_STATE, "nobody has begun to pay the payment request");
	TRY(decision(request->work, payment->id, body == NULL ? NULL : body->reason));
	TRY(find_payment(request->work, path_text(request, "reference"), true, &payment));
	payment_as_seen(request->work, payment);
	return respond(request, payment);
}

static const struct problem *
handle_approve(struct request *request)
{
	return decide(request, approve_payment);
}

static const struct problem *
handle_decline(struct request *request)
{
	return decide(request, decline_payment);
}

#define MANAGES PERMISSION(RISK_MANAGE)

static const struct route risk_routes[] = {
	{ GET, "/risk/rules", .id = "listRiskRules", .permission = MANAGES, .answer = { 200, &rules_answer_shape },
	    .summary = "List the rules of risk, and what was learned last", .handler = respond_rules },
	{ POST, "/risk/rules", .id = "createRiskRule", .permission = MANAGES, .writes = WRITES_DATABASE,
	    .body = &risk_rule_create_shape, .answer = { 201, &risk_rule_shape }, .errors = ERRORS(DUPLICATE_KEY, CONFLICT),
	    .summary = "Create a rule of risk", .handler = handle_create_rule },
	{ POST, "/risk/rules/learned", .id = "switchOnLearnedRisk", .permission = MANAGES, .writes = WRITES_DATABASE,
	    .answer = { 200, &rules_answer_shape }, .errors = ERRORS(CONFLICT),
	    .summary = "Let the points that were learned last count", .handler = handle_switch_on },
	{ PUT, "/risk/rules/{id}", .id = "replaceRiskRule", .permission = MANAGES, .writes = WRITES_DATABASE,
	    .body = &risk_rule_create_shape, .answer = { 200, &risk_rule_shape },
	    .errors = ERRORS(DUPLICATE_KEY, VERSION_MISMATCH), .summary = "Replace a rule of risk",
	    .handler = handle_change_rule },
	{ PATCH, "/risk/rules/{id}", .id = "changeRiskRule", .permission = MANAGES, .writes = WRITES_DATABASE,
	    .body = &risk_rule_change_shape, .answer = { 200, &risk_rule_shape },
	    .errors = ERRORS(DUPLICATE_KEY, VERSION_MISMATCH), .summary = "Update a rule of risk",
	    .handler = handle_change_rule },
	{ DELETE, "/risk/rules/{id}", .id = "deleteRiskRule", .permission = MANAGES, .writes = WRITES_DATABASE,
	    .answer = { 204, NULL }, .errors = ERRORS(VERSION_MISMATCH), .summary = "Delete a rule of risk",
	    .handler = handle_delete_rule },
	{ POST, "/payments/{reference}/approve", .id = "approvePayment", .permission = MANAGES, .writes = WRITES_DATABASE,
	    .body = &approve_body_shape, .answer = { 200, &payment_shape }, .errors = ERRORS(NOT_FOUND, REVIEW_STATE, CONFLICT),
	    .summary = "Approve a payment under review", .handler = handle_approve },
	{ POST, "/payments/{reference}/decline", .id = "declinePayment", .permission = MANAGES, .writes = WRITES_DATABASE,
	    .body = &decline_body_shape, .answer = { 200, &payment_shape }, .errors = ERRORS(NOT_FOUND, REVIEW_STATE, CONFLICT),
	    .summary = "Decline a payment under review",
	    .description = "Cancels its order and gives back all that came, or comes later.", .handler = handle_decline },
};
ROUTE_TABLE(risk_table, "Risk", "What looks like fraud, and what is made of it.", risk_routes);
