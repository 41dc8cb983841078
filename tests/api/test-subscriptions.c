/* Subscriptions that are paid by links: states, periods, and who may do what. */
#include "tests/api/subscribing.h"

#include <string.h>

static struct person seller, other, customer, stranger, admin, accountant;
static const char   *monthly, *trial;

static void
need_people(void)
{
	if (seller.id != NULL)
		return;
	seller = person_new("shopkeeper");
	other = person_new("shopkeeper");
	customer = person_new("customer");
	stranger = person_new("customer");
	admin = person_new("admin");
	accountant = person_new("accountant");
	monthly = plan_new(&seller, "12.00", "\"every\": \"month\"");
	trial = plan_new(&seller, "12.00", "\"every\": \"month\", \"trial_days\": 14");
}

static struct answer
act(const char *id, const char *what, const struct person *person, const char *body)
{
	return api_post(form("/subscriptions/%s/%s", id, what), person->access, body);
}

static const char *
state_of(const char *id)
{
	return sql_text("SELECT status FROM subscriptions WHERE id = '%s'", id);
}

static int64_t
seconds_until(const char *column, const char *id)
{
	return sql_number("SELECT TIMESTAMPDIFF(SECOND, NOW(3), %s) FROM subscriptions WHERE id = '%s'", column, id);
}

/* Nothing is given before the first period is paid; what is paid is booked like every payment. */
static void
test_paid_by_its_link(void)
{
	struct answer answer;
	const char   *id, *payment;

	need_people();
	id = subscription_new(&customer, monthly, ", \"metadata\": {\"box\": \"A-7\"}");
	answer = subscription_of(&customer, id);
	CHECK_TEXT(text_at(&answer, "status"), "past_due");
	CHECK_TEXT(text_at(&answer, "metadata.box"), "A-7");
	CHECK_TEXT(text_at(&answer, "period.status"), "due");
	CHECK_TEXT(text_at(&answer, "period.amount"), "12.00");
	CHECK(strstr(text_at(&answer, "payment_url"), text_at(&answer, "period.payment_reference")) != NULL);
	CHECK_INT(subscription_events(id, "created"), 1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM audit_records WHERE subject_id = '%s' AND action = 'subscription.created' AND "
			     "actor_id = '%s' AND before_state IS NULL",
		      id, customer.id),
	    1);
	CHECK_INT(subscription_events(id, "payment_asked"), 1);
	subscription_pay_link(id);
	answer = subscription_of(&customer, id);
	CHECK_TEXT(text_at(&answer, "status"), "active");
	CHECK_TEXT(text_at(&answer, "period.status"), "paid");
	CHECK(!has_at(&answer, "payment_url"));
	CHECK_TEXT(text_at(&answer, "period.starts_at"), text_at(&answer, "current_period_start"));
	CHECK_TEXT(text_at(&answer, "period.ends_at"), text_at(&answer, "current_period_end"));
	CHECK(seconds_until("current_period_end", id) > 27 * 86400);
	CHECK_INT(subscription_events(id, "charged"), 1);
	payment = sql_text("SELECT payment_id FROM subscription_periods WHERE subscription_id = '%s'", id);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM payments p WHERE p.id = '%s' AND p.status = 'succeeded' AND p.merchant_id = '%s'",
		payment, seller.merchant),
	    1);
	CHECK_INT(
	    sql_number("SELECT SUM(e.amount_minor) FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id "
		       "JOIN ledger_accounts a ON a.id = e.account_id WHERE t.payment_id = '%s' AND a.kind = 'merchant'",
		payment),
	    -1140);
	EXPECT_CONSISTENT();
}

static void
test_trial(void)
{
	struct answer answer;
	const char   *id, *again;

	need_people();
	id = subscription_new(&customer, trial, "");
	answer = subscription_of(&customer, id);
	CHECK_TEXT(text_at(&answer, "status"), "trialing");
	CHECK(!has_at(&answer, "period"));
	CHECK(seconds_until("current_period_end", id) > 14 * 86400 - 600);
	/* Once for each customer. */
	again = subscription_new(&customer, trial, "");
	CHECK_TEXT(state_of(again), "past_due");
	EXPECT(act(again, "cancel", &customer, "{}"), 200);
	/* The trial ends, and the first period begins where it does. */
	subscription_run_out(id);
	answer = subscription_of(&customer, id);
	CHECK_TEXT(text_at(&answer, "status"), "trialing");
	CHECK_TEXT(text_at(&answer, "period.status"), "due");
	CHECK(has_at(&answer, "payment_url"));
	subscription_pay_link(id);
	CHECK_TEXT(state_of(id), "active");
}

