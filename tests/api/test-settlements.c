/* Settlement files of providers against the shop's payments: what differs, what is posted, once. */
#include "tests/api/shopping.h"
#include "tests/api/uploading.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct person seller, customer, admin, accountant;
static struct goods  goods;
static const char   *address;

static void
need_people(void)
{
	if (seller.id != NULL)
		return;
	seller = person_new("shopkeeper");
	customer = person_new("customer");
	admin = person_new("admin");
	accountant = person_new("accountant");
	goods = goods_new(&seller, "20.00", 1000);
	address = address_new(&customer);
}

static struct attempt
paid(void)
{
	need_people();
	return attempt_paid(&customer, order_new(&customer, address, &goods, 1));
}

#define HEAD \
	"balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category,source_id,charge_id,payment_intent_id\n"

enum { DAY_MINUTES = 24 * 60 };

/* A row of Stripe's file; `minutes` from now, `id` unlike any other. */
static const char *
row(const char *id, int minutes, int64_t gross, int64_t fee, const char *category, const char *source, const char *intent)
{
	return form("txn_%s,%s,usd,%.2f,%.2f,%.2f,%s,%s,,%s\n", id,
	    sql_text("SELECT DATE_FORMAT(UTC_TIMESTAMP() + INTERVAL %d MINUTE, '%%Y-%%m-%%d %%H:%%i:%%s')", minutes),
	    (double)gross / 100, (double)fee / 100, (double)(gross - fee) / 100, category, source, intent);
}

static const char *
fresh_id(void)
{
	const char *email = fresh_email("x");

	return form("%.13s", email + 2);
}

static struct answer
send_file(const char *provider, const char *file)
{
	return api_call(
	    "POST", form("/settlements?provider=%s", provider), accountant.access, file, HEADERS("Content-Type: text/csv"));
}

/* The settlement once its job is done. */
static const char *
settled(const char *file)
{
	struct answer answer = send_file("stripe", file);
	const char   *id;

	EXPECT(answer, 202);
	CHECK_TEXT(text_at(&answer, "status"), "queued");
	id = text_at(&answer, "id");
	WAIT_FOR("done", "SELECT status FROM settlements WHERE id = '%s'", id);
	return id;
}

static struct answer
report(const char *settlement, const char *query)
{
	struct answer answer = api_get(form("/settlements/%s?limit=100%s", settlement, query), accountant.access);

	EXPECT(answer, 200);
	return answer;
}

/* "kind row" of all differences but those of other tests' payments, which no file has. */
static const char *
differences(const char *settlement)
{
	const char *found =
	    sql_text("SELECT GROUP_CONCAT(kind, ' ', number, ' ', IFNULL(theirs, '-'), ' ', IFNULL(ours, '-') ORDER BY id "
		     "SEPARATOR '; ') FROM settlement_differences WHERE settlement_id = '%s' AND kind <> 'missing_there'",
		settlement);

	return found == NULL ? "" : found;
}

static int64_t
posted_fee(const struct attempt *attempt)
{
	return sql_number(
	    "SELECT IFNULL(SUM(e.amount_minor), 0) FROM payments p JOIN ledger_transactions t ON t.source_id = p.id "
	    "OR t.source_id IN (SELECT s.id FROM settlement_rows s WHERE s.subject_id = p.id) "
	    "JOIN ledger_entries e ON e.transaction_id = t.id JOIN ledger_accounts a ON a.id = e.account_id "
	    "WHERE p.reference = '%s' AND a.kind = 'fee'",
	    attempt->reference);
}

