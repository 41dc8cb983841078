/* What is made of an attempt before its provider is called. */
#include "base/config.h"
#include "base/log.h"
#include "base/metrics.h"
#include "events/audit.h"
#include "payments/risk/risk.h"

/* What the audit trail keeps of an attempt that was refused. */
struct refusal {
	const char  *purpose_kind;
	struct money amount;
	const char  *currency, *signals, *facts;
	int64_t      score;
};

static const struct member refusal_members[] = {
	M_TEXT(struct refusal, purpose_kind, "purpose_kind", 32),
	M_MONEY(struct refusal, amount, "amount"),
	M_TEXT(struct refusal, currency, "currency", 3),
	M_INTEGER(struct refusal, score, "score", 0, RISK_POINTS_MAX),
	M_TEXT(struct refusal, signals, "signals", 500),
	M_TEXT(struct refusal, facts, "facts", 1000),
};
SHAPE(struct refusal, refusal_shape, "RiskRefusal", refusal_members);

/* What the payer has agreed to before and a job charges: nobody tries anything, but somebody may have to look at it. */
static bool
is_our_own(const struct work *work)
{
	return uuid_is_nil(work->viewer.user.uuid) && work->viewer.permissions == UINT64_MAX;
}

const struct problem *
would_refuse(struct work *work, const struct risk_case *attempt, struct risk_verdict *verdict)
{
	struct risk_origin   origin = risk_origin(work);
	struct risk_measured measured;
	uint64_t             matches;

	*verdict = (struct risk_verdict) {
		.address = origin.address, .network = origin.network, .country = origin.country, .signals = "", .facts = ""
	};
	if (!uuid_is_nil(work->viewer.session.uuid))
		verdict->session = &work->viewer.session.uuid;
	TRY(risk_measure(work, attempt, &origin, &measured));
	if (!is_our_own(work))
		TRY(risk_velocity(work, attempt, &measured.counts));
	matches = risk_matches(&measured.rules, risk_reached(&measured.rules, &measured.facts));
	verdict->place = measured.place;
	verdict->young = measured.young;
	verdict->score = risk_score(&measured.rules, matches);
	verdict->signals = risk_names(work->arena, &measured.rules, matches);
	verdict->facts = risk_facts_text(work->arena, &measured.facts);
	if (verdict->score >= work->config->risk.refuse_score && !is_our_own(work)) {
		log_warning(
		    "payment refused for its risk", LOG_NUMBER("score", verdict->score), LOG_ID("signals", verdict->signals));
		metric_add(METRIC_RISK_JUDGED, RISK_JUDGED_REFUSED, 0, 1);
		return problem(PAYMENT_REFUSED, "the payment was refused");
	}
	if (verdict->score >= work->config->risk.review_score)
		verdict->review = "pending";
	return OK;
}

const struct problem *
judge_attempt(struct work *work, const struct risk_case *attempt, struct risk_verdict *verdict)
{
	TRY(would_refuse(work, attempt, verdict));
	metric_add(METRIC_RISK_JUDGED, verdict->review == NULL ? RISK_JUDGED_PASSED : RISK_JUDGED_REVIEWED, 0, 1);
	return OK;
}

static const struct problem *
write_refusal(struct work *work, const struct risk_case *attempt, const struct risk_verdict *verdict)
{
	struct refusal refusal = { .purpose_kind = purpose_kind_values[attempt->kind],
		.amount = attempt->amount,
		.currency = attempt->amount.currency,
		.score = verdict->score,
		.signals = verdict->signals,
		.facts = verdict->facts };

	return audit_record(
	    work, "payment.refused", purpose_kind_values[attempt->kind], attempt->purpose, &refusal_shape, NULL, &refusal);
}

const struct problem *
audit_refusal(struct work *work, const struct risk_case *attempt, const struct risk_verdict *verdict)
{
	return db_transaction(work, write_refusal(work, attempt, verdict));
}