/* ---- the table of states: what each act does in each state, and 409 with the state elsewhere ---- */

static const char *
in_state(const char *state)
{
	const char *id;

	if (strcmp(state, "trialing") == 0)
		return subscription_new((struct person[]) { person_new("customer") }, trial, "");
	if (strcmp(state, "past_due") == 0)
		return subscription_new(&customer, monthly, "");
	id = subscription_active(&customer, monthly);
	if (strcmp(state, "paused") == 0)
		EXPECT(act(id, "pause", &customer, NULL), 200);
	if (strcmp(state, "cancelled") == 0)
		EXPECT(act(id, "cancel", &customer, "{}"), 200);
	if (strcmp(state, "ended") == 0) {
		EXPECT(act(id, "cancel", &customer, "{\"at_period_end\": true}"), 200);
		subscription_run_out(id);
	}
	CHECK_TEXT(state_of(id), state);
	return id;
}

static void
test_every_pair_of_states(void)
{
	static const struct {
		const char *act, *body;
		const char *becomes[6]; /* from trialing, active, past_due, paused, cancelled, ended; NULL: 409 */
	} acts[] = {
		{ "pause", NULL, { "paused", "paused", NULL, NULL, NULL, NULL } },
		{ "resume", NULL, { NULL, NULL, NULL, "active", NULL, NULL } },
		{ "cancel", "{}", { "cancelled", "cancelled", "cancelled", "cancelled", NULL, NULL } },
		{ "cancel", "{\"at_period_end\": true}", { "trialing", "active", "past_due", "paused", NULL, NULL } },
		{ "change", "PLAN", { "trialing", "active", "past_due", "paused", NULL, NULL } },
	};
	static const char *const states[] = { "trialing", "active", "past_due", "paused", "cancelled", "ended" };
	const char              *cheap;

	need_people();
	cheap = plan_new(&seller, "5.00", "\"every\": \"month\"");
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
		for (size_t k = 0; k < 6; k++) {
			const char   *id = in_state(states[k]), *body = acts[i].body;
			struct answer answer;

			if (body != NULL && strcmp(body, "PLAN") == 0)
				body = form("{\"plan_id\": \"%s\"}", cheap);
			answer = act(id, acts[i].act, &seller, body);
			if (acts[i].becomes[k] != NULL) {
				EXPECT(answer, 200);
				CHECK_TEXT(text_at(&answer, "status"), acts[i].becomes[k]);
				continue;
			}
			EXPECT_PROBLEM(answer, 409, "subscription_state");
			CHECK_TEXT(text_at(&answer, "details.status.0"), form("is %s", states[k]));
			CHECK_TEXT(state_of(id), states[k]);
		}
}

static void
test_whose(void)
{
	const char *id, *path;

	need_people();
	id = subscription_active(&customer, monthly);
	path = form("/subscriptions/%s", id);
	EXPECT(api_get(path, seller.access), 200);
	EXPECT(api_get(path, admin.access), 200);
	EXPECT(api_get(path, accountant.access), 200);
	EXPECT_PROBLEM(api_get(path, stranger.access), 404, "not_found");
	EXPECT_PROBLEM(api_get(path, other.access), 404, "not_found");
	EXPECT_PROBLEM(act(id, "cancel", &stranger, "{}"), 404, "not_found");
	EXPECT_PROBLEM(act(id, "pause", &other, NULL), 404, "not_found");
	EXPECT_PROBLEM(act(id, "resume", &other, NULL), 404, "not_found");
	EXPECT_PROBLEM(act(id, "change", &stranger, form("{\"plan_id\": \"%s\"}", monthly)), 404, "not_found");
	EXPECT(act(id, "pause", &admin, NULL), 200);
	for (size_t i = 0; i < 4; i++) {
		const struct person *reader = (const struct person *[]) { &customer, &seller, &accountant, &stranger }[i];
		struct answer        answer = api_get("/subscriptions?limit=100&status=paused", reader->access);
		bool                 found = false;

		EXPECT(answer, 200);
		for (size_t k = 0; k < length_at(&answer, "results"); k++)
			found = found || strcmp(text_at(&answer, form("results.%zu.id", k)), id) == 0;
		CHECK(found == (i < 3));
	}
}