/* What agrees is no difference; a fee that nobody told becomes the payment's, once. */
static void
test_everything_agrees(void)
{
	struct attempt attempt = paid();
	const char    *id = fresh_id(), *settlement, *file, *again;
	struct answer  answer;

	sql_run("UPDATE payments SET fee_minor = NULL, fee_currency = NULL WHERE reference = '%s'", attempt.reference);
	REQUIRE(posted_fee(&attempt) == 0);
	file = form("%s%s%s", HEAD, row(id, 0, attempt.total, 88, "charge", "ch_1", attempt.transaction),
	    row(form("%sp", id), 1, 113 - attempt.total, 25, "payout", "po_1", ""));
	settlement = settled(file);
	CHECK_TEXT(differences(settlement), "");
	answer = report(settlement, "");
	CHECK_INT(number_at(&answer, "settlement.rows"), 2);
	CHECK_INT(number_at(&answer, "settlement.matched"), 1);
	CHECK_TEXT(text_at(&answer, "settlement.sums.0.kind"), "payment");
	CHECK_TEXT(text_at(&answer, "settlement.sums.0.fee"), "0.88");
	CHECK_TEXT(text_at(&answer, "settlement.sums.1.kind"), "payout");
	CHECK_INT(posted_fee(&attempt), 88);
	CHECK_INT(sql_number("SELECT fee_minor FROM payments WHERE reference = '%s'", attempt.reference), 88);
	CHECK_INT(sql_number("SELECT e.amount_minor FROM settlement_rows r JOIN ledger_transactions t ON t.source_id = r.id "
			     "JOIN ledger_entries e ON e.transaction_id = t.id JOIN ledger_accounts a ON a.id = e.account_id "
			     "WHERE r.settlement_id = '%s' AND a.kind = 'bank'",
		      settlement),
	    attempt.total - 113);
	/* The payout has cost something: what it took from the balance there is both. */
	CHECK_INT(sql_number("SELECT SUM(e.amount_minor) FROM settlement_rows r JOIN ledger_transactions t ON t.source_id = r.id "
			     "JOIN ledger_entries e ON e.transaction_id = t.id JOIN ledger_accounts a ON a.id = e.account_id "
			     "WHERE r.settlement_id = '%s' AND r.kind = 'payout' AND a.kind = 'clearing'",
		      settlement),
	    88 - attempt.total);
	/* The same file is known; its rows in another file are repetitions, and nothing is posted again. */
	answer = send_file("stripe", file);
	EXPECT_PROBLEM(answer, 409, "settlement_known");
	CHECK_TEXT(text_at(&answer, "details.settlement_id.0"), settlement);
	again = settled(form("%s\n", file));
	CHECK_TEXT(differences(again),
	    form("duplicate 1 %.2f USD -; duplicate 2 -%.2f USD -", (double)attempt.total / 100,
		(double)(attempt.total - 113) / 100));
	answer = report(again, "");
	CHECK_INT(length_at(&answer, "settlement.sums"), 0);
	CHECK_INT(posted_fee(&attempt), 88);
	answer = api_get("/settlements?provider=stripe&status=done&limit=1", accountant.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	/* It is gone from the disk. */
	CHECK(access(form("%s/imports/settlement-%s.csv", shop_directory(), settlement), F_OK) != 0);
}

/* Told before, and told otherwise by the file: the books follow the file. */
static void
test_fee_is_adjusted_once(void)
{
	struct attempt attempt = paid();
	const char    *id = fresh_id(), *settlement;

	sql_run("UPDATE payments SET fee_minor = NULL, fee_currency = NULL WHERE reference = '%s'", attempt.reference);
	settled(form("%s%s", HEAD, row(form("%sa", id), 0, attempt.total, 88, "charge", "ch_1", attempt.transaction)));
	settlement =
	    settled(form("%s%s", HEAD, row(form("%sb", id), 0, attempt.total, 91, "charge", "ch_1", attempt.transaction)));
	CHECK_TEXT(differences(settlement), "fee 1 0.91 USD 0.88 USD");
	CHECK_INT(posted_fee(&attempt), 91);
	settlement =
	    settled(form("%s%s", HEAD, row(form("%sc", id), 0, attempt.total, 91, "charge", "ch_1", attempt.transaction)));
	CHECK_TEXT(differences(settlement), "");
	CHECK_INT(posted_fee(&attempt), 91);
}

static void
test_differences(void)
{
	struct attempt wrong = paid(), unpaid, refunded = paid();
	const char    *id = fresh_id(), *settlement, *refund;
	struct answer  answer;

	unpaid = attempt_new(&customer, order_new(&customer, address, &goods, 1));
	EXPECT(api_post(form("/payments/%s/refunds", refunded.reference), admin.access,
		   "{\"amount\": \"5.00\", \"reason\": \"a scratch\"}"),
	    201);
	WAIT_FOR("partially_refunded", "SELECT status FROM payments WHERE reference = '%s'", refunded.reference);
	refund =
	    sql_text("SELECT r.provider_refund_id FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.reference = '%s'",
		refunded.reference);
	settlement = settled(
	    form("%s%s%s%s%s%s%s%s%s%s%s", HEAD, row(form("%s1", id), 0, wrong.total - 1, 0, "charge", "ch", wrong.transaction),
		row(form("%s2", id), 0, 100, 0, "charge", "ch", "pi_nobody"),
		row(form("%s3", id), 0, unpaid.total, 0, "charge", "ch", unpaid.transaction),
		row(form("%s4", id), 0, -501, 0, "refund", refund, refunded.transaction),
		row(form("%s5", id), 0, -500, 0, "refund", "re_nobody", refunded.transaction),
		row(form("%s6", id), 0, -500, 0, "dispute", "du_nobody", refunded.transaction),
		row(form("%s7", id), 0, 700, 0, "moonlight", "x", ""), "txn,2026,usd,1.00,0,2.00,charge,,,\n",
		row(form("%s7", id), 0, 700, 0, "charge", "x", ""), row(form("%s8", id), 0, -200, 0, "fee", "x", "")));
	CHECK_TEXT(differences(settlement),
	    form("amount 1 %.2f USD %.2f USD; missing_here 2 1.00 USD -; status 3 charge not paid; amount 4 5.01 USD 5.00 USD; "
		 "missing_here 5 -5.00 USD -; missing_here 6 -5.00 USD -; unknown_kind 7 moonlight -; "
		 "malformed 8 has a net amount that is not gross less fee -; duplicate 9 7.00 USD -",
		(double)(wrong.total - 1) / 100, (double)wrong.total / 100));
	answer = report(settlement, "&kind=amount");
	CHECK_INT(length_at(&answer, "results"), 2);
	CHECK_TEXT(text_at(&answer, "results.0.payment"), wrong.reference);
	CHECK_TEXT(text_at(&answer, "results.0.provider_id"), form("txn_%s1", id));
	CHECK_INT(number_at(&answer, "results.0.row"), 1);
	CHECK_INT(sql_number("SELECT e.amount_minor FROM settlement_rows r JOIN ledger_transactions t ON t.source_id = r.id "
			     "JOIN ledger_entries e ON e.transaction_id = t.id JOIN ledger_accounts a ON a.id = e.account_id "
			     "WHERE r.row_key = 'txn_%s8' AND a.kind = 'fee'",
		      id),
	    200);
	answer = api_get(form("/settlements/%s?limit=1", settlement), accountant.access);
	CHECK(has_at(&answer, "next"));
	EXPECT_PROBLEM(api_get(form("/settlements/%s", seller.id), accountant.access), 404, "not_found");
	EXPECT_PROBLEM(api_get(form("/settlements/%s", settlement), seller.access), 403, "forbidden");
}

/* A dispute by the provider's name of it: what it took and asked for it, and what it gave back when the shop had won. */
static void
test_rows_of_a_dispute(void)
{
	struct attempt attempt = paid();
	const char    *id = fresh_id(), *name, *settlement;
	struct answer  answer;

	CHECK_INT(sandbox_post(form("/sandbox/stripe/dispute/%s", attempt.transaction), "{}"), 200);
	WAIT_FOR("1 1500",
	    "SELECT CONCAT(d.money_moved, ' ', d.fee_minor) FROM disputes d JOIN payments p ON p.id = d.payment_id WHERE p.reference = '%s'",
	    attempt.reference);
	name = sql_text(
	    "SELECT d.provider_dispute_id FROM disputes d JOIN payments p ON p.id = d.payment_id WHERE p.reference = '%s'",
	    attempt.reference);
	settlement =
	    settled(form("%s%s", HEAD, row(form("%s1", id), 0, -attempt.total, 1500, "dispute", name, attempt.transaction)));
	CHECK_TEXT(differences(settlement), "");
	CHECK_INT(sql_number("SELECT s.matched = 1 AND r.kind = 'dispute' AND r.subject_id = d.id FROM settlements s "
			     "JOIN settlement_rows r ON r.settlement_id = s.id JOIN disputes d ON d.provider_dispute_id = '%s' "
			     "WHERE s.id = '%s'",
		      name, settlement),
	    1);
	CHECK_INT(sandbox_post(form("/sandbox/stripe/dispute-win/%s", attempt.transaction), NULL), 200);
	WAIT_FOR("won", "SELECT d.status FROM disputes d JOIN payments p ON p.id = d.payment_id WHERE p.reference = '%s'",
	    attempt.reference);
	settlement = settled(
	    form("%s%s%s%s", HEAD, row(form("%s2", id), 0, attempt.total, 0, "dispute_reversal", name, attempt.transaction),
		row(form("%s3", id), 0, attempt.total - 1, 0, "dispute_reversal", name, attempt.transaction),
		row(form("%s4", id), 0, -attempt.total, 1400, "dispute", name, attempt.transaction)));
	CHECK_TEXT(differences(settlement),
	    form("amount 2 %.2f USD %.2f USD; fee 3 14.00 USD 15.00 USD", (double)(attempt.total - 1) / 100,
		(double)attempt.total / 100));
	CHECK_INT(sql_number("SELECT matched FROM settlements WHERE id = '%s'", settlement), 3);
	answer = report(settlement, "&kind=fee");
	CHECK_TEXT(text_at(&answer, "results.0.payment"), attempt.reference);
}

/* A refund that went and came back: each of its rows is right; that another one came back is not. */
static void
test_rows_of_a_bounced_refund(void)
{
	struct attempt attempt = paid();
	const char    *id = fresh_id(), *bounced, *kept, *settlement;
	struct answer  answer;

	answer = api_post(
	    form("/payments/%s/refunds", attempt.reference), admin.access, "{\"amount\": \"5.00\", \"reason\": \"a scratch\"}");
	EXPECT(answer, 201);
	bounced = text_at(&answer, "provider_refund_id");
	CHECK_INT(sandbox_post(form("/sandbox/stripe/bounce/%s", bounced), NULL), 200);
	WAIT_FOR("bounced", "SELECT status FROM refunds WHERE id = '%s'", text_at(&answer, "id"));
	answer = api_post(
	    form("/payments/%s/refunds", attempt.reference), admin.access, "{\"amount\": \"2.00\", \"reason\": \"a scratch\"}");
	EXPECT(answer, 201);
	kept = text_at(&answer, "provider_refund_id");
	WAIT_FOR("succeeded", "SELECT status FROM refunds WHERE id = '%s'", text_at(&answer, "id"));
	settlement = settled(form("%s%s%s%s", HEAD, row(form("%s1", id), 0, -500, 0, "refund", bounced, attempt.transaction),
	    row(form("%s2", id), 0, 500, 0, "refund_failure", bounced, attempt.transaction),
	    row(form("%s3", id), 0, 200, 0, "refund_failure", kept, attempt.transaction)));
	CHECK_TEXT(differences(settlement), "status 3 refund_failure succeeded");
	CHECK_INT(sql_number("SELECT matched FROM settlements WHERE id = '%s'", settlement), 3);
}

/* What came in the file's period, and stands in no file. */
static void
test_missing_with_them(void)
{
	struct attempt first = paid(), lacking = paid(), last = paid();
	const char    *id = fresh_id(), *settlement;

	/* A year ago there was nothing else. */
	sql_run("UPDATE payments SET succeeded_at = UTC_TIMESTAMP() - INTERVAL 397 DAY WHERE reference = '%s'", first.reference);
	sql_run(
	    "UPDATE payments SET succeeded_at = UTC_TIMESTAMP() - INTERVAL 396 DAY WHERE reference = '%s'", lacking.reference);
	sql_run("UPDATE payments SET succeeded_at = UTC_TIMESTAMP() - INTERVAL 395 DAY WHERE reference = '%s'", last.reference);
	settlement = settled(
	    form("%s%s%s", HEAD, row(form("%sa", id), -397 * DAY_MINUTES, first.total, 0, "charge", "ch", first.transaction),
		row(form("%sb", id), -395 * DAY_MINUTES, last.total, 0, "charge", "ch", last.transaction)));
	CHECK_TEXT(
	    sql_text("SELECT GROUP_CONCAT(d.kind, ' ', p.reference, ' ', d.ours) FROM settlement_differences d JOIN payments p "
		     "ON p.id = d.payment_id WHERE d.settlement_id = '%s' AND d.kind <> 'fee'",
		settlement),
	    form("missing_there %s %.2f USD", lacking.reference, (double)lacking.total / 100));
	sql_run("UPDATE payments SET succeeded_at = NOW(3) WHERE reference IN ('%s', '%s', '%s')", first.reference,
	    lacking.reference, last.reference);
}

/* Wrong dates are named, and stretch no period: nothing of the years between is missing there. */
static void
test_dates_that_cannot_be(void)
{
	struct attempt attempt = paid();
	const char    *id = fresh_id(), *settlement,
		   *wrong = "its date is more than 400 days before the file came, or 2 days after -";
	const char *word = "charge", *to = attempt.transaction;

	settlement = settled(form("%s%stxn_%sb,1970-01-02 00:00:00,usd,1.00,0.00,1.00,charge,ch,,%s\n%s%s"
				  "txn_%se,2099-01-01 00:00:00,usd,1.00,0.00,1.00,charge,ch,,%s\n%s%s",
	    HEAD, row(form("%sa", id), 0, attempt.total, 88, word, "ch", to), id, to,
	    row(form("%sc", id), -401 * DAY_MINUTES, 100, 0, word, "ch", to),
	    row(form("%sd", id), 3 * DAY_MINUTES, 100, 0, word, "ch", to), id, to,
	    row(form("%sf", id), -399 * DAY_MINUTES, -1, 0, "fee", "x", ""),
	    row(form("%sg", id), 1 * DAY_MINUTES, -1, 0, "fee", "x", "")));
	CHECK_TEXT(differences(settlement),
	    form("malformed 2 %s; malformed 3 %s; malformed 4 %s; malformed 5 %s", wrong, wrong, wrong, wrong));
	CHECK_INT(sql_number("SELECT COUNT(*) FROM settlement_rows WHERE settlement_id = '%s'", settlement), 3);
	CHECK_INT(
	    sql_number("SELECT period_from > UTC_TIMESTAMP() - INTERVAL 1 HOUR AND period_to < UTC_TIMESTAMP() + INTERVAL 1 HOUR "
		       "FROM settlements WHERE id = '%s'",
		settlement),
	    1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM settlement_differences d JOIN payments p ON p.id = d.payment_id WHERE "
			     "d.settlement_id = '%s' AND p.succeeded_at < NOW(3) - INTERVAL 2 HOUR",
		      settlement),
	    0);
}

