/* The ledger's accounts that sales are posted to, see seed_sale.h. */
#include "ops/seed_sale.h"

#include "base/arena.h"
#include "payments/provider.h"

#include <string.h>

enum { ACCOUNTS_MAX = 1000 };

struct seed_account {
	struct uuid id;
	const char *kind, *provider, *currency;
};

static const struct member account_members[] = {
	M_ID(struct seed_account, id, "id"),
	M_TEXT(struct seed_account, kind, "kind", 20),
	M_TEXT(struct seed_account, provider, "provider", 32),
	M_TEXT(struct seed_account, currency, "currency", 3),
};
SHAPE(struct seed_account, account_shape, "SeedAccount", account_members);

const struct provider *
sale_provider(bool carrier)
{
	int number = 0;

	while (number < PROVIDER__COUNT - 1 &&
	    providers[number]->collects != (carrier ? COLLECTED_BY_CARRIER : COLLECTED_BY_PROVIDER))
		number++;
	return providers[number];
}

/* A running shop may have made them already: then they stay, with their own ids. */
const struct problem *
sale_accounts(const struct seed *seed)
{
	static const char *const kinds[] = { "commission", "shipping", "tax", "fee", "disputed", "payout_due", "bank" };
	struct batch             accounts = batch_new(seed->work->arena,
			"INSERT INTO ledger_accounts (id, kind, provider, merchant_id, currency, created_at) "
				    "VALUES [(?, ?, ?, ?, ?, ?)] ON DUPLICATE KEY UPDATE currency = VALUES(currency)",
			6);
	uint64_t                 number = 1 << 20; /* those below had another order once */

#define ADD(kind, provider, merchant, currency) \
	BATCH_ADD(&accounts, P(seed_id(seed, SEED_ACCOUNT, number, seed_opening(), (unsigned)number % 4096)), P(kind), \
	    P(provider), P(merchant), P(currency), P(seed_opening())), \
	    number++
	for (int64_t i = 0; i < CURRENCIES; i++) {
		for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
			ADD(kinds[k], (const char *)NULL, (const struct uuid *)NULL, seed_currency(i));
		for (int k = 0; k < PROVIDER__COUNT; k++)
			ADD(providers[k]->collects == COLLECTED_BY_CARRIER ? "carrier" : "clearing", providers[k]->name,
			    (const struct uuid *)NULL, seed_currency(i));
	}
	for (int64_t i = 0; i < seed->merchants; i++)
		ADD("merchant", (const char *)NULL, seed_merchant_id(seed, i), seed_currency(i));
#undef ADD
	return batches_write(seed->work, &accounts, 1, "SELECT COUNT(*) > 0 FROM ledger_accounts WHERE id = ?",
	    seed_id(seed, SEED_ACCOUNT, 0, seed_opening(), 0));
}

const struct problem *
sale_read_accounts(struct selling *selling)
{
	return db_rows(selling->seed->work->db, &account_shape, ACCOUNTS_MAX, &selling->accounts, &selling->n_accounts,
	    "SELECT id, kind, IFNULL(provider, '') AS provider, currency FROM ledger_accounts WHERE kind IN ('clearing', 'carrier', "
	    "'commission', 'shipping', 'tax', 'fee', 'disputed', 'payout_due', 'bank') LIMIT ?",
	    P((int64_t)ACCOUNTS_MAX));
}

struct uuid
sale_account(const struct selling *selling, const char *kind, const char *provider, const char *currency)
{
	size_t i = 0;

	while (i < selling->n_accounts - 1 &&
	    (strcmp(selling->accounts[i].kind, kind) != 0 || strcmp(selling->accounts[i].currency, currency) != 0 ||
		strcmp(selling->accounts[i].provider, provider == NULL ? "" : provider) != 0))
		i++;
	return selling->accounts[i].id;
}
