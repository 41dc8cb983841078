/* haatctl seed: create a shop for demos, tests and measurements. */
#include "ops/command.h"

#include "accounts/password.h"
#include "ledger/account.h"
#include "ops/seed.h"
#include "reports/fact.h"

#include <getopt.h>

enum { PRODUCTS_MAX = 10000000, MERCHANTS_MAX = 100000, ORDERS_MAX = 50000000, DAYS_MAX = 400 };

struct seed_call {
	struct seed seed;
	bool        accounts;
	const char *password, *pictures;
};

/* False, with a message, when an argument is wrong. */
static bool
read_call(int count, char **arguments, struct seed_call *call)
{
	static const struct option options[] = { { "products", required_argument, NULL, 'p' },
		{ "merchants", required_argument, NULL, 'm' }, { "orders", required_argument, NULL, 'o' },
		{ "days", required_argument, NULL, 'd' }, { "seed-value", required_argument, NULL, 's' },
		{ "accounts", no_argument, NULL, 'a' }, { "password", required_argument, NULL, 'w' },
		{ "pictures", required_argument, NULL, 'i' }, { NULL, 0, NULL, 0 } };
	long long                  number;
	int                        option;

	optind = 0; /* start anew: the program's own options were read before */
	while ((option = getopt_long(count + 1, arguments - 1, "+", options, NULL)) != -1) {
		const char *given = optarg;

		if (option == 'p' && command_number(given, 1, PRODUCTS_MAX, &number))
			call->seed.products = number;
		else if (option == 'm' && command_number(given, 1, MERCHANTS_MAX, &number))
			call->seed.merchants = number;
		else if (option == 'o' && command_number(given, 0, ORDERS_MAX, &number))
			call->seed.orders = number;
		else if (option == 'd' && command_number(given, 0, DAYS_MAX, &number))
			call->seed.days = number;
		else if (option == 's' && command_number(given, 0, INT64_MAX, &number))
			call->seed.value = (uint64_t)number;
		else if (option == 'a')
			call->accounts = true;
		else if (option == 'w')
			call->password = given;
		else if (option == 'i')
			call->pictures = given;
		else if (option != '?')
			return command_misused("'%s' is not a number in range", given) == COMMAND_OK;
		else
			return false;
	}
	if (optind != count + 1)
		return command_misused("'%s' is not an option", arguments[optind - 1]) == COMMAND_OK;
	if (call->accounts && (call->password == NULL || *call->password == '\0'))
		return command_misused("--accounts requires a password: --password or HAAT_DEMO_PASSWORD") == COMMAND_OK;
	return true;
}

static const struct problem *
write_seed(struct seed_call *call, int64_t *added)
{
	struct work *work = call->seed.work;

	TRY(seed_catalog(&call->seed, added));
	TRY(seed_coupons(&call->seed));
	TRY(seed_rates(&call->seed));
	TRY(seed_blocks(&call->seed));
	TRY(seed_orders(&call->seed, added));
	TRY(seed_days(&call->seed, added));
	TRY(seed_payouts(&call->seed));
	TRY(seed_reviews(&call->seed, added));
	TRY(seed_returns(&call->seed, added));
	if (call->pictures != NULL)
		TRY(seed_pictures(&call->seed, call->pictures));
	if (*added > 0) /* with entries of the past */
		TRY(ledger_unfold(work));
	TRY(report_fold_all(work));
	TRY(seed_carts(&call->seed));
	/* Hashed before the transaction, because hashing is slow. */
	return call->accounts ? seed_accounts(&call->seed, password_hash(work, call->password)) : OK;
}

static int
run_seed(struct control *control, int count, char **arguments)
{
	struct seed_call      call = { .seed = { .work = control->work, .value = 1, .products = 1000, .merchants = 5 },
		     .password = getenv("HAAT_DEMO_PASSWORD") };
	const struct problem *problem;
	int64_t               added = 0, began = monotonic_ms();
	bool                  other;

	if (!read_call(count, arguments, &call))
		return COMMAND_USAGE;
	problem = seed_is_other(&call.seed, &other);
	if (problem == OK && other) {
		puts("already seeded with another seed value: nothing was changed");
		return COMMAND_FINDING;
	}
	if (problem == OK)
		problem = write_seed(&call, &added);
	if (problem != OK)
		return command_problem(problem);
	printf(added == 0 ? "already seeded: " : "seeded: ");
	printf("%lld products, %lld merchants, %lld orders, seed value %llu", (long long)call.seed.products,
	    (long long)call.seed.merchants, (long long)call.seed.orders, (unsigned long long)call.seed.value);
	printf(" (%lld ms)\n", (long long)(monotonic_ms() - began));
	return COMMAND_OK;
}

const struct command seed_commands[] = {
	{ "seed",
	    "[--products N] [--merchants N] [--orders N] [--days N] [--seed-value N] [--accounts [--password PASSWORD]] [--pictures DIRECTORY]",
	    "create a demo shop, or add to it", 0, 16, false, run_seed },
	{ NULL },
};