/* As old files of PayPal's are encoded: little-endian behind a mark. */
static struct answer
send_utf16(const char *text)
{
	struct call call = { "POST", "/settlements?provider=paypal", accountant.access, NULL, HEADERS("Content-Type: text/csv") };
	struct answer answer;
	char          file[512] = "\xFF\xFE";

	call.body = file;
	call.length = 2;
	for (; *text != '\0' && call.length < sizeof file; call.length += 2)
		file[call.length] = *text++;
	api_calls(&call, 1, &answer);
	return answer;
}

/* Packed, as a form, and what is no such file. */
static void
test_ways_to_send_it(void)
{
	struct call   call = { "POST", "/settlements?provider=stripe", NULL, NULL, HEADERS("Content-Type: application/gzip") };
	struct answer answer;
	struct file   packed;
	const char   *file, *id;

	need_people();
	file = form("%s%s", HEAD, row(fresh_id(), 0, -200, 0, "fee", "x", ""));
	packed = gzip_new(file);
	call.token = accountant.access;
	call.body = packed.bytes;
	call.length = packed.length;
	api_calls(&call, 1, &answer);
	EXPECT(answer, 202);
	CHECK_INT(number_at(&answer, "bytes"), strlen(file));
	WAIT_FOR("done", "SELECT status FROM settlements WHERE id = '%s'", text_at(&answer, "id"));
	/* The same content, unpacked, is the same file. */
	EXPECT_PROBLEM(send_file("stripe", file), 409, "settlement_known");
	file = form(
	    "--b\r\nContent-Disposition: form-data; name=\"provider\"\r\n\r\npaystack\r\n--b\r\nContent-Disposition: form-data; "
	    "name=\"file\"; filename=\"may.csv\"\r\nContent-Type: text/csv\r\n\r\nid;reference;amount;fees;currency;paid_at\r\n"
	    "%s;nobody;100;1;NGN;\r\n\r\n--b--\r\n",
	    fresh_id());
	answer =
	    api_call("POST", "/settlements", accountant.access, file, HEADERS("Content-Type: multipart/form-data; boundary=b"));
	EXPECT(answer, 202);
	CHECK_TEXT(text_at(&answer, "file_name"), "may.csv");
	CHECK_TEXT(text_at(&answer, "provider"), "paystack");
	id = text_at(&answer, "id");
	WAIT_FOR("done", "SELECT status FROM settlements WHERE id = '%s'", id);
	CHECK_TEXT(differences(id), "missing_here 1 1.00 NGN -");
	answer = send_file("stripe", form("one,two\n%s,2\n", fresh_id()));
	EXPECT(answer, 202);
	id = text_at(&answer, "id");
	WAIT_FOR("failed", "SELECT status FROM settlements WHERE id = '%s'", id);
	answer = report(id, "");
	CHECK(strstr(text_at(&answer, "settlement.fault"), "'balance_transaction_id'") != NULL);
	/* Not read as noise: what it is in is said. */
	answer = send_utf16(form("\"RH\",\"%s\"\n\"CH\",\"TransactionID\"\n", fresh_id()));
	EXPECT(answer, 202);
	id = text_at(&answer, "id");
	WAIT_FOR("failed", "SELECT status FROM settlements WHERE id = '%s'", id);
	answer = report(id, "");
	CHECK(strstr(text_at(&answer, "settlement.fault"), "UTF-16") != NULL);
	EXPECT_FAULT(send_file("cod", "a\n"), "provider");
	EXPECT_FAULT(api_call("POST", "/settlements", accountant.access, "a\n", HEADERS("Content-Type: text/csv")), "provider");
	EXPECT_PROBLEM(api_call("POST", "/settlements?provider=stripe", seller.access, "a\n", HEADERS("Content-Type: text/csv")),
	    403, "forbidden");
	EXPECT_PROBLEM(
	    api_call("POST", "/settlements?provider=stripe", accountant.access, "a\n", HEADERS("Content-Type: text/plain")), 415,
	    "unsupported_media_type");
}