static void
test_refused(void)
{
	const char *archived, *of_other;

	need_people();
	archived = plan_new(&seller, "3.00", "\"every\": \"week\"");
	of_other = plan_new(&other, "3.00", "\"every\": \"week\"");
	EXPECT(api_patch(form("/plans/%s", archived), seller.access, "{\"status\": \"archived\"}"), 200);
	EXPECT_PROBLEM(
	    api_post("/subscriptions", customer.access, form("{\"plan_id\": \"%s\"}", archived)), 409, "plan_archived");
	EXPECT_PROBLEM(api_post("/subscriptions", customer.access, "{\"plan_id\": \"01890000-0000-7000-8000-00000000dead\"}"),
	    404, "not_found");
	EXPECT_FAULT(api_post("/subscriptions", customer.access, "{}"), "plan_id");
	EXPECT_PROBLEM(
	    act(subscription_new(&customer, monthly, ""), "change", &customer, form("{\"plan_id\": \"%s\"}", of_other)), 404,
	    "not_found");
	EXPECT(api_post(form("/merchants/%s/suspend", other.merchant), admin.access, NULL), 200);
	EXPECT_PROBLEM(
	    api_post("/subscriptions", customer.access, form("{\"plan_id\": \"%s\"}", of_other)), 403, "merchant_inactive");
}

/* An archived plan goes on for who has it; another counts from the next period, whose amount it is. */
static void
test_change_of_plan(void)
{
	const char   *id, *cheap, *dear, *yearly;
	struct answer answer;

	need_people();
	cheap = plan_new(&seller, "7.00", "\"every\": \"week\", \"count\": 6");
	dear = plan_new(&seller, "99.00", "\"every\": \"month\"");
	yearly = plan_new(&seller, "100.00", "\"every\": \"year\"");
	id = subscription_active(&customer, monthly);
	EXPECT_PROBLEM(act(id, "change", &seller, form("{\"plan_id\": \"%s\"}", dear)), 403, "forbidden");
	EXPECT_PROBLEM(act(id, "change", &seller, form("{\"plan_id\": \"%s\"}", yearly)), 403, "forbidden");
	EXPECT_PROBLEM(act(id, "change", &admin, form("{\"plan_id\": \"%s\"}", dear)), 403, "forbidden");
	answer = act(id, "change", &customer, form("{\"plan_id\": \"%s\"}", dear));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "next_plan_id"), dear);
	CHECK_TEXT(text_at(&answer, "plan.id"), monthly);
	answer = act(id, "change", &customer, form("{\"plan_id\": \"%s\"}", cheap));
	EXPECT(answer, 200);
	/* What the customer has chosen is not undone by the seller, though it costs no more than today. */
	EXPECT_PROBLEM(act(id, "change", &seller, form("{\"plan_id\": \"%s\"}", monthly)), 403, "forbidden");
	EXPECT(api_patch(form("/plans/%s", cheap), seller.access, "{\"status\": \"archived\"}"), 200);
	subscription_run_out(id);
	answer = subscription_of(&customer, id);
	CHECK_TEXT(text_at(&answer, "plan.id"), cheap);
	CHECK(!has_at(&answer, "next_plan_id"));
	CHECK_TEXT(text_at(&answer, "period.amount"), "7.00");
	CHECK_INT(number_at(&answer, "period.number"), 2);
	CHECK_INT(
	    sql_number("SELECT TIMESTAMPDIFF(DAY, starts_at, ends_at) FROM subscription_periods WHERE subscription_id = '%s' "
		       "AND number = 2",
		id),
	    42);
	subscription_pay_link(id);
	/* And on it goes. */
	subscription_run_out(id);
	answer = subscription_of(&customer, id);
	CHECK_INT(number_at(&answer, "period.number"), 3);
	/* Back to the present plan is no change. */
	EXPECT_PROBLEM(act(id, "change", &customer, form("{\"plan_id\": \"%s\"}", cheap)), 409, "plan_archived");
}

