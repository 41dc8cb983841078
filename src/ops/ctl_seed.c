/* haatctl seed: fill the database with a shop to look at, to test and to measure. */
#include "ops/command.h"

#include "accounts/password.h"
#include "ops/seed.h"

#include <getopt.h>

enum { PRODUCTS_MOST = 10000000, MERCHANTS_MOST = 100000, ORDERS_MOST = 50000000 };

struct wishes {
	struct seed seed;
	bool        accounts;
	const char *password;
};

/* False, said to stderr, when an argument is wrong. */
static bool
read_wishes(int count, char **arguments, struct wishes *wishes)
{
	static const struct option options[] = { { "products", required_argument, NULL, 'p' },
		{ "merchants", required_argument, NULL, 'm' }, { "orders", required_argument, NULL, 'o' },
		{ "seed-value", required_argument, NULL, 's' }, { "accounts", no_argument, NULL, 'a' },
		{ "password", required_argument, NULL, 'w' }, { NULL, 0, NULL, 0 } };
	long long number;
	int       option;

	optind = 0; /* start anew: the program's own options were read before */
	while ((option = getopt_long(count + 1, arguments - 1, "+", options, NULL)) != -1) {
		const char *given = optarg;

		if (option == 'p' && command_number(given, 1, PRODUCTS_MOST, &number))
			wishes->seed.products = number;
		else if (option == 'm' && command_number(given, 1, MERCHANTS_MOST, &number))
			wishes->seed.merchants = number;
		else if (option == 'o' && command_number(given, 0, ORDERS_MOST, &number))
			wishes->seed.orders = number;
		else if (option == 's' && command_number(given, 0, INT64_MAX, &number))
			wishes->seed.value = (uint64_t)number;
		else if (option == 'a')
			wishes->accounts = true;
		else if (option == 'w')
			wishes->password = given;
		else if (option != '?')
			return command_misused("'%s' is not a number that fits", given) == COMMAND_OK;
		else
			return false;
	}
	if (optind != count + 1)
		return command_misused("'%s' is not an option", arguments[optind - 1]) == COMMAND_OK;
	if (wishes->accounts && (wishes->password == NULL || *wishes->password == '\0'))
		return command_misused("the accounts need a password: --password or HAAT_DEMO_PASSWORD") == COMMAND_OK;
	return true;
}

static const struct problem *
plant(struct wishes *wishes, int64_t *added)
{
	struct work *work = wishes->seed.work;

	TRY(seed_catalog(&wishes->seed, added));
	TRY(seed_orders(&wishes->seed, added));
	/* Hashed before the transaction: it takes its time. */
	return wishes->accounts ? seed_accounts(&wishes->seed, password_hash(work, wishes->password)) : OK;
}

static int
run_seed(struct control *control, int count, char **arguments)
{
	struct wishes wishes = { .seed = { .work = control->work, .value = 1, .products = 1000, .merchants = 5 },
		.password = getenv("HAAT_DEMO_PASSWORD") };
	const struct problem *problem;
	int64_t               added = 0, began = monotonic_ms();
	bool                  other;

	if (!read_wishes(count, arguments, &wishes))
		return COMMAND_USAGE;
	problem = seed_is_other(&wishes.seed, &other);
	if (problem == OK && other) {
		puts("seeded already, with another seed value: nothing was changed");
		return COMMAND_FINDING;
	}
	if (problem == OK)
		problem = plant(&wishes, &added);
	if (problem != OK)
		return command_problem(problem);
	printf(added == 0 ? "seeded already: " : "seeded: ");
	printf("%lld products, %lld merchants, %lld orders, seed value %llu", (long long)wishes.seed.products,
	    (long long)wishes.seed.merchants, (long long)wishes.seed.orders, (unsigned long long)wishes.seed.value);
	printf(" (%lld ms)\n", (long long)(monotonic_ms() - began));
	return COMMAND_OK;
}

const struct command seed_commands[] = {
	{ "seed", "[--products N] [--merchants N] [--orders N] [--seed-value N] [--accounts [--password WORD]]",
	    "fill in a demo shop, or what is missing of it", 0, 12, false, run_seed },
	{ NULL },
};