/* As if the payment had been made at another provider, which calls it and what it took by these names. */
static struct attempt
paid_at(const char *provider, const char *transaction, const char *charge)
{
	struct attempt attempt = paid();

	sql_run("UPDATE payments SET provider = '%s', provider_transaction_id = '%s', provider_charge = '%s', fee_minor = NULL, "
		"fee_currency = NULL, next_check_at = NULL WHERE reference = '%s'",
	    provider, transaction, charge, attempt.reference);
	return attempt;
}

static void
check_settled(const char *provider, const char *file, const struct attempt *attempt, int64_t fee, const char *expected)
{
	struct answer answer = send_file(provider, file);
	const char   *id;

	EXPECT(answer, 202);
	id = text_at(&answer, "id");
	WAIT_FOR("done", "SELECT status FROM settlements WHERE id = '%s'", id);
	CHECK_TEXT(differences(id), expected);
	CHECK_INT(sql_number("SELECT matched FROM settlements WHERE id = '%s'", id), 1);
	CHECK_INT(posted_fee(attempt), fee);
}

/* PayPal's file names a payment by our reference, Razorpay's by its order, Paystack's by its reference; and what was taken by its own id. */
static void
test_names_of_other_providers(void)
{
	const char    *id = fresh_id();
	struct attempt attempt = paid_at("razorpay", form("order_%s", id), form("pay_%s", id));
	double         total = (double)attempt.total / 100;

	check_settled("razorpay",
	    form(
		"transaction_entity,entity_id,amount,currency,fee (exclusive tax),tax,debit,credit,entity_created_at,order_id,dispute_id\n"
		"payment,pay_%s,%.2f,USD,0.50,0.09,0.00,%.2f,,order_%s,\npayment,pay_other%s,%.2f,USD,0.50,0.09,0.00,%.2f,,order_%s,\n",
		id, total, total - 0.59, id, id, total, total - 0.59, id),
	    &attempt, 59, form("missing_here 2 %.2f USD -", total));
	attempt = paid_at("paypal", form("ORDER%s", id), form("CAPTURE%s", id));
	check_settled("paypal",
	    form(
		"\"RH\",2026/01/03 02:44:19 -0800,\"A\",\"M\",009,\n\"CH\",\"Transaction ID\",\"Transaction Event Code\",\"Transaction Debit or "
		"Credit\",\"Gross Transaction Amount\",\"Gross Transaction Currency\",\"Fee Debit or Credit\",\"Fee Amount\",\"Fee "
		"Currency\",\"Custom Field\"\n\"SB\",\"CAPTURE%s\",\"T0006\",\"CR\",%lld,\"USD\",\"DR\",85,\"USD\",\"%s\"\n\"FF\",1\n",
		id, (long long)attempt.total, attempt.reference),
	    &attempt, 85, "");
	attempt = paid_at("paystack", form("T%s", id), "");
	check_settled("paystack",
	    form("id,reference,amount,fees,currency,paid_at\n%.10s,%s,%lld,77,USD,\n", id, attempt.reference,
		(long long)attempt.total),
	    &attempt, 77, "");
}

