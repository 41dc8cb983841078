#include "settlements/format.h"

#include "base/arena.h"
#include "base/text.h"
#include "settlements/cells.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_BYTES = 64, INDIA_SECONDS = 5 * 3600 + 1800 };

const char *const settlement_provider_values[] = {
#define X(NUMBER, name) #name,
	SETTLEMENT_FORMATS(X)
#undef X
	    NULL,
};

const char *const settlement_kind_values[] = { "payment", "refund", "refund_bounced", "dispute", "dispute_won", "dispute_fee",
	"fee", "payout", "other", "unknown", NULL };

/* A column, and whether there is no reading without it. */
struct column {
	const char *name;
	bool        needed;
};

enum {
	STRIPE_ID,
	STRIPE_CURRENCY,
	STRIPE_GROSS,
	STRIPE_FEE,
	STRIPE_NET,
	STRIPE_CATEGORY,
	STRIPE_SOURCE,
	STRIPE_INTENT,
	STRIPE_CHARGE,
	STRIPE_CREATED,
	STRIPE_PRESENTED,
	STRIPE_PRESENTED_CURRENCY
};
static const struct column stripe_columns[] = { { "balance_transaction_id", true }, { "currency", true }, { "gross", true },
	{ "fee", true }, { "net", true }, { "reporting_category", true }, { "source_id", true }, { "payment_intent_id", true },
	{ "charge_id", false }, { "created_utc", false }, { "customer_facing_amount", false },
	{ "customer_facing_currency", false }, { NULL } };

enum {
	PAYPAL_ID,
	PAYPAL_CODE,
	PAYPAL_SIDE,
	PAYPAL_GROSS,
	PAYPAL_CURRENCY,
	PAYPAL_FEE_SIDE,
	PAYPAL_FEE,
	PAYPAL_FEE_CURRENCY,
	PAYPAL_CUSTOM,
	PAYPAL_INVOICE,
	PAYPAL_PARENT,
	PAYPAL_COMPLETED
};
static const struct column paypal_columns[] = { { "transaction id", true }, { "transaction event code", true },
	{ "transaction debit or credit", true }, { "gross transaction amount", true }, { "gross transaction currency", true },
	{ "fee debit or credit", true }, { "fee amount", true }, { "fee currency", false }, { "custom field", false },
	{ "invoice id", false }, { "paypal reference id", false }, { "transaction completion date", false }, { NULL } };

enum {
	RAZORPAY_ENTITY,
	RAZORPAY_ID,
	RAZORPAY_CURRENCY,
	RAZORPAY_FEE,
	RAZORPAY_TAX,
	RAZORPAY_DEBIT,
	RAZORPAY_CREDIT,
	RAZORPAY_ORDER,
	RAZORPAY_DISPUTE,
	RAZORPAY_CREATED
};
static const struct column razorpay_columns[] = { { "transaction_entity", true }, { "entity_id", true }, { "currency", true },
	{ "fee (exclusive tax)", true }, { "tax", true }, { "debit", true }, { "credit", true }, { "order_id", false },
	{ "dispute_id", false }, { "entity_created_at", false }, { NULL } };

enum { PAYSTACK_ID, PAYSTACK_REFERENCE, PAYSTACK_AMOUNT, PAYSTACK_FEES, PAYSTACK_CURRENCY, PAYSTACK_PAID };
static const struct column paystack_columns[] = { { "id", true }, { "reference", true }, { "amount", true }, { "fees", true },
	{ "currency", true }, { "paid_at", false }, { NULL } };

static const struct column *const columns_of[SETTLEMENT_PROVIDER__COUNT] = {
	[SETTLEMENT_STRIPE] = stripe_columns,
	[SETTLEMENT_PAYPAL] = paypal_columns,
	[SETTLEMENT_RAZORPAY] = razorpay_columns,
	[SETTLEMENT_PAYSTACK] = paystack_columns,
};

/* The provider's words for kinds; a word that ends in a star stands for all that begin so. */
struct word {
	const char *word;
	int         kind;
};

