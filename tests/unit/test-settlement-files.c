/* CSV, and what the rows of each provider's settlement file say; and gzip taken apart as it comes. */
#include "base/arena.h"
#include "base/csv.h"
#include "base/text.h"
#include "http/unpack.h"
#include "settlements/cells.h"
#include "settlements/format.h"
#include "tests/suite.h"

#include <string.h>
#include <zlib.h>

static struct arena *arena;

/* Cells in brackets, records on lines; a bad one is "!" and why. */
static const char *
read_csv(const char *input, size_t piece)
{
	size_t         length = strlen(input), from = 0, to = 0, used;
	char          *bytes = arena_alloc(arena, length + 1);
	struct text    out = text_new(arena, 256);
	struct csv     csv = { 0 };
	enum csv_found found;

	memcpy(bytes, input, length);
	do {
		to = to + piece < length ? to + piece : length;
		while ((found = csv_next(&csv, bytes + from, to - from, to == length, &used)) == CSV_RECORD || found == CSV_BAD) {
			for (size_t i = 0; i < csv.count; i++)
				text_addf(&out, "[%s]", csv.cells[i]);
			text_addf(&out, "%s%s\n", found == CSV_BAD ? "!" : "", found == CSV_BAD ? csv.fault : "");
			from += used;
			memcpy(bytes + from, input + from, length - from);
		}
	} while (to < length);
	CHECK(found == CSV_END);
	return out.bytes;
}

