/* Accounts and entries as rows. */
#include "ledger/ledger.h"

#include "base/arena.h"
#include "base/log.h"
#include "base/text.h"
#include "store/db.h"
#include "store/work.h"

#include <assert.h>

/* The accounts asked for in one statement come in steps of this, so that few different texts are prepared. */
enum { LOOKUP_STEP = 4, OWNER_MAX = 32, COLUMNS = 6 };

const char *const ledger_role_values[] = { "clearing", "carrier", "merchant", "commission", "tax", "shipping", "fee", "discount",
	"unapplied", "difference", "disputed", "payout_due", "bank", NULL };

const char *const ledger_source_kind_values[] = { "payment", "refund", "bounce", "fee", "dispute", "payout", "payout_rejected",
	"payout_paid", "payout_bounced", "settlement", "free_sale", "free_sale_ended", "free_sale_returned", "collection", NULL };

/* An entry with its account, once that is known. */
struct entry {
	const struct posting *posting;
	struct uuid           account;
	bool                  known;
};

struct account {
	struct uuid  id;
	int          kind;
	struct bytes owner;
	const char  *currency;
};

static const struct member account_members[] = {
	M_ID(struct account, id, "id"),
	M_ENUM(struct account, kind, "kind", ledger_role_values),
	M_BYTES(struct account, owner, "owner", OWNER_MAX),
	M_TEXT(struct account, currency, "currency", 3),
};
SHAPE(struct account, account_shape, "LedgerAccount", account_members);

/* ledger_accounts.owner of the posting's account. */
static struct bytes
owner_of(const struct posting *posting)
{
	if (posting->role == LEDGER_MERCHANT)
		return (struct bytes) { posting->merchant.uuid.bytes, sizeof posting->merchant.uuid.bytes };
	if (posting->provider != NULL)
		return (struct bytes) { (const unsigned char *)posting->provider, strlen(posting->provider) };
	return (struct bytes) { (const unsigned char *)"", 0 };
}

static bool
is_account_of(const struct account *account, const struct posting *posting)
{
	struct bytes owner = owner_of(posting);

	return account->kind == (int)posting->role && account->owner.length == owner.length &&
	    (owner.length == 0 || memcmp(account->owner.bytes, owner.bytes, owner.length) == 0) &&
	    strcmp(account->currency, posting->amount.currency) == 0;
}

/* Accounts are made at their first posting and then only read, so that payments do not queue for a row they share. */
static const struct problem *
find_accounts(struct work *work, struct entry *entries, size_t count, size_t *missing)
{
	size_t            asked = (count + LOOKUP_STEP - 1) / LOOKUP_STEP * LOOKUP_STEP, found;
	struct parameter *parameters = ARENA_ARRAY(work->arena, asked * 3, struct parameter);
	struct text       sql = text_new(work->arena, 512);
	struct account   *accounts;

	TEXT_ADD(&sql, "SELECT {} FROM ledger_accounts WHERE ");
	for (size_t i = 0; i < asked; i++) {
		const struct posting *posting = entries[i < count ? i : count - 1].posting;

		text_add_string(
		    &sql, i == 0 ? "(kind = ? AND owner = ? AND currency = ?)" : " OR (kind = ? AND owner = ? AND currency = ?)");
		parameters[i * 3] = P(ledger_role_values[posting->role]);
		parameters[i * 3 + 1] = P(owner_of(posting));
		parameters[i * 3 + 2] = P((const char *)posting->amount.currency);
	}
	TRY(db_rows_(
	    work->db, &account_shape, POSTINGS_MAX, &accounts, &found, db_compose(work->db, sql.bytes), asked * 3, parameters));
	*missing = 0;
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < found && !entries[i].known; j++)
			if (is_account_of(&accounts[j], entries[i].posting)) {
				entries[i].account = accounts[j].id;
				entries[i].known = true;
			}
		*missing += !entries[i].known;
	}
	return OK;
}

static const struct problem *
make_accounts(struct work *work, const struct entry *entries, size_t count)
{
	struct parameter *rows = ARENA_ARRAY(work->arena, count * 5, struct parameter);
	size_t            n = 0;

	for (size_t i = 0; i < count; i++) {
		const struct posting *posting = entries[i].posting;

		if (entries[i].known)
			continue;
		rows[n++] = P(uuid_new());
		rows[n++] = P(ledger_role_values[posting->role]);
		rows[n++] = P(posting->provider);
		rows[n++] = P(posting->role == LEDGER_MERCHANT ? &posting->merchant : NULL);
		rows[n++] = P((const char *)posting->amount.currency);
	}
	return db_run_many(work->db, NULL,
	    "INSERT INTO ledger_accounts (id, kind, provider, merchant_id, currency) VALUES [(?, ?, ?, ?, ?)] "
	    "ON DUPLICATE KEY UPDATE currency = VALUES(currency)",
	    n / 5, 5, rows);
}