/* Three days to pay by the link, then it is past due; four reminders, then it ends, and the link with it. */
static void
test_link_is_not_paid(void)
{
	static const int days[] = { 1, 3, 5, 7 };
	const char      *id, *reference;

	need_people();
	id = subscription_active(&customer, monthly);
	subscription_run_out(id);
	CHECK_TEXT(state_of(id), "active");
	CHECK_INT(subscription_events(id, "payment_asked"), 2);
	reference =
	    sql_text("SELECT payment_reference FROM subscription_periods WHERE subscription_id = '%s' AND status = 'due'", id);
	CHECK_INT(
	    sql_number("SELECT TIMESTAMPDIFF(HOUR, NOW(3), asked_until) FROM subscription_periods WHERE subscription_id = '%s' "
		       "AND status = 'due'",
		id),
	    71);
	sql_run("UPDATE subscription_periods SET asked_until = NOW(3) WHERE subscription_id = '%s' AND status = 'due'", id);
	for (size_t i = 0; i < 4; i++) {
		subscription_renew(id);
		CHECK_TEXT(state_of(id), "past_due");
		CHECK_INT(subscription_events(id, "charge_failed"), i + 1);
		CHECK_INT(sql_number(
			      "SELECT ROUND(TIMESTAMPDIFF(SECOND, failed_at, next_attempt_at) / 86400) FROM subscription_periods "
			      "WHERE subscription_id = '%s' AND status = 'due'",
			      id),
		    days[i]);
		sql_run(
		    "UPDATE subscription_periods SET next_attempt_at = NOW(3) WHERE subscription_id = '%s' AND status = 'due'",
		    id);
	}
	subscription_renew(id);
	CHECK_TEXT(state_of(id), "ended");
	CHECK_INT(subscription_events(id, "charge_failed"), 5);
	CHECK_INT(subscription_events(id, "ended"), 1);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM subscription_periods WHERE subscription_id = '%s' AND status = 'void'", id), 1);
	WAIT_FOR("cancelled", "SELECT status FROM payment_requests WHERE reference = '%s'", reference);
	EXPECT_CONSISTENT();
}

/* The merchant may cancel what was asked for, but not what is due: another link follows. */
static void
test_link_is_cancelled_by_its_merchant(void)
{
	const char *id, *reference;

	need_people();
	id = subscription_active(&customer, monthly);
	subscription_run_out(id);
	reference =
	    sql_text("SELECT payment_reference FROM subscription_periods WHERE subscription_id = '%s' AND status = 'due'", id);
	EXPECT(api_put(form("/payments/%s/status", reference), seller.access,
		   "{\"status\": \"cancelled\", \"reason\": \"a mistake\"}"),
	    200);
	sql_run("UPDATE subscription_periods SET asked_until = NOW(3) WHERE subscription_id = '%s' AND status = 'due'", id);
	subscription_renew(id);
	CHECK_TEXT(state_of(id), "past_due");
	sql_run("UPDATE subscription_periods SET next_attempt_at = NOW(3) WHERE subscription_id = '%s' AND status = 'due'", id);
	subscription_renew(id);
	CHECK_INT(subscription_events(id, "payment_asked"), 3);
	subscription_pay_link(id);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM subscription_periods WHERE subscription_id = '%s' AND status = 'paid'", id), 2);
}

/* The anchor stays, and what went by without goods is not charged. */
static void
test_link_is_paid_late(void)
{
	const char *daily, *id, *anchor;

	need_people();
	daily = plan_new(&seller, "1.00", "\"every\": \"day\"");
	id = subscription_active(&customer, daily);
	subscription_run_out(id);
	sql_run("UPDATE subscription_periods SET asked_until = NOW(3) WHERE subscription_id = '%s' AND status = 'due'", id);
	subscription_renew(id);
	CHECK_TEXT(state_of(id), "past_due");
	/* As if that had been five days ago. */
	sql_run("UPDATE subscription_periods SET starts_at = starts_at - INTERVAL 5 DAY, ends_at = ends_at - INTERVAL 5 DAY, "
		"failed_at = failed_at - INTERVAL 5 DAY WHERE subscription_id = '%s'",
	    id);
	sql_run(
	    "UPDATE subscriptions SET current_period_start = current_period_start - INTERVAL 5 DAY, anchor_at = anchor_at - INTERVAL 5 DAY, "
	    "current_period_end = current_period_end - INTERVAL 5 DAY WHERE id = '%s'",
	    id);
	anchor = sql_text("SELECT TIME(current_period_end) FROM subscriptions WHERE id = '%s'", id);
	subscription_pay_link(id);
	CHECK_TEXT(sql_text("SELECT TIME(current_period_end) FROM subscriptions WHERE id = '%s'", id), anchor);
	CHECK(seconds_until("current_period_end", id) > 0 && seconds_until("current_period_end", id) <= 86400);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM subscription_periods WHERE subscription_id = '%s'", id), 2);
	subscription_renew(id);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM subscription_periods WHERE subscription_id = '%s'", id), 2);
	EXPECT_CONSISTENT();
}

