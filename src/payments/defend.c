/* What the shop says to a dispute: evidence, or that it accepts it. */
#include "base/arena.h"
#include "events/audit.h"
#include "payments/compare.h"
#include "payments/dispute.h"
#include "payments/provider.h"
#include "store/db.h"

/* It may have been answered in the dashboard, or by a call whose answer never came: the provider is asked first. */
static const struct problem *
read_now(struct work *work, const struct payment *payment, struct dispute_id id, struct dispute **dispute)
{
	TRY(compare_disputes(work, payment));
	TRY(db_one(work->db, &dispute_shape, dispute, "SELECT {d} FROM disputes d WHERE d.id = ?", P(id)));
	if ((*dispute)->status != DISPUTE_OPEN && (*dispute)->status != DISPUTE_INQUIRY)
		return problem(DISPUTE_STATE, "the dispute has been answered or has ended");
	return OK;
}

/* Fields that the provider knows, each once, or a text. */
static const struct problem *
check_evidence(struct work *work, const struct provider *provider, const struct evidence *evidence)
{
	if (evidence->text == NULL && evidence->n_fields == 0)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "text", "is required where there are no fields");
	for (size_t i = 0; i < evidence->n_fields; i++) {
		const char *where = arena_format(work->arena, "fields.%zu.name", i), *name = evidence->fields[i].name;

		if (value_index(provider->evidence_fields, name) < 0)
			return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, where, "is not a field of the provider's");
		for (size_t other = 0; other < i; other++)
			if (strcmp(evidence->fields[other].name, name) == 0)
				return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, where, "is given twice");
	}
	return OK;
}

/* Before the call, for providers take it once: of two at once one is passed on. */
static const struct problem *
claim_evidence(struct work *work, struct dispute_id id)
{
	int64_t claimed;

	TRY(db_run(work->db, &claimed, "UPDATE disputes SET evidence_sent_at = NOW(3) WHERE id = ? AND evidence_sent_at IS NULL",
	    P(id)));
	return claimed == 1 ? OK : problem(DISPUTE_STATE, "evidence was sent; the provider takes it once");
}

/* What the provider made of it, and who did it. */
static const struct problem *
apply_done(struct work *work, const char *action, const struct dispute *before, const struct dispute_answer *answer)
{
	struct dispute *after;

	TRY(apply_dispute(work, before->payment, answer));
	TRY(db_one(work->db, &dispute_shape, &after, "SELECT {d} FROM disputes d WHERE d.id = ?", P(before->id)));
	return audit_record(work, action, "dispute", before->id.uuid, &dispute_shape, before, after);
}

const struct problem *
send_evidence(struct work *work, const struct dispute *dispute, const struct evidence *evidence)
{
	const struct provider *provider = provider_known(dispute->provider);
	const struct problem  *problem;
	struct payment        *payment;
	struct dispute        *now;
	struct dispute_answer  answer;

	if (provider == NULL || provider->evidence == NULL)
		return problem(PROVIDER_UNSUPPORTED, "the provider takes evidence in its dashboard only");
	TRY(check_evidence(work, provider, evidence));
	TRY(read_payment(work, dispute->payment, &payment));
	TRY(read_now(work, payment, dispute->id, &now));
	if (now->evidence_due_at != NULL && now->evidence_due_at->unix_ms < instant_now().unix_ms)
		return problem(DISPUTE_STATE, "the time for evidence is over");
	TRY(claim_evidence(work, now->id));
	problem = provider->evidence(work, payment, now, evidence, &answer);
	if (problem != OK) /* should it have arrived all the same, the provider says so before the next is sent */
		TRY(db_run(work->db, NULL, "UPDATE disputes SET evidence_sent_at = NULL WHERE id = ?", P(now->id)));
	TRY(problem);
	return db_transaction(work, apply_done(work, "dispute.evidence_sent", now, &answer));
}

/* Noted before the call: the provider tells of a dispute that was accepted as of one that was lost. */
const struct problem *
accept_dispute(struct work *work, const struct dispute *dispute)
{
	const struct provider *provider = provider_known(dispute->provider);
	const struct problem  *problem;
	struct payment        *payment;
	struct dispute        *now;
	struct dispute_answer  answer;

	if (provider == NULL || provider->accept == NULL)
		return problem(PROVIDER_UNSUPPORTED, "the provider's disputes are accepted in its dashboard only");
	TRY(read_payment(work, dispute->payment, &payment));
	TRY(read_now(work, payment, dispute->id, &now));
	TRY(db_run(work->db, NULL, "UPDATE disputes SET accepted_at = NOW(3) WHERE id = ?", P(now->id)));
	problem = provider->accept(work, payment, now, &answer);
	if (problem_is(problem, PROBLEM_PROVIDER_REFUSED))
		TRY(db_run(work->db, NULL, "UPDATE disputes SET accepted_at = NULL WHERE id = ?", P(now->id)));
	TRY(problem);
	return db_transaction(work, apply_done(work, "dispute.accepted", now, &answer));
}