static const struct word stripe_words[] = { { "charge", SETTLED_PAYMENT }, { "payment", SETTLED_PAYMENT },
	{ "refund", SETTLED_REFUND }, { "refund_failure", SETTLED_REFUND_BOUNCED }, { "dispute", SETTLED_DISPUTE },
	{ "dispute_reversal", SETTLED_DISPUTE_WON }, { "fee", SETTLED_FEE }, { "network_cost", SETTLED_FEE },
	{ "tax", SETTLED_FEE }, { "payout", SETTLED_PAYOUT }, { "payout_reversal", SETTLED_PAYOUT },
	{ "partial_capture_reversal", SETTLED_OTHER }, { "other_adjustment", SETTLED_OTHER }, { "transfer*", SETTLED_OTHER },
	{ "risk_reserved_funds", SETTLED_OTHER }, { "topup*", SETTLED_OTHER }, { NULL, SETTLED_UNKNOWN } };

static const struct word paypal_words[] = { { "T000*", SETTLED_PAYMENT }, { "T001*", SETTLED_PAYMENT },
	{ "T0106", SETTLED_DISPUTE_FEE }, { "T0114", SETTLED_DISPUTE_FEE }, { "T01*", SETTLED_FEE }, { "T02*", SETTLED_OTHER },
	{ "T04*", SETTLED_PAYOUT }, { "T1106", SETTLED_DISPUTE }, { "T1107", SETTLED_REFUND }, { "T1108", SETTLED_FEE },
	{ "T1109", SETTLED_FEE }, { "T1110", SETTLED_DISPUTE }, { "T1111", SETTLED_DISPUTE_WON }, { "T1201", SETTLED_DISPUTE },
	{ "T1202", SETTLED_DISPUTE_WON }, { "T1205", SETTLED_DISPUTE_WON }, { "T1207", SETTLED_OTHER },
	{ "T1208", SETTLED_DISPUTE_WON }, { "T13*", SETTLED_OTHER }, { "T15*", SETTLED_OTHER }, { "T21*", SETTLED_OTHER },
	{ NULL, SETTLED_UNKNOWN } };

static const struct word razorpay_words[] = { { "payment", SETTLED_PAYMENT }, { "refund", SETTLED_REFUND },
	{ "transfer", SETTLED_OTHER }, { "adjustment", SETTLED_OTHER }, { "settlement", SETTLED_PAYOUT },
	{ NULL, SETTLED_UNKNOWN } };

static int
kind_of(const struct word *words, const char *text)
{
	for (; words->word != NULL; words++) {
		size_t length = strcspn(words->word, "*");

		if (strncmp(words->word, text, length) == 0 && (words->word[length] == '*' || text[length] == '\0'))
			break;
	}
	return words->kind;
}

void
settlement_format_begin(struct settlement_format *format, enum settlement_provider provider, const char *const *paystack)
{
	*format = (struct settlement_format) { .provider = provider, .names = paystack };
}

/* What a column is called in the file. */
static void
name_of(const struct settlement_format *format, const char *name, char into[NAME_MAX_BYTES])
{
	size_t length = strlen(name);

	for (const char *const *row = format->names; format->provider == SETTLEMENT_PAYSTACK && *row != NULL; row++)
		if (strncmp(*row, name, length) == 0 && (*row)[length] == ':') {
			name = *row + length + 1;
			break;
		}
	length = strlen(name) < NAME_MAX_BYTES ? strlen(name) : NAME_MAX_BYTES - 1;
	memcpy(into, name, length);
	into[length] = '\0';
	csv_fold_name(into);
}

static enum settlement_read
read_header(struct settlement_format *format, struct arena *arena, struct csv *csv, const char **fault)
{
	struct text missing = text_new(arena, 128);

	for (size_t i = 0; i < csv->count; i++)
		csv_fold_name(csv->cells[i]);
	for (size_t i = 0; columns_of[format->provider][i].name != NULL; i++) {
		const struct column *column = &columns_of[format->provider][i];
		char                 name[NAME_MAX_BYTES];

		name_of(format, column->name, name);
		format->columns[i] = -1;
		for (size_t j = 0; j < csv->count && format->columns[i] < 0; j++)
			if (strcmp(csv->cells[j], name) == 0)
				format->columns[i] = (int)j;
		if (column->needed && format->columns[i] < 0)
			text_addf(&missing, "%s'%s'", missing.length > 0 ? ", " : "the file lacks the columns ", name);
	}
	if (missing.length > 0) {
		*fault = missing.bytes;
		return SETTLEMENT_REFUSED;
	}
	format->has_header = true;
	return SETTLEMENT_HEADER;
}