/* Resumed while what was paid still runs nothing is charged; after it has run out a new period begins now. */
static void
test_paused_and_resumed(void)
{
	struct answer answer;
	const char   *id, *end;

	need_people();
	id = subscription_active(&customer, monthly);
	end = sql_text("SELECT current_period_end FROM subscriptions WHERE id = '%s'", id);
	EXPECT(act(id, "pause", &customer, NULL), 200);
	EXPECT(act(id, "resume", &seller, NULL), 200);
	CHECK_TEXT(sql_text("SELECT current_period_end FROM subscriptions WHERE id = '%s'", id), end);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM subscription_periods WHERE subscription_id = '%s'", id), 1);
	EXPECT(act(id, "pause", &customer, NULL), 200);
	subscription_run_out(id);
	CHECK_TEXT(state_of(id), "paused");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM subscription_periods WHERE subscription_id = '%s'", id), 1);
	answer = act(id, "resume", &customer, NULL);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "active");
	CHECK_TEXT(text_at(&answer, "period.status"), "due");
	CHECK_INT(number_at(&answer, "period.number"), 2);
	CHECK(seconds_until("current_period_end", id) > 27 * 86400);
	/* Paused while the link is out: it is not wanted any more. */
	EXPECT(act(id, "pause", &customer, NULL), 200);
	WAIT_FOR("0",
	    "SELECT COUNT(*) FROM payment_requests r JOIN subscription_periods d ON d.id = r.period_id "
	    "WHERE d.subscription_id = '%s' AND r.status = 'open'",
	    id);
	answer = act(id, "resume", &customer, NULL);
	EXPECT(answer, 200);
	CHECK_INT(number_at(&answer, "period.number"), 3);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM audit_records WHERE subject_id = '%s' AND action IN ('subscription.paused', "
			     "'subscription.resumed')",
		      id),
	    6);
	CHECK_INT(subscription_events(id, "paused"), 3);
	CHECK_INT(subscription_events(id, "resumed"), 3);
	/* A trial that is paused is a trial still. */
	id = in_state("trialing");
	EXPECT(act(id, "pause", &seller, NULL), 200);
	answer = act(id, "resume", &seller, NULL);
	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "period"));
	CHECK(seconds_until("current_period_end", id) > 13 * 86400);
}

static void
test_cancelled(void)
{
	struct answer answer;
	const char   *id, *reference;

	need_people();
	id = subscription_active(&customer, monthly);
	answer = act(id, "cancel", &customer, "{\"at_period_end\": true}");
	EXPECT(answer, 200);
	CHECK(bool_at(&answer, "cancel_at_period_end"));
	CHECK_TEXT(text_at(&answer, "status"), "active");
	CHECK_INT(subscription_events(id, "cancelled"), 0);
	subscription_run_out(id);
	CHECK_TEXT(state_of(id), "ended");
	CHECK_INT(subscription_events(id, "ended"), 1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM subscription_periods WHERE subscription_id = '%s'", id), 1);
	/* Paused for longer than was paid there is nothing to wait for. */
	id = in_state("paused");
	subscription_run_out(id);
	answer = act(id, "cancel", &customer, "{\"at_period_end\": true}");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "ended");
	/* Money that comes all the same is given back. */
	id = subscription_new(&customer, monthly, "");
	reference = sql_text("SELECT payment_reference FROM subscription_periods WHERE subscription_id = '%s'", id);
	answer = api_post(form("/payments/%s/attempts", reference), NULL, "{\"provider\": \"stripe\"}");
	EXPECT(answer, 201);
	sandbox_switch(text_at(&answer, "provider_transaction_id"), "{\"webhook_never\": true}");
	CHECK_INT(sandbox_post(form("/sandbox/stripe/pay/%s", text_at(&answer, "provider_transaction_id")), "force=1"), 200);
	EXPECT(act(id, "cancel", &customer, "{}"), 200);
	WAIT_FOR("refunded",
	    "SELECT p.status FROM payments p JOIN payment_requests r ON r.id = p.request_id WHERE r.reference = '%s'", reference);
	CHECK_TEXT(state_of(id), "cancelled");
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM subscription_periods WHERE subscription_id = '%s' AND status = 'void'", id), 1);
	EXPECT_CONSISTENT();
}