/* What a file's row has posted as a fee. */
static int64_t
posted_for(const char *row_key)
{
	return sql_number("SELECT IFNULL(SUM(e.amount_minor), 0) FROM settlement_rows r JOIN ledger_transactions t "
			  "ON t.source_id = r.id JOIN ledger_entries e ON e.transaction_id = t.id JOIN ledger_accounts a "
			  "ON a.id = e.account_id WHERE r.row_key = '%s' AND a.kind = 'fee'",
	    row_key);
}

/* The dispute has posted what it costs: the file's row is compared only; of a dispute that nobody knows it is posted. */
static void
test_fees_of_disputes(void)
{
	struct attempt attempt = paid();
	const char    *id = fresh_id(), *settlement, *name;
	struct answer  answer;
	int64_t        fee;

	CHECK_INT(sandbox_post(form("/sandbox/stripe/dispute/%s", attempt.transaction), NULL), 200);
	WAIT_FOR("1",
	    "SELECT MAX(d.fee_minor > 0) FROM disputes d JOIN payments p ON p.id = d.payment_id WHERE p.reference = '%s'",
	    attempt.reference);
	name = sql_text(
	    "SELECT d.provider_dispute_id FROM disputes d JOIN payments p ON p.id = d.payment_id WHERE p.reference = '%s'",
	    attempt.reference);
	fee = sql_number("SELECT fee_minor FROM disputes WHERE provider_dispute_id = '%s'", name);
	settlement = settled(form("%s%s%s%s", HEAD, row(form("%sa", id), 0, -fee, 0, "fee", name, ""),
	    row(form("%sb", id), 0, -fee - 1, 0, "fee", name, ""), row(form("%sc", id), 0, -500, 0, "fee", "du_nobody", "")));
	CHECK_TEXT(differences(settlement), form("fee 2 %.2f USD %.2f USD", (double)(fee + 1) / 100, (double)fee / 100));
	CHECK_INT(posted_for(form("txn_%sa", id)), 0);
	CHECK_INT(posted_for(form("txn_%sb", id)), 0);
	CHECK_INT(posted_for(form("txn_%sc", id)), 500);
	answer = report(settlement, "");
	CHECK_INT(number_at(&answer, "settlement.matched"), 2);
	CHECK_TEXT(text_at(&answer, "settlement.sums.1.kind"), "dispute_fee");
	CHECK_TEXT(text_at(&answer, "settlement.sums.1.fee"), form("%.2f", (double)(2 * fee + 1) / 100));
	/* PayPal names the case, or what was paid. */
	attempt = paid_at("paypal", form("ORDER%s", id), form("CAPTURE%s", id));
	name = sql_text("SELECT UUID()");
	sql_run("INSERT INTO disputes (id, payment_id, provider, provider_dispute_id, status, amount_minor, currency) "
		"SELECT '%s', id, 'paypal', 'PP-%s', 'closed', 500, 'USD' FROM payments WHERE reference = '%s'",
	    name, id, attempt.reference);
	answer = send_file("paypal",
	    form("\"CH\",\"Transaction ID\",\"Transaction Event Code\",\"Transaction Debit or Credit\",\"Gross Transaction "
		 "Amount\",\"Gross Transaction Currency\",\"Fee Debit or Credit\",\"Fee Amount\",\"PayPal Reference ID\"\n"
		 "\"SB\",\"A%s\",\"T0106\",\"DR\",800,\"USD\",\"\",,\"CAPTURE%s\"\n"
		 "\"SB\",\"B%s\",\"T0114\",\"DR\",700,\"USD\",\"\",,\"PP-%s\"\n"
		 "\"SB\",\"C%s\",\"T0114\",\"DR\",600,\"USD\",\"\",,\"PP-other\"\n",
		id, id, id, id, id));
	EXPECT(answer, 202);
	settlement = text_at(&answer, "id");
	WAIT_FOR("done", "SELECT status FROM settlements WHERE id = '%s'", settlement);
	CHECK_TEXT(differences(settlement), "");
	CHECK_INT(posted_for(form("A%s:T0106", id)), 800); /* the dispute tells no fee: the file does */
	CHECK_INT(posted_for(form("B%s:T0114", id)), 700);
	CHECK_INT(posted_for(form("C%s:T0114", id)), 600);
}

