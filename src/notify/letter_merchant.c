/* Letters to a shop's owner. */
#include "notify/letter.h"

#include "store/db.h"
#include "store/work.h"

static const struct problem *
find_owner(struct work *work, struct uuid merchant, struct uuid *reader)
{
	return letter_find(work, "SELECT user_id AS id FROM merchants WHERE id = ?", merchant, reader);
}

struct merchant_active {
	struct letter_head head;
	const char        *shop_name, *currency;
};

static const struct member merchant_active_members[] = {
	LETTER_MEMBERS(struct merchant_active),
	M_TEXT(struct merchant_active, shop_name, "shop_name", 150, .required = true, .example = "\"Dhaka Bells\""),
	M_TEXT(struct merchant_active, currency, "currency", 3, .required = true, .example = "\"USD\""),
};
SHAPE(struct merchant_active, merchant_active_shape, "MerchantActive", merchant_active_members);

static const struct problem *
read_active(struct work *work, const struct letter_told *told, void **members)
{
	struct merchant_active *letter;

	TRY(db_row(work->db, &merchant_active_shape, &letter,
	    "SELECT {m} FROM merchants m WHERE m.id = ? AND m.status = 'active'", P(told->aggregate)));
	*members = letter;
	return OK;
}

const struct letter merchant_active_letter = {
	.name = "merchant-active",
	.event = EVENT_MERCHANT_ACTIVATED,
	.to = LETTER_TO_USER,
	.shape = &merchant_active_shape,
	.find_reader = find_owner,
	.read = read_active,
};

/* ---- money that the bank has sent ---- */

struct payout_paid {
	struct letter_head head;
	const char        *shop_name, *currency, *bank_reference;
	struct money       amount;
};

static const struct member payout_paid_members[] = {
	LETTER_MEMBERS(struct payout_paid),
	M_TEXT(struct payout_paid, shop_name, "shop_name", 150, .required = true, .computed = true, .example = "\"Dhaka Bells\""),
	M_MONEY(struct payout_paid, amount, "amount"),
	M_TEXT(struct payout_paid, currency, "currency", 3, .required = true, .example = "\"USD\""),
	M_TEXT(struct payout_paid, bank_reference, "bank_reference", 64, .required = true, .example = "\"TRX-2026-11-29-17\""),
};
SHAPE(struct payout_paid, payout_paid_shape, "PayoutPaid", payout_paid_members);

static const struct problem *
find_payee(struct work *work, struct uuid payout, struct uuid *reader)
{
	return letter_find(work, "SELECT m.user_id AS id FROM payouts p JOIN merchants m ON m.id = p.merchant_id WHERE p.id = ?",
	    payout, reader);
}

/* It may have come back from the bank since. */
static const struct problem *
read_payout_paid(struct work *work, const struct letter_told *told, void **members)
{
	struct payout_paid *letter;

	TRY(db_row(work->db, &payout_paid_shape, &letter,
	    "SELECT {p}, m.shop_name FROM payouts p JOIN merchants m ON m.id = p.merchant_id "
	    "WHERE p.id = ? AND p.status = 'paid'",
	    P(told->aggregate)));
	*members = letter;
	return OK;
}

const struct letter payout_paid_letter = {
	.name = "payout-paid",
	.event = EVENT_PAYOUT_PAID,
	.to = LETTER_TO_USER,
	.shape = &payout_paid_shape,
	.find_reader = find_payee,
	.read = read_payout_paid,
};

/* ---- a file of products is worked off ---- */

struct import_finished {
	struct letter_head head;
	const char        *shop_name, *file_name, *fault;
	bool               dry_run;
	int64_t            created, changed, unchanged, refused;
};

static const struct member import_finished_members[] = {
	LETTER_MEMBERS(struct import_finished),
	M_TEXT(struct import_finished, shop_name, "shop_name", 150, .required = true, .computed = true,
	    .example = "\"Dhaka Bells\""),
	M_TEXT(struct import_finished, file_name, "file_name", 255, .example = "\"bells.csv\""),
	M_TEXT(struct import_finished, fault, "fault", 500),
	M_BOOLEAN(struct import_finished, dry_run, "dry_run"),
	M_INTEGER(struct import_finished, created, "created", 0, INT64_MAX, .example = "120"),
	M_INTEGER(struct import_finished, changed, "changed", 0, INT64_MAX, .example = "8"),
	M_INTEGER(struct import_finished, unchanged, "unchanged", 0, INT64_MAX, .example = "40"),
	M_INTEGER(struct import_finished, refused, "refused", 0, INT64_MAX, .example = "2"),
};
SHAPE(struct import_finished, import_finished_shape, "ImportFinished", import_finished_members);

/* Who has sent it, or the shop's owner where an API key has. */
static const struct problem *
find_sender(struct work *work, struct uuid import, struct uuid *reader)
{
	return letter_find(work,
	    "SELECT IFNULL(i.created_by, m.user_id) AS id FROM imports i JOIN merchants m ON m.id = i.merchant_id WHERE i.id = ?",
	    import, reader);
}

static const struct problem *
read_import_finished(struct work *work, const struct letter_told *told, void **members)
{
	struct import_finished *letter;

	TRY(db_row(work->db, &import_finished_shape, &letter,
	    "SELECT {i}, m.shop_name FROM imports i JOIN merchants m ON m.id = i.merchant_id WHERE i.id = ?",
	    P(told->aggregate)));
	*members = letter;
	return OK;
}

const struct letter import_finished_letter = {
	.name = "import-finished",
	.event = EVENT_IMPORT_FINISHED,
	.to = LETTER_TO_USER,
	.shape = &import_finished_shape,
	.find_reader = find_sender,
	.read = read_import_finished,
};