static const struct problem *
need_accounts(struct work *work, struct entry *entries, size_t count)
{
	size_t missing;

	TRY(find_accounts(work, entries, count, &missing));
	if (missing == 0)
		return OK;
	TRY(make_accounts(work, entries, count));
	TRY(find_accounts(work, entries, count, &missing));
	assert(missing == 0);
	return OK;
}

static const struct problem *
insert_entries(struct work *work, size_t count, const struct parameter *rows)
{
	return db_run_many(work->db, NULL,
	    "INSERT INTO ledger_entries (id, transaction_id, account_id, amount_minor, currency, merchant_id) "
	    "VALUES [(?, ?, ?, ?, ?, ?)]",
	    count, COLUMNS, rows);
}

static const struct problem *
insert_transaction(struct work *work, struct ledger_source source, size_t count, struct parameter *rows)
{
	struct uuid transaction = uuid_new();

	for (size_t i = 0; i < count; i++)
		rows[i * COLUMNS + 1] = P(transaction);
	TRY(db_run(work->db, NULL, "INSERT INTO ledger_transactions (id, source_kind, source_id, origin_id) VALUES (?, ?, ?, ?)",
	    P(transaction), P(ledger_source_kind_values[source.kind]), P(source.id), P(source.origin)));
	return insert_entries(work, count, rows);
}

/* `whose`: for whose goods, NULL: nobody's. */
static void
set_row(struct parameter *row, struct uuid account, int64_t amount_minor, const char *currency, const struct merchant_id *whose)
{
	row[0] = P(uuid_new());
	row[2] = P(account);
	row[3] = P(amount_minor);
	row[4] = P(currency);
	row[5] = P(whose);
}

static void
set_posting(struct parameter *row, struct uuid account, const struct posting *posting)
{
	set_row(row, account, posting->amount.minor, posting->amount.currency,
	    uuid_is_nil(posting->merchant.uuid) ? NULL : &posting->merchant);
}

/* Zero in each currency? */
static bool
is_balanced(const struct posting *postings, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int64_t sum = 0;

		for (size_t j = 0; j < count; j++)
			if (strcmp(postings[j].amount.currency, postings[i].amount.currency) == 0 &&
			    __builtin_add_overflow(sum, postings[j].amount.minor, &sum))
				return false;
		if (sum != 0)
			return false;
	}
	return true;
}

static const struct problem *
refuse(struct work *work, struct ledger_source source, const char *why)
{
	log_error(why, LOG_ID("source", ledger_source_kind_values[source.kind]), LOG_ID("id", uuid_text(work->arena, source.id)));
	return problem(INTERNAL, "internal error");
}

/* The entry of the posting's account, made when it is the first one; NULL when there are too many. */
static struct entry *
account_of(struct entry *entries, size_t *count, const struct posting *posting)
{
	struct bytes owner = owner_of(posting);

	for (size_t i = 0; i < *count; i++) {
		struct bytes other = owner_of(entries[i].posting);

		if (entries[i].posting->role == posting->role && other.length == owner.length &&
		    memcmp(other.bytes, owner.bytes, owner.length) == 0 &&
		    strcmp(entries[i].posting->amount.currency, posting->amount.currency) == 0)
			return &entries[i];
	}
	if (*count == POSTINGS_MAX)
		return NULL;
	entries[*count] = (struct entry) { .posting = posting };
	return &entries[(*count)++];
}

const struct problem *
ledger_post(struct work *work, struct ledger_source source, const struct posting *postings, size_t count)
{
	struct entry      accounts[POSTINGS_MAX];
	struct parameter *rows = ARENA_ARRAY(work->arena, count * COLUMNS, struct parameter);
	size_t            n_accounts = 0, n = 0;

	assert(work->depth > 0 && count <= POSTINGS_MAX);
	if (!is_balanced(postings, count))
		return refuse(work, source, "ledger transaction does not sum to zero");
	for (size_t i = 0; i < count; i++)
		if (postings[i].amount.minor != 0)
			account_of(accounts, &n_accounts, &postings[i]);
	if (n_accounts == 0)
		return refuse(work, source, "ledger transaction has no entries");
	TRY(need_accounts(work, accounts, n_accounts));
	for (size_t i = 0; i < count; i++)
		if (postings[i].amount.minor != 0)
			set_posting(&rows[n++ * COLUMNS], account_of(accounts, &n_accounts, &postings[i])->account, &postings[i]);
	return insert_transaction(work, source, n, rows);
}