/* "" where the row has no such cell. */
static const char *
cell(const struct settlement_format *format, const struct csv *csv, int column)
{
	int at = format->columns[column];

	return at < 0 || (size_t)at >= csv->count ? "" : csv->cells[at];
}

static enum settlement_read
malformed(const char **fault, const char *says)
{
	*fault = says;
	return SETTLEMENT_MALFORMED;
}

/* Sets what all files have: word, kind, currency. */
static bool
begin_record(
    struct arena *arena, struct settlement_record *record, const struct word *words, const char *word, const char *currency)
{
	*record = (struct settlement_record) { .kind = kind_of(words, word) };
	if (!cell_currency(currency, record->gross.currency) || !cell_id(arena, word, NAME_MAX_BYTES, &record->word) ||
	    record->word == NULL)
		return false;
	memcpy(record->fee.currency, record->gross.currency, sizeof record->fee.currency);
	return true;
}

static enum settlement_read
read_stripe(const struct settlement_format *format, struct arena *arena, const struct csv *csv, struct settlement_record *record,
    const char **fault)
{
	const char *source, *category = cell(format, csv, STRIPE_CATEGORY), *presented = cell(format, csv, STRIPE_PRESENTED);
	int64_t     net;

	if (!begin_record(arena, record, stripe_words, category, cell(format, csv, STRIPE_CURRENCY)))
		return malformed(fault, "has no valid currency or category");
	if (!cell_major(cell(format, csv, STRIPE_GROSS), csv->separator, record->gross.currency, &record->gross.minor) ||
	    !cell_major(cell(format, csv, STRIPE_FEE), csv->separator, record->gross.currency, &record->fee.minor) ||
	    !cell_major(cell(format, csv, STRIPE_NET), csv->separator, record->gross.currency, &net))
		return malformed(fault, "has an invalid amount");
	if (record->gross.minor - record->fee.minor != net)
		return malformed(fault, "has a net amount that is not gross less fee");
	if (!cell_time(cell(format, csv, STRIPE_CREATED), 0, &record->at_ms))
		return malformed(fault, "has an invalid time");
	if (!cell_id(arena, cell(format, csv, STRIPE_ID), SETTLEMENT_KEY_MAX, &record->key) || record->key == NULL ||
	    !cell_id(arena, cell(format, csv, STRIPE_INTENT), SETTLEMENT_KEY_MAX, &record->transaction) ||
	    !cell_id(arena, cell(format, csv, STRIPE_SOURCE), SETTLEMENT_KEY_MAX, &source))
		return malformed(fault, "has no valid id");
	if (record->kind == SETTLED_FEE) { /* in either column: only the net is sure */
		record->gross.minor = 0;
		record->fee.minor = -net;
	}
	record->refund = record->kind == SETTLED_REFUND || record->kind == SETTLED_REFUND_BOUNCED ? source : NULL;
	/* What contesting costs is a fee whose source is the dispute. */
	record->dispute =
	    record->kind == SETTLED_DISPUTE || record->kind == SETTLED_DISPUTE_WON || record->kind == SETTLED_FEE ? source : NULL;
	if (presented[0] != '\0' && cell_currency(cell(format, csv, STRIPE_PRESENTED_CURRENCY), record->presented.currency) &&
	    !cell_major(presented, csv->separator, record->presented.currency, &record->presented.minor))
		return malformed(fault, "has an invalid amount");
	if (presented[0] == '\0')
		record->presented.currency[0] = '\0';
	return SETTLEMENT_ROW;
}

/* PayPal knows no fraction of these, which ISO 4217 has. */
static int64_t
paypal_unit(const char *currency)
{
	return strcmp(currency, "HUF") == 0 || strcmp(currency, "TWD") == 0 ? 100 : 1;
}

