/* What becomes of payment methods that are stored without a payment: providers are asked, and what they confirm is stored. */
#include "payments/setup.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "events/job.h"
#include "payments/provider.h"
#include "store/db.h"

enum { SETTLE_BATCH = 100, CHECK_AGAIN_SECONDS = 60, GIVEN_UP_SECONDS = 3 * 86400 };

static const struct member setup_job_members[] = {
	M_ID(struct setup_job, setup, "setup"),
};
SHAPE(struct setup_job, setup_job_shape, "SetupJob", setup_job_members);

/* No further step, but for what is left to do at the provider. */
static const struct problem *
end_setup(struct work *work, struct payment_method_id id, enum setup_status status, const struct payment_method_id *method)
{
	return db_run(work->db, NULL,
	    "UPDATE method_setups SET status = ?, payment_method_id = ?, client_secret = NULL, redirect_url = NULL, check_at = NULL "
	    "WHERE id = ?",
	    P(setup_status_values[status]), P(method), P(id));
}

static const struct problem *
lock_setup(struct work *work, struct payment_method_id id, const struct method_owner *owner, struct method_setup **setup)
{
	TRY(lock_method_owner(work, owner->user, owner->merchant));
	return db_one(work->db, &method_setup_shape, setup, "SELECT {} FROM method_setups WHERE id = ? FOR UPDATE", P(id));
}

/* *stored is false when it has ended meanwhile in another way. */
static const struct problem *
store_confirmed(struct work *work, const struct provider *provider, const struct method_owner *owner, struct payment_method_id id,
    const struct kept_token *kept, bool *stored)
{
	struct payment_method_id method;
	struct method_setup     *setup;

	TRY(lock_setup(work, id, owner, &setup));
	*stored = setup->status == SETUP_PENDING || setup->status == SETUP_STORED;
	if (setup->status != SETUP_PENDING)
		return OK;
	TRY(store_set_up_method(work, owner, provider, kept, setup, &method));
	return end_setup(work, id, SETUP_STORED, &method);
}

/* Where its owner has given it up, or has no room for it any more, it is not kept at the provider either, unless it was stored before. */
static const struct problem *
take_confirmed(struct work *work, const struct provider *provider, const struct method_owner *owner, struct payment_method_id id,
    const struct kept_token *kept)
{
	struct payment_method *holders;
	size_t                 count;
	bool                   stored = false;
	const struct problem  *problem = db_transaction(work, store_confirmed(work, provider, owner, id, kept, &stored));

	if (problem != OK && !problem_is(problem, PROBLEM_CONFLICT))
		return problem;
	if (problem == OK && stored)
		return OK;
	log_info("a payment method that is not wanted any more was confirmed: taking it away");
	TRY(methods_by_token(work, provider->name, kept->stored.token, &holders, &count));
	if (provider->methods->forget != NULL && count == 0)
		TRY(provider->methods->forget(work, &kept->stored));
	return db_run(work->db, NULL,
	    "UPDATE method_setups SET status = IF(status = 'pending', 'cancelled', status), client_secret = NULL, "
	    "redirect_url = NULL, check_at = NULL WHERE id = ?",
	    P(id));
}

static const struct problem *
end_unless_stored(struct work *work, const struct method_owner *owner, struct payment_method_id id, enum setup_status status)
{
	struct method_setup *setup;

	TRY(lock_setup(work, id, owner, &setup));
	if (setup->status == SETUP_STORED)
		return OK;
	return end_setup(work, id, setup->status == SETUP_PENDING ? status : (enum setup_status)setup->status, NULL);
}

/* The older it is the less often it is asked about, but always when its time is over. */
static const struct problem *
check_later(struct work *work, struct payment_method_id id)
{
	return db_run(work->db, NULL,
	    "UPDATE method_setups SET check_at = IF(expires_at > NOW(3), LEAST(expires_at, NOW(3) + INTERVAL GREATEST(?, "
	    "TIMESTAMPDIFF(SECOND, created_at, NOW(3))) SECOND), NOW(3) + INTERVAL ? SECOND) WHERE id = ? AND check_at IS NOT NULL",
	    P((int64_t)CHECK_AGAIN_SECONDS), P((int64_t)CHECK_AGAIN_SECONDS), P(id));
}

/* Why one that is still open at its provider goes on no more; false: it goes on. */
static bool
is_to_end(struct work *work, const struct method_setup *setup, enum setup_status *status)
{
	*status = SETUP_CANCELLED;
	if (setup->status != SETUP_PENDING)
		return true;
	if (setup->declines >= work->config->risk.declines_payment) {
		log_warning("a payment method that is being stored is declined again and again: closing it",
		    LOG_NUMBER("declines", setup->declines));
		return true;
	}
	*status = SETUP_EXPIRED;
	return setup->expires_at.unix_ms <= instant_now().unix_ms;
}

