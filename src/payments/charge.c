#include "payments/charge.h"

#include "payments/provider.h"
#include "store/db.h"

static const struct problem *
read_charge(struct work *work, const char *key, struct payment **payment)
{
	return db_row(work->db, &payment_shape, payment, "SELECT {p} FROM payments p WHERE p.charge_key = ?", P(key));
}

const struct problem *
charge_stored_method(struct work *work, const struct charge *charge, struct payment **payment)
{
	const struct problem  *problem;
	const struct provider *provider;
	struct payment_method *method;
	struct wish            wish = { .kind = charge->kind,
			   .purpose = charge->purpose,
			   .user = charge->user,
			   .method = &charge->method,
			   .charge_key = charge->key,
			   .reference = charge->reference,
			   .amount = &charge->amount };

	/* One that was asked for before goes on with whatever has become of its method. */
	TRY(read_charge(work, charge->key, payment));
	if (*payment != NULL && ((*payment)->status > PAYMENT_PROCESSING || (*payment)->transaction_id != NULL))
		return OK;
	if (*payment == NULL)
		TRY(usable_method(work, charge->method, charge->payer, &method, &provider));
	else if ((provider = provider_known((*payment)->provider)) == NULL)
		return problem(INTERNAL, "internal error");
	wish.provider = provider;
	problem = create_payment(work, &wish, payment);
	/* Nobody knows, or it was refused: the attempt is there, and says so. */
	if (problem_is(problem, PROBLEM_PROVIDER_UNAVAILABLE) || problem_is(problem, PROBLEM_PROVIDER_REFUSED)) {
		TRY(read_charge(work, charge->key, payment));
		return *payment == NULL ? problem : OK;
	}
	return problem;
}

const struct problem *
give_notice(struct work *work, const struct charge *charge, struct instant due, const char **transaction)
{
	const struct provider *provider;
	struct payment_method *method;
	struct stored_token    stored;
	struct payment         payment = {
			.reference = charge->reference, .purpose = charge->purpose, .amount = charge->amount, .stored = &stored
	};

	*transaction = NULL;
	TRY(usable_method(work, charge->method, charge->payer, &method, &provider));
	if (provider->methods == NULL || provider->methods->give_notice == NULL)
		return OK;
	TRY(open_token(work, method, &stored));
	return provider->methods->give_notice(work, &payment, due, transaction);
}