/* What the books have as the dispute's fee, whoever told it. */
static int64_t
fee_in_books(const char *name)
{
	return sql_number(
	    "SELECT IFNULL(SUM(e.amount_minor), 0) FROM ledger_transactions t JOIN ledger_entries e "
	    "ON e.transaction_id = t.id JOIN ledger_accounts a ON a.id = e.account_id WHERE a.kind = 'fee' AND t.source_id IN "
	    "(SELECT o.id FROM dispute_postings o JOIN disputes d ON d.id = o.dispute_id WHERE d.provider_dispute_id = '%s' "
	    "UNION SELECT o.undone_by FROM dispute_postings o JOIN disputes d ON d.id = o.dispute_id "
	    "WHERE d.provider_dispute_id = '%s' UNION SELECT f.row_id FROM filed_dispute_fees f WHERE f.named = '%s' "
	    "UNION SELECT f.undone_by FROM filed_dispute_fees f WHERE f.named = '%s')",
	    name, name, name, name);
}

static void
ask_about(const struct attempt *attempt)
{
	sql_run("UPDATE payments SET next_check_at = NOW(3) - INTERVAL 1 DAY WHERE reference = '%s'", attempt->reference);
	run_job_now("reconcile_payments");
}

/* The file is read before the dispute is heard of, and again after it: its fees are in the books once. */
static void
test_fee_is_told_by_file_first(void)
{
	struct attempt attempt = paid();
	const char    *id = fresh_id(), *name, *settlement;
	struct answer  answer;

	sandbox_switch(attempt.transaction, "{\"webhook_never\": true}");
	answer = sandbox_call(form("/sandbox/stripe/dispute/%s", attempt.transaction), "{}");
	EXPECT(answer, 200);
	name = text_at(&answer, "id");
	settlement =
	    settled(form("%s%s%s", HEAD, row(form("%s1", id), 0, -attempt.total, 1500, "dispute", name, attempt.transaction),
		row(form("%s2", id), 0, -1500, 0, "fee", name, "")));
	CHECK_TEXT(differences(settlement), form("missing_here 1 -%.2f USD -", (double)attempt.total / 100));
	CHECK_INT(fee_in_books(name), 3000);
	ask_about(&attempt);
	WAIT_FOR("1500", "SELECT fee_minor FROM disputes WHERE provider_dispute_id = '%s'", name);
	CHECK_INT(fee_in_books(name), 1500); /* contesting it has cost nothing yet, as far as the provider tells */
	EXPECT(api_post(form("/disputes/%s/evidence", sql_text("SELECT id FROM disputes WHERE provider_dispute_id = '%s'", name)),
		   admin.access, "{\"text\": \"a letter\"}"),
	    200);
	CHECK_INT(sql_number("SELECT fee_minor FROM disputes WHERE provider_dispute_id = '%s'", name), 3000);
	CHECK_INT(fee_in_books(name), 3000);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM settlement_rows r JOIN disputes d ON d.id = r.subject_id "
			     "WHERE d.provider_dispute_id = '%s' AND r.posted",
		      name),
	    2);
	/* Of a contested one each row tells its part of the whole. */
	settlement =
	    settled(form("%s%s%s%s", HEAD, row(form("%s3", id), 0, -attempt.total, 1500, "dispute", name, attempt.transaction),
		row(form("%s4", id), 0, -1500, 0, "fee", name, ""),
		row(form("%s5", id), 0, -attempt.total, 3001, "dispute", name, attempt.transaction)));
	CHECK_TEXT(differences(settlement), "fee 3 30.01 USD 30.00 USD");
	CHECK_INT(fee_in_books(name), 3000);
}