/* An unsigned amount with its side. */
static bool
paypal_amount(const char *text, const char *side, const char *currency, int64_t *minor)
{
	bool debit = strcmp(side, "DR") == 0;

	if (!cell_minor(text, currency, minor) || *minor < 0 || (*minor != 0 && !debit && strcmp(side, "CR") != 0) ||
	    __builtin_mul_overflow(*minor, paypal_unit(currency), minor))
		return false;
	*minor = debit ? -*minor : *minor;
	return true;
}

static enum settlement_read
read_paypal(const struct settlement_format *format, struct arena *arena, const struct csv *csv, struct settlement_record *record,
    const char **fault)
{
	const char *id, *code = cell(format, csv, PAYPAL_CODE), *fee_currency = cell(format, csv, PAYPAL_FEE_CURRENCY);

	if (!begin_record(arena, record, paypal_words, code, cell(format, csv, PAYPAL_CURRENCY)))
		return malformed(fault, "has no valid currency or event code");
	if (!paypal_amount(
		cell(format, csv, PAYPAL_GROSS), cell(format, csv, PAYPAL_SIDE), record->gross.currency, &record->gross.minor) ||
	    !paypal_amount(
		cell(format, csv, PAYPAL_FEE), cell(format, csv, PAYPAL_FEE_SIDE), record->gross.currency, &record->fee.minor) ||
	    (fee_currency[0] != '\0' && strcmp(fee_currency, record->gross.currency) != 0))
		return malformed(fault, "has an invalid amount");
	record->fee.minor = -record->fee.minor;
	if (!cell_time(cell(format, csv, PAYPAL_COMPLETED), 0, &record->at_ms))
		return malformed(fault, "has an invalid time");
	if (!cell_id(arena, cell(format, csv, PAYPAL_ID), SETTLEMENT_KEY_MAX - NAME_MAX_BYTES - 1, &id) || id == NULL ||
	    !cell_id(arena, cell(format, csv, PAYPAL_CUSTOM), SETTLEMENT_KEY_MAX, &record->reference) ||
	    !cell_id(arena, cell(format, csv, PAYPAL_PARENT), SETTLEMENT_KEY_MAX, &record->charge))
		return malformed(fault, "has no valid id");
	if (record->reference == NULL &&
	    !cell_id(arena, cell(format, csv, PAYPAL_INVOICE), SETTLEMENT_KEY_MAX, &record->reference))
		record->reference = NULL;
	record->key = arena_format(arena, "%s:%s", id, record->word);
	if (record->kind == SETTLED_PAYMENT && record->gross.minor < 0)
		record->kind = SETTLED_OTHER; /* paid by us */
	if (record->kind == SETTLED_PAYMENT)
		record->charge = id;
	if (record->kind == SETTLED_REFUND)
		record->refund = id;
	if (record->kind == SETTLED_DISPUTE_FEE)
		record->dispute = record->charge; /* the case, or what was paid */
	if (record->kind == SETTLED_FEE || record->kind == SETTLED_DISPUTE_FEE) {
		record->fee.minor -= record->gross.minor;
		record->gross.minor = 0;
	}
	return SETTLEMENT_ROW;
}

static enum settlement_read
read_razorpay(const struct settlement_format *format, struct arena *arena, const struct csv *csv,
    struct settlement_record *record, const char **fault)
{
	const char *id, *entity = cell(format, csv, RAZORPAY_ENTITY), *currency;
	int64_t     fee, tax, debit, credit;