const struct problem *
ledger_post_many(struct work *work, const struct ledger_transaction *transactions, size_t count)
{
	struct entry      accounts[POSTINGS_MAX];
	struct parameter *heads = ARENA_ARRAY(work->arena, count * 4, struct parameter);
	struct parameter *rows = ARENA_ARRAY(work->arena, count * LEDGER_FEW * COLUMNS, struct parameter);
	size_t            n_accounts = 0, n = 0;

	assert(work->depth > 0);
	if (count == 0)
		return OK;
	for (size_t i = 0; i < count; i++) {
		if (!is_balanced(transactions[i].postings, transactions[i].count))
			return refuse(work, transactions[i].source, "ledger transaction does not sum to zero");
		for (size_t j = 0; j < transactions[i].count; j++)
			if (account_of(accounts, &n_accounts, &transactions[i].postings[j]) == NULL)
				return refuse(work, transactions[i].source, "ledger transactions of too many accounts");
	}
	TRY(need_accounts(work, accounts, n_accounts));
	for (size_t i = 0; i < count; i++) {
		const struct ledger_transaction *transaction = &transactions[i];
		struct uuid                      id = uuid_new();

		heads[i * 4] = P(id);
		heads[i * 4 + 1] = P(ledger_source_kind_values[transaction->source.kind]);
		heads[i * 4 + 2] = P(transaction->source.id);
		heads[i * 4 + 3] = P(transaction->source.origin);
		for (size_t j = 0; j < transaction->count; j++) {
			const struct posting *posting = &transaction->postings[j];

			if (posting->amount.minor == 0)
				continue;
			set_posting(&rows[n * COLUMNS], account_of(accounts, &n_accounts, posting)->account, posting);
			rows[n++ * COLUMNS + 1] = P(id);
		}
	}
	TRY(db_run_many(work->db, NULL,
	    "INSERT INTO ledger_transactions (id, source_kind, source_id, origin_id) VALUES [(?, ?, ?, ?)]", count, 4, heads));
	return insert_entries(work, n, rows);
}

/* What an account still holds of an origin, for whose goods. */
struct remainder {
	struct uuid         account;
	int                 kind;
	struct merchant_id *merchant; /* NULL: nobody's */
	int64_t             amount;
};

static const struct member remainder_members[] = {
	M_ID(struct remainder, account, "account_id"),
	M_ENUM(struct remainder, kind, "kind", ledger_role_values),
	M_ID(struct remainder, merchant, "merchant_id"),
	M_INTEGER(struct remainder, amount, "amount", INT64_MIN, INT64_MAX),
};
SHAPE(struct remainder, remainder_shape, "LedgerRemainder", remainder_members);

/* The arithmetic of taking back: reversal.c. */
typedef bool reversal_split(struct ledger_share *shares, size_t count, int64_t amount_minor);

static enum ledger_rank
rank_of(const struct remainder *left, const struct merchant_id *whose)
{
	if (whose == NULL)
		return RANK_IN_PROPORTION;
	if (left->merchant == NULL)
		return RANK_NOBODYS;
	return ID_EQUAL(*left->merchant, *whose) ? RANK_SELLERS : RANK_IN_PROPORTION;
}

/* What is left of the origin in the currency, and what falls to each of it when `amount` is taken back; *fits: that much is left. */
static const struct problem *
share_out(struct work *work, struct uuid origin, struct money amount, const struct merchant_id *whose, reversal_split *split,
    struct remainder **left, struct ledger_share *shares, size_t *count, bool *fits)
{
	TRY(db_rows(work->db, &remainder_shape, POSTINGS_MAX, left, count,
	    "SELECT e.account_id, a.kind, e.merchant_id, CAST(SUM(e.amount_minor) AS SIGNED) AS amount FROM ledger_transactions t "
	    "JOIN ledger_entries e ON e.transaction_id = t.id AND e.currency = ? JOIN ledger_accounts a ON a.id = e.account_id "
	    "WHERE t.origin_id = ? GROUP BY e.account_id, a.kind, e.merchant_id ORDER BY e.account_id, e.merchant_id",
	    P((const char *)amount.currency), P(origin)));
	for (size_t i = 0; i < *count; i++)
		shares[i] = (struct ledger_share) {
			.role = (enum ledger_role)(*left)[i].kind, .left = (*left)[i].amount, .rank = rank_of(&(*left)[i], whose)
		};
	*fits = split(shares, *count, amount.minor);
	return OK;
}