/* An inquiry costs nothing, and tells no fee: one that the file has is posted until the dispute that it becomes tells its own. */
static void
test_fee_of_an_inquiry(void)
{
	struct attempt attempt = paid();
	const char    *id = fresh_id(), *name;

	CHECK_INT(sandbox_post(form("/sandbox/stripe/inquiry/%s", attempt.transaction), NULL), 200);
	WAIT_FOR("inquiry", "SELECT d.status FROM disputes d JOIN payments p ON p.id = d.payment_id WHERE p.reference = '%s'",
	    attempt.reference);
	name = sql_text(
	    "SELECT d.provider_dispute_id FROM disputes d JOIN payments p ON p.id = d.payment_id WHERE p.reference = '%s'",
	    attempt.reference);
	CHECK_TEXT(differences(settled(form("%s%s", HEAD, row(form("%s1", id), 0, -1500, 0, "fee", name, "")))), "");
	CHECK_INT(fee_in_books(name), 1500);
	CHECK_INT(sandbox_post(form("/sandbox/stripe/dispute/%s", name), NULL), 200);
	WAIT_FOR("1500", "SELECT fee_minor FROM disputes WHERE provider_dispute_id = '%s'", name);
	CHECK_INT(fee_in_books(name), 1500);
}

/* A part of a file, then all of it as a spreadsheet writes it, with a row in another currency: each row counts once. */
static void
test_a_part_and_then_the_whole(void)
{
	struct attempt one = paid(), other = paid(), abroad = paid();
	const char    *id = fresh_id(), *first, *whole, *settlement;

	sql_run("UPDATE payments SET fee_minor = NULL, fee_currency = NULL WHERE reference IN ('%s', '%s', '%s')", one.reference,
	    other.reference, abroad.reference);
	first = row(form("%sa", id), 0, one.total, 88, "charge", "ch_1", one.transaction);
	settlement = settled(form("%s%s", HEAD, first));
	CHECK_TEXT(differences(settlement), "");
	CHECK_INT(posted_fee(&one), 88);
	whole = form(
	    "\xef\xbb\xbf\"balance_transaction_id\",\"Created_UTC\",currency,gross,fee,net,\"reporting_category\",source_id,"
	    "charge_id,payment_intent_id\r\n"
	    "\"txn_%sa\",,usd,\"%.2f\",0.88,%.2f,charge,ch_1,,%s\r\n"
	    "\"txn_%sb\",,usd,\"%.2f\",0.77,%.2f,\"charge\",\"ch \"\"2\"\"\",,%s\r\n"
	    "\"txn_%sc\",,usd,\"%.2f\",0.77,%.2f,\"charge\",ch_2,,%s\r\n"
	    "txn_%sd,,eur,\"%.2f\",0.66,%.2f,charge,ch_3,,%s\r\n",
	    id, (double)one.total / 100, (double)(one.total - 88) / 100, one.transaction, id, (double)other.total / 100,
	    (double)(other.total - 77) / 100, other.transaction, id, (double)other.total / 100, (double)(other.total - 77) / 100,
	    other.transaction, id, (double)abroad.total / 100, (double)(abroad.total - 66) / 100, abroad.transaction);
	settlement = settled(whole);
	CHECK_TEXT(differences(settlement),
	    form("duplicate 1 %.2f USD -; malformed 2 has no valid id -; currency 4 %.2f EUR %.2f USD", (double)one.total / 100,
		(double)abroad.total / 100, (double)abroad.total / 100));
	CHECK_INT(posted_fee(&one), 88);
	CHECK_INT(posted_fee(&other), 77);
	CHECK_INT(
	    sql_number("SELECT fee_minor FROM payments WHERE reference = '%s' AND fee_currency = 'EUR'", abroad.reference), 66);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM settlement_rows WHERE row_key LIKE 'txn_%s_'", id), 3);
}