	if (!begin_record(arena, record, razorpay_words, entity, cell(format, csv, RAZORPAY_CURRENCY)))
		return malformed(fault, "has no valid currency or entity");
	currency = record->gross.currency;
	if (!cell_major(cell(format, csv, RAZORPAY_FEE), csv->separator, currency, &fee) ||
	    !cell_major(cell(format, csv, RAZORPAY_TAX), csv->separator, currency, &tax) ||
	    !cell_major(cell(format, csv, RAZORPAY_DEBIT), csv->separator, currency, &debit) ||
	    !cell_major(cell(format, csv, RAZORPAY_CREDIT), csv->separator, currency, &credit) ||
	    __builtin_add_overflow(fee, tax, &record->fee.minor) || __builtin_sub_overflow(credit, debit, &record->gross.minor) ||
	    __builtin_add_overflow(record->gross.minor, record->fee.minor, &record->gross.minor))
		return malformed(fault, "has an invalid amount");
	if (!cell_time(cell(format, csv, RAZORPAY_CREATED), INDIA_SECONDS, &record->at_ms))
		return malformed(fault, "has an invalid time");
	if (!cell_id(arena, cell(format, csv, RAZORPAY_ID), SETTLEMENT_KEY_MAX - NAME_MAX_BYTES - 1, &id) || id == NULL ||
	    !cell_id(arena, cell(format, csv, RAZORPAY_ORDER), SETTLEMENT_KEY_MAX, &record->transaction) ||
	    !cell_id(arena, cell(format, csv, RAZORPAY_DISPUTE), SETTLEMENT_KEY_MAX, &record->dispute))
		return malformed(fault, "has no valid id");
	record->key = arena_format(arena, "%s:%s", id, record->word);
	if (record->kind == SETTLED_PAYMENT)
		record->charge = id;
	else if (record->kind == SETTLED_REFUND)
		record->refund = id;
	else if (record->dispute != NULL && record->kind == SETTLED_OTHER)
		record->kind = record->gross.minor > 0 ? SETTLED_DISPUTE_WON : SETTLED_DISPUTE;
	return SETTLEMENT_ROW;
}

static enum settlement_read
read_paystack(const struct settlement_format *format, struct arena *arena, const struct csv *csv,
    struct settlement_record *record, const char **fault)
{
	static const struct word words[] = { { "payment", SETTLED_PAYMENT }, { NULL, SETTLED_UNKNOWN } };

	if (!begin_record(arena, record, words, "payment", cell(format, csv, PAYSTACK_CURRENCY)))
		return malformed(fault, "has no valid currency");
	if (!cell_minor(cell(format, csv, PAYSTACK_AMOUNT), record->gross.currency, &record->gross.minor) ||
	    !cell_minor(cell(format, csv, PAYSTACK_FEES), record->gross.currency, &record->fee.minor))
		return malformed(fault, "has an invalid amount");
	if (!cell_time(cell(format, csv, PAYSTACK_PAID), 0, &record->at_ms))
		return malformed(fault, "has an invalid time");
	if (!cell_id(arena, cell(format, csv, PAYSTACK_ID), SETTLEMENT_KEY_MAX, &record->key) || record->key == NULL ||
	    !cell_id(arena, cell(format, csv, PAYSTACK_REFERENCE), SETTLEMENT_KEY_MAX, &record->reference))
		return malformed(fault, "has no valid id");
	return SETTLEMENT_ROW;
}

/* The kinds of lines of a Settlement Report; only SB moves money. */
static enum settlement_read
read_report_line(
    struct settlement_format *format, struct arena *arena, struct csv *csv, struct settlement_record *record, const char **fault)
{
	static const char *const others[] = { "RH", "FH", "SH", "SF", "SC", "RF", "RC", "FF", NULL };

	if (strcmp(csv->cells[0], "CH") == 0)
		return read_header(format, arena, csv, fault);
	if (strcmp(csv->cells[0], "SB") == 0 && format->has_header)
		return read_paypal(format, arena, csv, record, fault);
	for (const char *const *other = others; *other != NULL; other++)
		if (strcmp(csv->cells[0], *other) == 0)
			return SETTLEMENT_NOTHING;
	*fault = "the file is no Settlement Report: its lines do not begin with RH, FH, SH, CH, SB, ...";
	return format->has_header ? malformed(fault, "is of no known kind of line") : SETTLEMENT_REFUSED;
}

enum settlement_read
settlement_format_read(
    struct settlement_format *format, struct arena *arena, struct csv *csv, struct settlement_record *record, const char **fault)
{
	*fault = NULL;
	if (csv->count == 1 && csv->cells[0][0] == '\0')
		return SETTLEMENT_NOTHING;
	if (format->provider == SETTLEMENT_PAYPAL)
		return read_report_line(format, arena, csv, record, fault);
	if (!format->has_header)
		return read_header(format, arena, csv, fault);
	switch (format->provider) {
	case SETTLEMENT_STRIPE:
		return read_stripe(format, arena, csv, record, fault);
	case SETTLEMENT_RAZORPAY:
		return read_razorpay(format, arena, csv, record, fault);
	default:
		return read_paystack(format, arena, csv, record, fault);
	}
}