/* Take back by that arithmetic; what it leaves over is `disputed` (its account), or NULL where it leaves nothing. */
static const struct problem *
take_back(struct work *work, struct ledger_source source, struct money amount, const struct merchant_id *whose,
    reversal_split *split, const struct uuid *disputed)
{
	struct ledger_share shares[POSTINGS_MAX];
	struct remainder   *left;
	struct parameter   *rows;
	size_t              count, n = 0;
	bool                fits;

	assert(work->depth > 0);
	TRY(share_out(work, source.origin, amount, whose, split, &left, shares, &count, &fits));
	if (!fits)
		return refuse(work, source, "reversal exceeds the remaining balance of its original transaction");
	rows = ARENA_ARRAY(work->arena, (count + 1) * COLUMNS, struct parameter);
	for (size_t i = 0; i < count; i++)
		if (shares[i].share != 0)
			set_row(&rows[n++ * COLUMNS], left[i].account, shares[i].share, amount.currency, left[i].merchant);
	if (disputed != NULL)
		set_row(&rows[n++ * COLUMNS], *disputed, -amount.minor, amount.currency, NULL);
	return insert_transaction(work, source, n, rows);
}

const struct problem *
ledger_preview(struct work *work, struct uuid origin, struct money amount, struct ledger_part **parts, size_t *n_parts)
{
	struct ledger_share shares[POSTINGS_MAX];
	struct remainder   *left;
	size_t              count;
	bool                fits;

	*n_parts = 0;
	TRY(share_out(work, origin, amount, NULL, ledger_split_reversal, &left, shares, &count, &fits));
	*parts = ARENA_ARRAY(work->arena, count + 1, struct ledger_part);
	for (size_t i = 0; fits && i < count; i++)
		if (shares[i].share != 0) {
			struct ledger_part *part = &(*parts)[(*n_parts)++];

			*part = (struct ledger_part) { .role = left[i].kind, .merchant = left[i].merchant, .amount = amount };
			part->amount.minor = shares[i].share;
		}
	return OK;
}

const struct problem *
ledger_reverse(struct work *work, struct ledger_source source, struct money amount, const struct merchant_id *whose)
{
	return take_back(work, source, amount, whose, ledger_split_reversal, NULL);
}

const struct problem *
ledger_reverse_discount(struct work *work, struct ledger_source source, struct money amount)
{
	return take_back(work, source, amount, NULL, ledger_split_discount, NULL);
}

const struct problem *
ledger_hold(struct work *work, struct ledger_source source, struct money amount)
{
	struct posting posting = { .role = LEDGER_DISPUTED, .amount = amount };
	struct entry   entry = { .posting = &posting };

	TRY(need_accounts(work, &entry, 1));
	return take_back(work, source, amount, NULL, ledger_split_hold, &entry.account);
}

/* An entry as it was posted. */
struct posted {
	struct uuid         account;
	int64_t             amount;
	const char         *currency;
	struct merchant_id *merchant;
};

static const struct member posted_members[] = {
	M_ID(struct posted, account, "account_id"),
	M_INTEGER(struct posted, amount, "amount_minor", INT64_MIN, INT64_MAX),
	M_TEXT(struct posted, currency, "currency", 3),
	M_ID(struct posted, merchant, "merchant_id"),
};
SHAPE(struct posted, posted_shape, "LedgerPosted", posted_members);

const struct problem *
ledger_undo(struct work *work, struct ledger_source source, struct ledger_source undone)
{
	struct posted    *posted;
	struct parameter *rows;
	size_t            count;

	assert(work->depth > 0);
	TRY(db_rows(work->db, &posted_shape, POSTINGS_MAX, &posted, &count,
	    "SELECT {e} FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id "
	    "WHERE t.source_kind = ? AND t.source_id = ?",
	    P(ledger_source_kind_values[undone.kind]), P(undone.id)));
	if (count == 0)
		return refuse(work, source, "there is no ledger transaction to be undone");
	rows = ARENA_ARRAY(work->arena, count * COLUMNS, struct parameter);
	for (size_t i = 0; i < count; i++)
		set_row(&rows[i * COLUMNS], posted[i].account, -posted[i].amount, posted[i].currency, posted[i].merchant);
	return insert_transaction(work, source, count, rows);
}

const struct problem *
ledger_touches(struct work *work, struct uuid origin, enum ledger_role role, bool *touches)
{
	int64_t found;

	TRY(db_value(work->db, &found,
	    "SELECT COUNT(*) FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id "
	    "JOIN ledger_accounts a ON a.id = e.account_id WHERE t.origin_id = ? AND a.kind = ?",
	    P(origin), P(ledger_role_values[role])));
	*touches = found > 0;
	return OK;
}