static const struct problem *
settle_at_provider(struct work *work, const struct provider *provider, const struct method_setup *setup)
{
	struct setup_answer  answer = { .kept = { .type = setup->type } };
	struct method_owner *owner;
	enum setup_status    status = SETUP_CANCELLED;

	TRY(owner_of_setup(work, setup, &owner));
	TRY(provider->methods->setup->ask(work, setup, owner, &answer));
	if (answer.outcome == SETUP_IS_CONFIRMED)
		return take_confirmed(work, provider, owner, setup->id, &answer.kept);
	if (answer.outcome == SETUP_GOES_ON && !is_to_end(work, setup, &status))
		return check_later(work, setup->id);
	if (answer.outcome == SETUP_GOES_ON && provider->methods->setup->close != NULL)
		TRY(provider->methods->setup->close(work, setup));
	return db_transaction(work, end_unless_stored(work, owner, setup->id, status));
}

/* The provider will say the same again. */
static bool
is_final(const struct problem *problem)
{
	return problem_is(problem, PROBLEM_PROVIDER_REFUSED) || problem_is(problem, PROBLEM_PAYMENT_METHOD_UNUSABLE);
}

static bool
is_long_over(const struct method_setup *setup)
{
	return instant_add_seconds(setup->expires_at, GIVEN_UP_SECONDS).unix_ms <= instant_now().unix_ms;
}

static const struct problem *
end_unlocked(struct work *work, const struct method_setup *setup)
{
	struct method_owner *owner;

	TRY(owner_of_setup(work, setup, &owner));
	return db_transaction(work, end_unless_stored(work, owner, setup->id, SETUP_CANCELLED));
}

static const struct problem *
settle(struct work *work, const struct method_setup *setup)
{
	const struct provider *provider = provider_enabled(work->config, setup->provider);
	const struct problem  *problem;

	/* Not begun there as far as we know, or not to be asked any more. */
	if (setup->setup == NULL || provider == NULL || provider->methods == NULL || provider->methods->setup == NULL)
		return end_setup(
		    work, setup->id, setup->status == SETUP_CANCELLED ? SETUP_CANCELLED : SETUP_EXPIRED, setup->method);
	problem = settle_at_provider(work, provider, setup);
	if (is_final(problem) || (problem != OK && is_long_over(setup))) {
		log_warning("a payment method is not stored", LOG_TEXT("cause", problem->message));
		return end_unlocked(work, setup);
	}
	if (problem != OK)
		TRY(check_later(work, setup->id));
	return problem;
}

const struct problem *
settle_setup(struct work *work, struct payment_method_id id)
{
	struct method_setup *setup;

	TRY(find_setup(work, id, &setup));
	return setup->status == SETUP_PENDING && setup->setup != NULL ? settle(work, setup) : OK;
}

const struct problem *
apply_setup_event(struct work *work, const char *provider, const char *setup, bool declined, bool *known)
{
	struct setup_job     payload;
	struct method_setup *row;

	*known = false;
	TRY(db_row(work->db, &method_setup_shape, &row, "SELECT {} FROM method_setups WHERE provider = ? AND setup = ?",
	    P(provider), P(setup)));
	if (row == NULL)
		return OK;
	*known = true;
	if (declined)
		TRY(db_run(work->db, NULL, "UPDATE method_setups SET declines = declines + 1 WHERE id = ?", P(row->id)));
	if (row->status == SETUP_STORED)
		return OK;
	payload.setup = row->id;
	return job_enqueue(work, JOB_SETTLE_SETUP, arena_format(work->arena, "setup:%s", uuid_text(work->arena, row->id.uuid)),
	    NULL, &setup_job_shape, &payload);
}

const struct problem *
settle_setup_job(struct work *work, const struct job *job)
{
	struct setup_job     payload;
	struct method_setup *setup;

	TRY(job_payload(work, job, &setup_job_shape, &payload));
	TRY(find_setup(work, payload.setup, &setup));
	return setup->status == SETUP_STORED ? OK : settle(work, setup);
}

const struct problem *
settle_setups_job(struct work *work, const struct job *job)
{
	struct method_setup *setups;
	size_t               count;

	TRY(db_rows(work->db, &method_setup_shape, SETTLE_BATCH, &setups, &count,
	    "SELECT {} FROM method_setups WHERE check_at <= NOW(3) ORDER BY check_at LIMIT 100"));
	for (size_t i = 0; i < count; i++) {
		const struct problem *problem = settle(work, &setups[i]);

		if (problem != OK)
			log_warning(
			    "cannot ask about a payment method that is being stored", LOG_TEXT("cause", problem->message));
		TRY(job_heartbeat(work, job));
	}
	return OK;
}

const struct problem *
remove_setups(struct work *work, struct instant before, int64_t *removed)
{
	return db_run(work->db, removed,
	    "DELETE FROM method_setups WHERE created_at < ? AND status <> 'pending' AND check_at IS NULL LIMIT 1000", P(before));
}
