/* The keys that tokens are sealed with, and the end of tokens. */
#include "payments/method.h"

#include "base/arena.h"
#include "base/log.h"
#include "events/job.h"
#include "payments/provider.h"
#include "store/db.h"

enum { BATCH = 100, KEYS_SHOWN = 100, FORGET_AGAIN_SECONDS = 3600 };

static const struct member key_use_members[] = {
	M_TEXT(struct key_use, key, "sealed_with", 64, .required = true),
	M_INTEGER(struct key_use, rows, "n_rows", 0, INT64_MAX),
};
SHAPE(struct key_use, key_use_shape, "KeyUse", key_use_members);

const struct problem *
method_key_uses(struct work *work, struct key_use **uses, size_t *count)
{
	const char *current = current_key(work);

	TRY(db_rows(work->db, &key_use_shape, KEYS_SHOWN, uses, count,
	    "SELECT sealed_with, COUNT(*) AS n_rows FROM payment_methods WHERE sealed_with IS NOT NULL GROUP BY sealed_with"));
	for (size_t i = 0; i < *count; i++) {
		(*uses)[i].current = strcmp((*uses)[i].key, current) == 0;
		(*uses)[i].known = is_known_key(work, (*uses)[i].key);
	}
	return OK;
}

/*
 * One statement, so that a worker that dies leaves every row whole; only of what is still as it was read, so that whoever
 * stores the same token again meanwhile, or deletes it, is not undone.  It is no change that its owner has made.
 */
static const struct problem *
reseal(struct work *work, const struct payment_method *row)
{
	struct stored_token stored;
	struct bytes        digests[METHOD_KEYS_MAX], sealed;
	const char         *key;

	TRY(open_token(work, row, &stored));
	sealed = seal_token(work, row, &stored, &key);
	token_digests(work, row->provider, stored.token, digests);
	return db_run(work->db, NULL,
	    "UPDATE payment_methods SET sealed = ?, sealed_with = ?, token_digest = ?, updated_at = updated_at "
	    "WHERE id = ? AND sealed = ?",
	    P(sealed), P(key), P(digests[0]), P(row->id), P(row->sealed));
}

/* In the order of ids, so that a row that cannot be opened stands in nobody's way. */
static const struct problem *
reseal_key(struct work *work, const struct job *job, const char *key, int64_t *done, int64_t total)
{
	struct payment_method_id behind = { { { 0 } } };
	struct payment_method   *rows;
	size_t                   count, unopened = 0;

	do {
		struct arena_mark mark = arena_mark(work->arena);

		TRY(db_rows(work->db, &payment_method_shape, BATCH, &rows, &count,
		    "SELECT {} FROM payment_methods WHERE sealed_with = ? AND id > ? ORDER BY id LIMIT 100", P(key), P(behind)));
		for (size_t i = 0; i < count; i++) {
			const struct problem *problem = reseal(work, &rows[i]);

			behind = rows[i].id;
			unopened += problem_is(problem, PROBLEM_INTERNAL);
			if (!problem_is(problem, PROBLEM_INTERNAL))
				TRY(problem);
		}
		arena_release(work->arena, mark);
		*done += (int64_t)count;
		TRY(job_progress(work, job, *done, &total));
	} while (count == BATCH);
	if (unopened > 0)
		log_error("payment methods cannot be opened", LOG_ID("key", key), LOG_NUMBER("rows", (int64_t)unopened));
	return OK;
}

const struct problem *
reseal_methods_job(struct work *work, const struct job *job)
{
	struct key_use *uses;
	size_t          count;
	int64_t         done = 0, total = 0;

	if (!sealing_is_configured(work->config))
		return OK;
	TRY(method_key_uses(work, &uses, &count));
	for (size_t i = 0; i < count; i++)
		total += uses[i].known && !uses[i].current ? uses[i].rows : 0;
	for (size_t i = 0; i < count; i++) {
		if (uses[i].current)
			continue;
		if (uses[i].known)
			TRY(reseal_key(work, job, uses[i].key, &done, total));
		else
			log_error("the key of payment methods is not configured (payments.method_old_keys)",
			    LOG_ID("key", uses[i].key), LOG_NUMBER("rows", uses[i].rows));
	}
	return OK;
}

/* Another owner may have stored the same token: then the provider keeps it. */
static const struct problem *
is_used_elsewhere(struct work *work, const struct payment_method *row, const char *token, bool *used)
{
	struct payment_method *holders;
	size_t                 count;
	int64_t                others = 0;

	TRY(methods_by_token(work, row->provider, token, &holders, &count));
	for (size_t i = 0; i < count; i++)
		if (!ID_EQUAL(holders[i].id, row->id) && others == 0)
			TRY(db_value(work->db, &others,
			    "SELECT COUNT(*) FROM payment_methods WHERE id = ? AND deleted_at IS NULL", P(holders[i].id)));
	*used = others > 0;
	return OK;
}

static const struct problem *
forget_at_provider(struct work *work, const struct payment_method *row)
{
	const struct provider *provider = provider_enabled(work->config, row->provider);
	struct stored_token    stored;
	bool                   used;

	if (provider == NULL || provider->methods == NULL || provider->methods->forget == NULL)
		return OK;
	TRY(open_token(work, row, &stored));
	TRY(is_used_elsewhere(work, row, stored.token, &used));
	return used ? OK : provider->methods->forget(work, &stored);
}

/* A charge that is under way needs the token to be looked for. */
static const struct problem *
forget(struct work *work, const struct payment_method *row)
{
	const struct problem *problem;
	int64_t               charged;

	TRY(db_value(work->db, &charged,
	    "SELECT COUNT(*) FROM payments WHERE payment_method_id = ? AND status IN ('pending', 'requires_action', 'processing')",
	    P(row->id)));
	problem = charged > 0 ? problem(IN_USE, "it is being charged") : forget_at_provider(work, row);
	if (problem != OK && charged == 0)
		log_warning("payment method not forgotten at its provider", LOG_TEXT("cause", problem->message));
	if (problem != OK && !problem_is(problem, PROBLEM_INTERNAL))
		return db_run(work->db, NULL, "UPDATE payment_methods SET forget_at = NOW(3) + INTERVAL ? SECOND WHERE id = ?",
		    P((int64_t)FORGET_AGAIN_SECONDS), P(row->id));
	return db_run(work->db, NULL,
	    "UPDATE payment_methods SET sealed = NULL, sealed_with = NULL, token_digest = NULL, forget_at = NULL WHERE id = ?",
	    P(row->id));
}

const struct problem *
forget_methods_job(struct work *work, const struct job *job)
{
	struct payment_method *rows;
	size_t                 count;

	TRY(db_rows(work->db, &payment_method_shape, BATCH, &rows, &count,
	    "SELECT {} FROM payment_methods WHERE forget_at <= NOW(3) ORDER BY forget_at LIMIT 100"));
	for (size_t i = 0; i < count; i++) {
		TRY(forget(work, &rows[i]));
		TRY(job_heartbeat(work, job));
	}
	return OK;
}