/* Who has cancelled it for the end of its period takes that back in time: it goes on, and is charged. */
static void
test_taken_back(void)
{
	struct answer answer;
	const char   *id;

	need_people();
	id = subscription_active(&customer, monthly);
	EXPECT(act(id, "cancel", &customer, "{\"at_period_end\": true}"), 200);
	EXPECT_PROBLEM(act(id, "resume", &seller, NULL), 403, "forbidden");
	EXPECT_PROBLEM(act(id, "resume", &admin, NULL), 403, "forbidden");
	EXPECT_PROBLEM(act(id, "resume", &stranger, NULL), 404, "not_found");
	answer = act(id, "resume", &customer, NULL);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "active");
	CHECK(!bool_at(&answer, "cancel_at_period_end"));
	CHECK_INT(subscription_events(id, "changed"), 2);
	CHECK_INT(subscription_events(id, "resumed"), 0);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM audit_records WHERE subject_id = '%s' AND action = 'subscription.resumed' AND "
			     "actor_id = '%s'",
		      id, customer.id),
	    1);
	EXPECT_PROBLEM(act(id, "resume", &customer, NULL), 409, "subscription_state");
	/* What the seller has asked for is the seller's, until the customer wants it, too. */
	EXPECT(act(id, "cancel", &seller, "{\"at_period_end\": true}"), 200);
	EXPECT_PROBLEM(act(id, "resume", &customer, NULL), 403, "forbidden");
	EXPECT(act(id, "resume", &seller, NULL), 200);
	EXPECT(act(id, "cancel", &seller, "{\"at_period_end\": true}"), 200);
	EXPECT(act(id, "cancel", &customer, "{\"at_period_end\": true}"), 200);
	EXPECT_PROBLEM(act(id, "resume", &seller, NULL), 403, "forbidden");
	EXPECT(act(id, "resume", &customer, NULL), 200);
	subscription_run_out(id);
	CHECK_TEXT(state_of(id), "active");
	CHECK_INT(subscription_events(id, "payment_asked"), 2);
	/* Of one that is paused the pause is taken back first. */
	subscription_pay_link(id);
	EXPECT(act(id, "cancel", &customer, "{\"at_period_end\": true}"), 200);
	EXPECT(act(id, "pause", &customer, NULL), 200);
	answer = act(id, "resume", &customer, NULL);
	EXPECT(answer, 200);
	CHECK(bool_at(&answer, "cancel_at_period_end"));
	answer = act(id, "resume", &customer, NULL);
	EXPECT(answer, 200);
	CHECK(!bool_at(&answer, "cancel_at_period_end"));
	/* Too late: it has ended, though the job has not come by yet. */
	EXPECT(act(id, "cancel", &customer, "{\"at_period_end\": true}"), 200);
	sql_run("UPDATE subscriptions SET current_period_end = NOW(3), next_action_at = NOW(3) + INTERVAL 1 HOUR WHERE id = '%s'",
	    id);
	answer = act(id, "resume", &customer, NULL);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "ended");
	EXPECT_CONSISTENT();
}

/* By its reference; of a subscription that has one period. */
static const char *
payment_of_period(const char *id)
{
	return sql_text("SELECT p.reference FROM subscription_periods d JOIN payments p ON p.id = d.payment_id "
			"WHERE d.subscription_id = '%s'",
	    id);
}

