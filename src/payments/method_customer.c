/* Who an owner of payment methods is to a provider. */
#include "payments/method.h"

#include "base/arena.h"
#include "store/db.h"

#include <time.h>

struct known_customer {
	const char *customer;
};

static const struct member known_customer_members[] = {
	M_TEXT(struct known_customer, customer, "customer", 191),
};
SHAPE(struct known_customer, known_customer_shape, "KnownCustomer", known_customer_members);

const struct problem *
provider_customer(struct work *work, const struct method_owner *owner, const char *provider, const char **customer)
{
	struct known_customer *known;

	TRY(db_row(work->db, &known_customer_shape, &known,
	    "SELECT {} FROM provider_customers WHERE owner_id = ? AND provider = ?", P(owner->id), P(provider)));
	*customer = known == NULL ? NULL : known->customer;
	return OK;
}

const struct problem *
provider_customer_of_method(struct work *work, struct payment_method_id method, const char *provider, const char **customer)
{
	struct known_customer *known;

	TRY(db_row(work->db, &known_customer_shape, &known,
	    "SELECT {c} FROM payment_methods m JOIN provider_customers c ON c.owner_id = m.owner_id AND c.provider = ? "
	    "WHERE m.id = ?",
	    P(provider), P(method)));
	*customer = known == NULL ? NULL : known->customer;
	return OK;
}

const struct problem *
keep_provider_customer(struct work *work, const struct method_owner *owner, const char *provider, const char **customer)
{
	const struct problem *problem =
	    db_run(work->db, NULL, "INSERT INTO provider_customers (owner_id, provider, customer) VALUES (?, ?, ?)", P(owner->id),
		P(provider), P(*customer));

	if (!problem_is(problem, PROBLEM_DUPLICATE_KEY))
		return problem;
	TRY(provider_customer(work, owner, provider, customer));
	if (*customer == NULL)
		return problem(PAYMENT_METHOD_UNUSABLE, "the provider knows the token as another account's");
	return OK;
}

struct instant *
month_end(struct arena *arena, int64_t year, int64_t month)
{
	struct tm       parts = { .tm_year = (int)year - 1900, .tm_mon = (int)month, .tm_mday = 1 };
	struct instant *end;

	if (month < 1 || month > 12 || year < 2000 || year > 2999)
		return NULL;
	end = ARENA_NEW(arena, struct instant);
	*end = (struct instant) { (int64_t)timegm(&parts) * 1000 };
	return end;
}