static void
test_many_steps(void)
{
	enum { ROWS = 1203 };
	const char   *id = fresh_id(), *day = sql_text("SELECT UTC_DATE() - INTERVAL 390 DAY"), *settlement;
	size_t        room = 200 * ROWS + 1000, length;
	char         *file = calloc(1, room);
	struct answer answer;

	need_people();
	REQUIRE(file != NULL);
	length = (size_t)snprintf(file, room, "%s", HEAD);
	for (int i = 0; i < ROWS; i++)
		length += (size_t)snprintf(file + length, room - length,
		    "txn_%s_%d,%s 00:00:00,usd,1.00,0.10,0.90,charge,ch,,pi_%s_%d\n", id, i, day, id, i);
	settlement = settled(file);
	free(file);
	answer = report(settlement, "");
	CHECK_INT(number_at(&answer, "settlement.rows"), ROWS);
	CHECK_INT(number_at(&answer, "settlement.differences"), ROWS);
	CHECK_TEXT(text_at(&answer, "settlement.sums.0.gross"), form("%d.00", ROWS));
	CHECK_INT(sql_number("SELECT COUNT(DISTINCT number) FROM settlement_rows WHERE settlement_id = '%s'", settlement), ROWS);
}

static void
test_books_are_consistent(void)
{
	EXPECT_CONSISTENT();
}

SUITE("api: settlements", TEST(test_everything_agrees), TEST(test_fee_is_adjusted_once), TEST(test_differences),
    TEST(test_rows_of_a_dispute), TEST(test_rows_of_a_bounced_refund), TEST(test_missing_with_them),
    TEST(test_dates_that_cannot_be), TEST(test_ways_to_send_it), TEST(test_names_of_other_providers), TEST(test_fees_of_disputes),
    TEST(test_fee_is_told_by_file_first), TEST(test_fee_of_an_inquiry), TEST(test_a_part_and_then_the_whole),
    TEST(test_many_steps), TEST(test_books_are_consistent))