/* A whole refund leaves the state, but not the right to resume without paying. */
static void
test_refund_of_a_period(void)
{
	struct answer answer;
	const char   *id, *payment;

	need_people();
	id = subscription_active(&customer, monthly);
	payment = payment_of_period(id);
	EXPECT(api_post(form("/payments/%s/refunds", payment), accountant.access, "{\"amount\": \"2.00\", \"reason\": \"late\"}"),
	    201);
	CHECK_TEXT(sql_text("SELECT status FROM subscription_periods WHERE subscription_id = '%s'", id), "paid");
	EXPECT(api_post(form("/payments/%s/refunds", payment), seller.access, "{\"reason\": \"not wanted\"}"), 201);
	WAIT_FOR("refunded", "SELECT status FROM subscription_periods WHERE subscription_id = '%s'", id);
	CHECK_TEXT(state_of(id), "active");
	EXPECT(act(id, "pause", &customer, NULL), 200);
	answer = act(id, "resume", &customer, NULL);
	EXPECT(answer, 200);
	CHECK_INT(number_at(&answer, "period.number"), 2);
	EXPECT_CONSISTENT();
}

/* A shop that does not sell takes no money; what went by meanwhile is not charged. */
static void
test_merchant_suspended(void)
{
	struct person shop;
	const char   *plan, *id;

	need_people();
	shop = person_new("shopkeeper");
	plan = plan_new(&shop, "1.00", "\"every\": \"day\"");
	id = subscription_active(&customer, plan);
	EXPECT(api_post(form("/merchants/%s/suspend", shop.merchant), admin.access, NULL), 200);
	subscription_run_out(id);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM subscription_periods WHERE subscription_id = '%s'", id), 1);
	CHECK_TEXT(state_of(id), "active");
	EXPECT(act(id, "pause", &customer, NULL), 200);
	EXPECT_PROBLEM(act(id, "resume", &customer, NULL), 403, "merchant_inactive");
	sql_run("UPDATE subscriptions SET status = 'active' WHERE id = '%s'", id);
	sql_run("UPDATE subscription_periods SET starts_at = starts_at - INTERVAL 3 DAY, ends_at = ends_at - INTERVAL 3 DAY "
		"WHERE subscription_id = '%s'",
	    id);
	sql_run(
	    "UPDATE subscriptions SET current_period_start = current_period_start - INTERVAL 3 DAY, anchor_at = anchor_at - INTERVAL 3 DAY, "
	    "current_period_end = current_period_end - INTERVAL 3 DAY WHERE id = '%s'",
	    id);
	EXPECT(api_post(form("/merchants/%s/activate", shop.merchant), admin.access, NULL), 200);
	subscription_renew(id);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM subscription_periods WHERE subscription_id = '%s'", id), 2);
	CHECK(seconds_until("current_period_end", id) > 0 && seconds_until("current_period_end", id) <= 86400);
}

static int64_t
periods_of(const char *id)
{
	return sql_number("SELECT COUNT(*) FROM subscription_periods WHERE subscription_id = '%s'", id);
}

/* Asked by a link while its shop is suspended: nothing is done until it sells again; then the period begins anew, and one alone. */
static void
test_merchant_suspended_while_asked(void)
{
	struct person shop;
	const char   *plan, *id;

	need_people();
	shop = person_new("shopkeeper");
	plan = plan_new(&shop, "1.00", "\"every\": \"day\"");
	id = subscription_active(&customer, plan);
	subscription_run_out(id);
	CHECK_INT(subscription_events(id, "payment_asked"), 2);
	EXPECT(api_post(form("/merchants/%s/suspend", shop.merchant), admin.access, NULL), 200);
	sql_run("UPDATE subscription_periods SET starts_at = starts_at - INTERVAL 5 DAY, ends_at = ends_at - INTERVAL 5 DAY, "
		"asked_until = IF(asked_until IS NULL, NULL, NOW(3)) WHERE subscription_id = '%s' ORDER BY number",
	    id);
	sql_run(
	    "UPDATE subscriptions SET current_period_start = current_period_start - INTERVAL 5 DAY, anchor_at = anchor_at - INTERVAL 5 DAY, "
	    "current_period_end = current_period_end - INTERVAL 5 DAY WHERE id = '%s'",
	    id);
	subscription_renew(id);
	CHECK(seconds_until("next_action_at", id) > 1800);
	CHECK_TEXT(state_of(id), "active");
	EXPECT(api_post(form("/merchants/%s/activate", shop.merchant), admin.access, NULL), 200);
	subscription_renew(id);
	CHECK_TEXT(state_of(id), "active");
	CHECK_INT(subscription_events(id, "payment_asked"), 3);
	CHECK_INT(subscription_events(id, "charge_failed"), 0);
	CHECK(seconds_until("current_period_end", id) > 86400 - 600);
	subscription_pay_link(id);
	WAIT_FOR("paid", "SELECT status FROM subscription_periods WHERE subscription_id = '%s' AND number = 2", id);
	subscription_renew(id);
	CHECK_INT(periods_of(id), 2);
	EXPECT_CONSISTENT();
}