static void
test_csv(void)
{
	static const struct {
		const char *input, *read;
	} rows[] = {
		{ "", "" },
		{ "a,b\n1,2", "[a][b]\n[1][2]\n" },
		{ "\xef\xbb\xbf"
		  "a,b\r\n1,2\r\n",
		    "[a][b]\n[1][2]\n" },
		{ "a;b\r1;\"2,5\"\r", "[a][b]\n[1][2,5]\n" },
		{ "a,b\n\"x \"\"y\"\"\nz\",\n\n,\n", "[a][b]\n[x \"y\"\nz][]\n[]\n[][]\n" },
		{ "\"a,b\";c\n1;2\n", "[a,b][c]\n[1][2]\n" },
		{ "a,b\n\"1,2\n3,4\n", "[a][b]\n!has a quote that is not closed\n[3][4]\n" },
		{ "a,b\n\"1\"x,2\n3,4\n", "[a][b]\n!has text behind a closing quote\n[3][4]\n" },
		{ "a,b\n1\"2,\"3\"\n", "[a][b]\n[1\"2][3]\n" },
		{ "a\tb\n1\t2", "[a][b]\n[1][2]\n" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (size_t piece = 1; piece < 40; piece += 6)
			CHECK_TEXT(read_csv(rows[i].input, piece), rows[i].read);
	{
		char name[] = "  Transaction   Debit or\tCREDIT ";

		csv_fold_name(name);
		CHECK_TEXT(name, "transaction debit or credit");
	}
}

static const char *const paystack_columns[] = { "id:Transaction ID", "reference:reference", "amount:amount", "fees:fees",
	"currency:currency", "paid_at:paid_at", NULL };

static const char *
text_or(const char *text)
{
	return text == NULL ? "-" : text;
}

/* A line for each record; "! why" for what cannot be read, "!! why" for a file that is none. */
static const char *
read_file(enum settlement_provider provider, const char *input)
{
	size_t                   length = strlen(input), from = 0, used;
	char                    *bytes = arena_copy(arena, input, length);
	struct text              out = text_new(arena, 256);
	struct csv               csv = { 0 };
	struct settlement_format format;
	struct settlement_record r;
	const char              *fault;

	settlement_format_begin(&format, provider, paystack_columns);
	while (csv_next(&csv, bytes + from, length - from, true, &used) == CSV_RECORD) {
		from += used;
		switch (settlement_format_read(&format, arena, &csv, &r, &fault)) {
		case SETTLEMENT_ROW:
			text_addf(&out, "%s %s %lld %lld %s t=%s c=%s r=%s re=%s d=%s at=%lld\n", r.key,
			    settlement_kind_values[r.kind], (long long)r.gross.minor, (long long)r.fee.minor, r.gross.currency,
			    text_or(r.transaction), text_or(r.charge), text_or(r.reference), text_or(r.refund),
			    text_or(r.dispute), (long long)(r.at_ms / 1000));
			break;
		case SETTLEMENT_MALFORMED:
			text_addf(&out, "! %s\n", fault);
			break;
		case SETTLEMENT_REFUSED:
			text_addf(&out, "!! %s\n", fault);
			return out.bytes;
		case SETTLEMENT_HEADER:
		case SETTLEMENT_NOTHING:
			break;
		}
	}
	return out.bytes;
}

#define STRIPE_HEAD \
	"automatic_payout_id,balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category,source_id,charge_id," \
	"payment_intent_id\n"

static void
test_stripe(void)
{
	CHECK_TEXT(read_file(SETTLEMENT_STRIPE,
		       STRIPE_HEAD "po_1,txn_1,2026-01-02 03:04:05,eur,20.00,0.55,19.45,charge,ch_1,ch_1,pi_1\n"
				   "po_1,txn_2,2026-01-03 10:00:00,eur,-5.00,0.00,-5.00,refund,re_1,ch_1,pi_1\n"
				   "po_1,txn_3,2026-01-04 10:00:00,eur,-15.00,20.00,-35.00,dispute,du_1,ch_1,pi_1\n"
				   "po_1,txn_4,2026-01-05 10:00:00,eur,-20.00,0.00,-20.00,fee,txn_4,,\n"
				   "po_1,txn_5,2026-03-04 10:00:00,eur,15.00,0.00,15.00,dispute_reversal,du_1,ch_1,pi_1\n"
				   "po_2,txn_6,2026-01-02 03:04:05,jpy,500,18,482,charge,ch_2,ch_2,pi_2\n"
				   "po_2,txn_7,2026-01-02 03:04:05,jpy,-482,0,-482,payout,po_2,,\n"
				   "po_2,txn_8,2026-01-02 03:04:05,usd,1.00,0.00,1.00,climate,x,,\n"),
	    "txn_1 payment 2000 55 EUR t=pi_1 c=- r=- re=- d=- at=1767323045\n"
	    "txn_2 refund -500 0 EUR t=pi_1 c=- r=- re=re_1 d=- at=1767434400\n"
	    "txn_3 dispute -1500 2000 EUR t=pi_1 c=- r=- re=- d=du_1 at=1767520800\n"
	    "txn_4 fee 0 2000 EUR t=- c=- r=- re=- d=txn_4 at=1767607200\n"
	    "txn_5 dispute_won 1500 0 EUR t=pi_1 c=- r=- re=- d=du_1 at=1772618400\n"
	    "txn_6 payment 500 18 JPY t=pi_2 c=- r=- re=- d=- at=1767323045\n"
	    "txn_7 payout -482 0 JPY t=- c=- r=- re=- d=- at=1767323045\n"
	    "txn_8 unknown 100 0 USD t=- c=- r=- re=- d=- at=1767323045\n");
	CHECK_TEXT(read_file(SETTLEMENT_STRIPE,
		       STRIPE_HEAD "po,txn,,eur,20.00,0.55,20.00,charge,ch,ch,pi\n"
				   "po,txn,,eur,20.001,0,20.001,charge,ch,ch,pi\n"
				   "po,txn,,eux,20.00,0,20.00,charge,ch,ch,pi\n"
				   "po,,,eur,20.00,0,20.00,charge,ch,ch,pi\n"
				   "po,txn,yesterday,eur,20.00,0,20.00,charge,ch,ch,pi\n"
				   "po,txn,2026-02-30 00:00:00,eur,20.00,0,20.00,charge,ch,ch,pi\n"
				   "po,txn,,jpy,20.5,0,20.5,charge,ch,ch,pi\n"
				   "po,txn,,eur,90000000000000000.00,-90000000000000000.00,0,charge,ch,ch,pi\n"
				   "po,txn,,eur,10000000000000.01,0,10000000000000.01,charge,ch,ch,pi\n"
				   "po,txn\n"),
	    "! has a net amount that is not gross less fee\n! has an invalid amount\n! has no valid currency or category\n"
	    "! has no valid id\n! has an invalid time\n! has an invalid time\n! has an invalid amount\n"
	    "! has an invalid amount\n! has an invalid amount\n! has no valid currency or category\n");
	CHECK_TEXT(read_file(SETTLEMENT_STRIPE, "a,currency,gross,fee\n1,2,3,4\n"),
	    "!! the file lacks the columns 'balance_transaction_id', 'net', 'reporting_category', 'source_id', 'payment_intent_id'\n");
}

static void
test_paypal(void)
{
	static const char head[] =
	    "\"RH\",2026/01/03 02:44:19 -0800,\"A\",\"M\",009,\n\"FH\",01\n\"SH\",2026/01/02 00:00:00 -0800,2026/01/02 23:59:59 "
	    "-0800,\"\",\"M\",\"\",\"\"\n\"CH\",\"Transaction ID\",\"Invoice ID\",\"PayPal Reference ID\",\"PayPal Reference ID "
	    "Type\",\"Transaction Event Code\",\"Transaction Initiation Date\",\"Transaction Completion Date\",\"Transaction  Debit or "
	    "Credit\",\"Gross Transaction Amount\",\"Gross Transaction Currency\",\"Fee Debit or Credit\",\"Fee Amount\",\"Fee "
	    "Currency\",\"Custom Field\"\n";

	CHECK_TEXT(
	    read_file(SETTLEMENT_PAYPAL,
		arena_format(arena, "%s%s", head,
		    "\"SB\",\"5TY\",\"INV-1\",\"\",\"\",\"T0006\",2026/01/02 03:04:06 -0800,2026/01/02 03:04:06 -0800,\"CR\","
		    "2000,\"EUR\",\"DR\",85,\"EUR\",\"PAY-1\"\n"
		    "\"SB\",\"1JU\",\"INV-1\",\"5TY\",\"TXN\",\"T1107\",,2026/01/02 10:00:00 -0800,\"DR\",500,\"EUR\",\"\",,\"\","
		    "\"PAY-1\"\n"
		    "\"SB\",\"7BC\",\"INV-2\",\"2CD\",\"TXN\",\"T1201\",,2026/01/02 11:00:00 -0800,\"DR\",1500,\"JPY\",\"\",,\"\","
		    "\"\"\n"
		    "\"SB\",\"8BC\",\"\",\"\",\"\",\"T0106\",,,\"DR\",2000,\"TWD\",\"\",,\"\",\"\"\n"
		    "\"SB\",\"8BD\",\"\",\"PP-D-1\",\"\",\"T0114\",,,\"DR\",800,\"EUR\",\"\",,\"\",\"\"\n"
		    "\"SB\",\"8BE\",\"\",\"5TY\",\"TXN\",\"T0107\",,,\"DR\",30,\"EUR\",\"\",,\"\",\"\"\n"
		    "\"SB\",\"9BC\",\"\",\"\",\"\",\"T0400\",,,\"DR\",2000,\"EUR\",\"\",,\"\",\"\"\n"
		    "\"SB\",\"9BC\",\"\",\"\",\"\",\"T0006\",,,\"XX\",2000,\"EUR\",\"\",,\"\",\"\"\n"
		    "\"SF\",\"EUR\"\n\"FF\",6\n")),
	    "5TY:T0006 payment 2000 85 EUR t=- c=5TY r=PAY-1 re=- d=- at=1767351846\n"
	    "1JU:T1107 refund -500 0 EUR t=- c=5TY r=PAY-1 re=1JU d=- at=1767376800\n"
	    "7BC:T1201 dispute -1500 0 JPY t=- c=2CD r=INV-2 re=- d=- at=1767380400\n"
	    "8BC:T0106 dispute_fee 0 200000 TWD t=- c=- r=- re=- d=- at=0\n"
	    "8BD:T0114 dispute_fee 0 800 EUR t=- c=PP-D-1 r=- re=- d=PP-D-1 at=0\n"
	    "8BE:T0107 fee 0 30 EUR t=- c=5TY r=- re=- d=- at=0\n"
	    "9BC:T0400 payout -2000 0 EUR t=- c=- r=- re=- d=- at=0\n"
	    "! has an invalid amount\n");
	CHECK_TEXT(read_file(SETTLEMENT_PAYPAL, "Date,Time\n1,2\n"),
	    "!! the file is no Settlement Report: its lines do not begin with RH, FH, SH, CH, SB, ...\n");
}

static void
test_razorpay(void)
{
	CHECK_TEXT(
	    read_file(SETTLEMENT_RAZORPAY,
		"transaction_entity,entity_id,amount,currency,fee (exclusive tax),tax,debit,credit,entity_created_at,order_id,dispute_id\n"
		"payment,pay_1,1000.00,INR,20.00,3.60,0.00,976.40,02/01/2026 08:34:05,order_1,\n"
		"refund,rfnd_1,250.00,INR,0.00,0.00,250.00,0.00,2026-01-03 10:00:00,order_1,\n"
		"adjustment,adj_1,100.00,INR,0.00,0.00,100.00,0.00,,,disp_1\n"
		"adjustment,adj_2,100.00,INR,0.00,0.00,0.00,100.00,,,\n"),
	    "pay_1:payment payment 100000 2360 INR t=order_1 c=pay_1 r=- re=- d=- at=1767323045\n"
	    "rfnd_1:refund refund -25000 0 INR t=order_1 c=- r=- re=rfnd_1 d=- at=1767414600\n"
	    "adj_1:adjustment dispute -10000 0 INR t=- c=- r=- re=- d=disp_1 at=0\n"
	    "adj_2:adjustment other 10000 0 INR t=- c=- r=- re=- d=- at=0\n");
}

/* Its columns are called as the configuration says. */
static void
test_paystack(void)
{
	CHECK_TEXT(
	    read_file(SETTLEMENT_PAYSTACK,
		"transaction id;reference;amount;fees;currency;paid_at\n2067030515;ref-1001;10000;390;NGN;2026-01-02T03:04:05.000Z\n"
		"1;ref;10.5;0;NGN;\n"),
	    "2067030515 payment 10000 390 NGN t=- c=- r=ref-1001 re=- d=- at=1767323045\n! has an invalid amount\n");
	CHECK_TEXT(read_file(SETTLEMENT_PAYSTACK, "id,reference,amount,fees,currency\n"),
	    "!! the file lacks the columns 'transaction id'\n");
}

static void
test_amounts(void)
{
	int64_t minor;

	CHECK(cell_major("1299.00", ',', "INR", &minor) && minor == 129900);
	CHECK(cell_major("-5,120", ';', "KWD", &minor) && minor == -5120);
	CHECK(cell_major("-0.00", ',', "EUR", &minor) && minor == 0);
	CHECK(cell_major("", ',', "EUR", &minor) && minor == 0);
	CHECK(!cell_major("5,12", ',', "EUR", &minor));
	CHECK(!cell_major("1,299.00", ';', "EUR", &minor));
	CHECK(!cell_major("1e3", ',', "EUR", &minor));
	CHECK(!cell_major("99999999999999999999", ',', "EUR", &minor));
	CHECK(cell_minor("10000", "NGN", &minor) && minor == 10000);
	CHECK(!cell_minor("10.0", "NGN", &minor));
}

/* ---- gzip ---- */

static struct text unpacked;

static const struct problem *
take(const char *bytes, size_t length, void *argument)
{
	(void)argument;
	text_add(&unpacked, bytes, length);
	return OK;
}

static const struct problem *
unpack_in_pieces(const char *bytes, size_t length, size_t piece)
{
	struct unpack *unpack = unpack_new(arena, take, NULL);

	unpacked = text_new(arena, 4096);
	for (size_t at = 0; at < length; at += piece)
		TRY(unpack_feed(unpack, bytes + at, length - at < piece ? length - at : piece));
	return unpack_finish(unpack);
}

static size_t
pack(const char *text, size_t length, char *into, size_t room)
{
	z_stream stream = { .next_in = (unsigned char *)(uintptr_t)text,
		.avail_in = (unsigned)length,
		.next_out = (unsigned char *)into,
		.avail_out = (unsigned)room };

	REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
	REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
	deflateEnd(&stream);
	return stream.total_out;
}

static void
test_unpack(void)
{
	static char bomb[1 << 20], packed[1 << 16];
	const char *text = "id,amount\n1,20.00\n";
	size_t      length = pack(text, strlen(text), packed, sizeof packed);

	for (size_t piece = 1; piece < 40; piece += 3) {
		CHECK(unpack_in_pieces(packed, length, piece) == OK);
		CHECK_TEXT(unpacked.bytes, text);
		CHECK(unpack_in_pieces(text, strlen(text), piece) == OK);
		CHECK_TEXT(unpacked.bytes, text);
	}
	CHECK(problem_is(unpack_in_pieces(packed, length - 1, 7), PROBLEM_BAD_REQUEST));
	packed[12] ^= 0x55;
	CHECK(problem_is(unpack_in_pieces(packed, length, 7), PROBLEM_BAD_REQUEST));
	length = pack(bomb, sizeof bomb, packed, sizeof packed);
	CHECK(problem_is(unpack_in_pieces(packed, length, 1000), PROBLEM_BODY_TOO_LARGE));
	CHECK(unpack_in_pieces("x", 1, 1) == OK);
	CHECK_TEXT(unpacked.bytes, "x");
}

static const struct test tests[] = { TEST(test_csv), TEST(test_stripe), TEST(test_paypal), TEST(test_razorpay),
	TEST(test_paystack), TEST(test_amounts), TEST(test_unpack) };

int
main(void)
{
	int result;

	arena = arena_new(1 << 26);
	result = run_suite("settlement files", tests, sizeof tests / sizeof *tests);
	arena_free(arena);
	return result;
}