/* Who cancelled at the end of what was paid is not charged by resuming: it has ended. */
static void
test_resumed_after_the_end(void)
{
	struct answer answer;
	const char   *id, *payment;

	need_people();
	id = subscription_active(&customer, monthly);
	payment = payment_of_period(id);
	EXPECT(act(id, "cancel", &customer, "{\"at_period_end\": true}"), 200);
	EXPECT(act(id, "pause", &customer, NULL), 200);
	EXPECT(api_post(form("/payments/%s/refunds", payment), seller.access, "{\"reason\": \"not wanted\"}"), 201);
	WAIT_FOR("refunded", "SELECT status FROM subscription_periods WHERE subscription_id = '%s'", id);
	answer = act(id, "resume", &seller, NULL);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "ended");
	CHECK_INT(periods_of(id), 1);
	CHECK_INT(subscription_events(id, "ended"), 1);
	CHECK_INT(subscription_events(id, "resumed"), 0);
}

static void
test_charge_is_announced(void)
{
	const char *id;

	need_people();
	id = subscription_active(&customer, monthly);
	CHECK_INT(subscription_events(id, "charge_coming"), 0);
	sql_run(
	    "UPDATE subscriptions SET current_period_start = NOW(3) - INTERVAL 27 DAY, current_period_end = NOW(3) + INTERVAL 71 HOUR "
	    "WHERE id = '%s'",
	    id);
	subscription_renew(id);
	subscription_renew(id);
	CHECK_INT(subscription_events(id, "charge_coming"), 1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM subscription_periods WHERE subscription_id = '%s'", id), 1);
}

/* The same request again subscribes once, resumes once, charges once. */
static void
test_the_same_request_again(void)
{
	const char   *key = form("Idempotency-Key: %s", fresh_phone() + 1), *body, *id;
	struct answer first, second;

	need_people();
	body = form("{\"plan_id\": \"%s\"}", monthly);
	first = api_call("POST", "/subscriptions", customer.access, body, HEADERS(key));
	second = api_call("POST", "/subscriptions", customer.access, body, HEADERS(key));
	EXPECT(first, 201);
	EXPECT(second, 201);
	CHECK_TEXT(text_at(&first, "id"), text_at(&second, "id"));
	id = text_at(&first, "id");
	subscription_pay_link(id);
	EXPECT(act(id, "pause", &customer, NULL), 200);
	subscription_run_out(id);
	for (int i = 0; i < 2; i++)
		EXPECT(api_call("POST", form("/subscriptions/%s/resume", id), customer.access, NULL, HEADERS(key)), 200);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM subscription_periods WHERE subscription_id = '%s'", id), 2);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payment_requests r JOIN subscription_periods d ON d.id = r.period_id "
			     "WHERE d.subscription_id = '%s'",
		      id),
	    2);
}

SUITE("api: subscriptions", TEST(test_paid_by_its_link), TEST(test_trial), TEST(test_every_pair_of_states), TEST(test_whose),
    TEST(test_refused), TEST(test_change_of_plan), TEST(test_link_is_not_paid), TEST(test_link_is_cancelled_by_its_merchant),
    TEST(test_link_is_paid_late), TEST(test_paused_and_resumed), TEST(test_cancelled), TEST(test_taken_back),
    TEST(test_refund_of_a_period), TEST(test_merchant_suspended), TEST(test_merchant_suspended_while_asked),
    TEST(test_resumed_after_the_end), TEST(test_charge_is_announced), TEST(test_the_same_request_again))
