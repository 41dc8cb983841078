/*
 * What payments have to stand with every provider: workers that die between its call and our commit, an hour of silence, and
 * another provider that hangs.  All of them play at the same moment, so that one kill and one hour are enough.  After each the
 * provider's own count is held against the order, by our reference, so that what nobody here knows of counts too.
 */
#include "tests/conformance/scenes.h"
#include "tests/faults/stack.h"

#include "base/instant.h"

#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	PLAYERS_MAX = 16,
	CALLS_MOST = 64,
	WAIT_MS = 60000,
	LOOK_MS = 20,
	NUDGE_LOOKS = 25,
	PART = 1000,
	HUNG = 5,
	HUNG_AT_ONCE = 3
};

/* One attempt of each provider, in the order of all_means. */
struct cast {
	struct attempt attempts[PLAYERS_MAX];
};

static size_t
players(void)
{
	size_t count = 0;

	while (all_means[count].name != NULL)
		count++;
	REQUIRE(count <= PLAYERS_MAX);
	return count;
}

/* For each provider: `i` is its number, and everything is about it. */
#define FOR_EACH_PROVIDER(i) for (size_t i = 0; all_means[i].name != NULL && (scenes_of(all_means[i].name), true); i++)

/* The attempts' column ("order", "reference"), for IN (...). */
static const char *
orders_of(const struct cast *cast)
{
	const char *list = form("'%s'", cast->attempts[0].order);

	for (size_t i = 1; i < players(); i++)
		list = form("%s, '%s'", list, cast->attempts[i].order);
	return list;
}

/* ---- the parts ---- */

/* The calls of workers that were killed count as under way until they would have been given up: that is now. */
static void
free_places(void)
{
	static const char nothing[1 << 16];
	glob_t            found;
	struct stat       state;
	int               file;

	REQUIRE(glob(form("%s/circuits-*", shop_directory()), 0, NULL, &found) == 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		file = open(found.gl_pathv[i], O_WRONLY | O_CLOEXEC);
		REQUIRE(file >= 0 && fstat(file, &state) == 0 && state.st_size <= (off_t)sizeof nothing);
		CHECK(pwrite(file, nothing, (size_t)state.st_size, 0) == (ssize_t)state.st_size);
		close(file);
	}
	globfree(&found);
}

struct setting {
	const char *name, *value;
};

/* A call of ours ends when its worker is killed or its provider answers; there are that many workers. */
static const struct setting patient_pool[] = { { "HAAT_PAYMENTS_TIMEOUT_MS", "40000" }, { "HAAT_JOBS_LEASE_SECONDS", "60" },
	{ NULL, NULL } };
static const struct setting patient_crowd[] = { { "HAAT_PAYMENTS_TIMEOUT_MS", "40000" }, { "HAAT_JOBS_LEASE_SECONDS", "60" },
	{ "HAAT_WORKERS_PAY", "8" }, { "HAAT_WORKERS_JOBS_MONEY", "8" }, { NULL, NULL } };

/* Nothing is expected to answer. */
static const struct setting impatient_crowd[] = { { "HAAT_PAYMENTS_TIMEOUT_MS", "200" },
	{ "HAAT_PAYMENTS_CIRCUIT_FAILURES", "2" }, { "HAAT_WORKERS_PAY", "8" }, { "HAAT_WORKERS_JOBS_MONEY", "8" },
	{ NULL, NULL } };

/* As tests/faults/run has it. */
static struct setting own[] = { { "HAAT_PAYMENTS_TIMEOUT_MS", NULL }, { "HAAT_PAYMENTS_CIRCUIT_FAILURES", NULL },
	{ "HAAT_JOBS_LEASE_SECONDS", NULL }, { "HAAT_WORKERS_PAY", NULL }, { "HAAT_WORKERS_JOBS_MONEY", NULL }, { NULL, NULL } };

static void
keep_settings(void)
{
	static bool kept;

	for (struct setting *setting = own; !kept && setting->name != NULL; setting++)
		setting->value = getenv(setting->name) == NULL ? NULL : form("%s", getenv(setting->name));
	kept = true;
}

/* The pool `pay` starts anew with these settings, and the jobs, which are not to run now, will have them. */
static void
restart_with(const struct setting *settings)
{
	keep_settings();
	for (const struct setting *setting = own; setting->name != NULL; setting++)
		if (setting->value == NULL)
			unsetenv(setting->name);
		else
			setenv(setting->name, setting->value, 1);
	for (const struct setting *setting = settings; setting->name != NULL; setting++)
		if (setting->value != NULL)
			setenv(setting->name, setting->value, 1);
	part_kill("pay");
	free_places();
	part_start("pay");
}

static void
kill_workers(const char *part)
{
	pid_t  pids[PART_PROCESSES_MAX];
	size_t count = part_workers(part, pids);

	CHECK(count > 0);
	for (size_t i = 0; i < count; i++)
		kill(pids[i], SIGKILL);
}

/* The jobs come back, and take at once what those that were killed had in hand. */
static void
start_jobs(void)
{
	sql_run("UPDATE jobs SET lease_until = NOW(3) WHERE status = 'running'");
	part_start("jobs");
}

/* ---- the provider's side ---- */

static void
switch_all(const char *switches)
{
	EXPECT(sandbox_call("/sandbox/switches", switches), 200);
}

static void
switch_each(const struct cast *cast, const char *switches)
{
	for (size_t i = 0; i < players(); i++)
		sandbox_switch(cast->attempts[i].transaction, switches);
}

/* Waits until the stand-ins hold so many calls; jobs of that kind are due meanwhile, unless it is NULL. */
static void
wait_held(size_t count, const char *job)
{
	int64_t end = monotonic_ms() + WAIT_MS, held = -1;

	for (int look = 0; monotonic_ms() < end; look++) {
		struct answer answer = sandbox_call("/sandbox/switches", NULL);

		held = number_at(&answer, "held");
		if (held == (int64_t)count)
			break;
		if (job != NULL && look % NUDGE_LOOKS == 0)
			sql_run("UPDATE jobs SET run_at = NOW(3) WHERE kind = '%s' AND status = 'ready'", job);
		pause_ms(LOOK_MS);
	}
	check_int(held, (int64_t)count, "calls held", __FILE__, __LINE__);
}

/* What the provider has of the order's attempts, whether we know of it or not. */
struct count {
	int64_t open, cancelled, received, refunded;
};

static struct count
count_of(const char *order)
{
	const char   *ours = sql_text("SELECT GROUP_CONCAT(reference) FROM payments WHERE order_id = '%s'", order);
	struct answer all = sandbox_call(form("/sandbox/%s/transactions", means->name), NULL);
	struct count  count = { 0 };

	EXPECT(all, 200);
	REQUIRE(ours != NULL);
	for (size_t i = 0; i < length_at(&all, "results"); i++) {
		const char *at = form("results.%zu", i), *reference = text_at(&all, form("%s.reference", at));
		const char *status = text_at(&all, form("%s.status", at));

		if (reference == NULL || strstr(ours, reference) == NULL)
			continue;
		count.open += strcmp(status, "open") == 0;
		count.cancelled += strcmp(status, "cancelled") == 0;
		count.received += number_at(&all, form("%s.received", at));
		count.refunded += number_at(&all, form("%s.refunded", at));
	}
	return count;
}

/* The provider took the order's total once and gave back so much, and so say the payments and the ledger. */
static void
expect_agreed(const struct attempt *attempt, int64_t refunded)
{
	struct count count = count_of(attempt->order);

	CHECK_INT(count.received, attempt->total);
	CHECK_INT(count.refunded, refunded);
	CHECK_INT(sql_number("SELECT SUM(IF(succeeded_at IS NULL, 0, amount_minor) - refunded_minor) FROM payments "
			     "WHERE order_id = '%s'",
		      attempt->order),
	    attempt->total - refunded);
	CHECK_INT(
	    sql_number(
		"SELECT IFNULL(SUM(e.amount_minor), 0) FROM ledger_entries e "
		"JOIN ledger_transactions t ON t.id = e.transaction_id JOIN ledger_accounts a ON a.id = e.account_id "
		"JOIN payments p ON p.id = t.origin_id WHERE a.kind = 'clearing' AND t.source_kind IN ('payment', 'refund') AND p.order_id = '%s'",
		attempt->order),
	    attempt->total - refunded);
}

/* ---- the payers' side ---- */

/* A POST under a key that belongs to it, so that it can be sent again. */
static struct call
post(const char *path, const char *token, const char *body, const char *key)
{
	const char **headers = (const char **)form("%*s", (int)(2 * sizeof *headers), "");

	headers[0] = form("Idempotency-Key: %s", key);
	headers[1] = NULL;
	return (struct call) { .method = "POST", .path = path, .token = token, .body = body, .headers = headers };
}

static struct call
call_to_pay(const char *order)
{
	return post("/payments", customer.access, form("{\"order_id\": \"%s\", \"provider\": \"%s\"}", order, means->name),
	    form("pay-%s", order));
}

static struct call
call_to_cancel(const struct attempt *attempt)
{
	return post(
	    form("/payments/%s/cancel", attempt->reference), customer.access, "{}", form("cancel-%s", attempt->reference));
}

static struct call
call_to_refund(const struct attempt *attempt)
{
	return post(form("/payments/%s/refunds", attempt->reference), admin.access,
	    form("{\"amount\": \"%d.00\", \"reason\": \"as agreed\"}", PART / 100), form("refund-%s", attempt->reference));
}

/* What the provider gives back later, without telling us, is looked for after an hour: that is now. */
static void
wait_given_back(const struct attempt *attempt, int64_t refunded)
{
	const char *got = form("SELECT refunded_minor FROM payments WHERE reference = '%s'", attempt->reference);

	for (int64_t waited = 0; sql_number("%s", got) != refunded && goes_on(attempt, &waited);)
		sql_run(
		    "UPDATE refunds r JOIN payments p ON p.id = r.payment_id SET r.next_attempt_at = NOW(3) - INTERVAL 1 HOUR "
		    "WHERE r.status = 'pending' AND r.next_attempt_at > NOW(3) AND p.reference = '%s'",
		    attempt->reference);
	CHECK_INT(sql_number("%s", got), refunded);
}

/*
 * The calls go out from a process of their own, so that we see what they do meanwhile.  How many were not answered with one of these
 * words is its exit status.
 */
static pid_t
call_beside(const struct call *calls, size_t count, const char *word, const char *other_word)
{
	struct answer answers[CALLS_MOST];
	int           others = 0;
	pid_t         child;

	REQUIRE(count <= CALLS_MOST);
	fflush(NULL);
	child = fork();
	REQUIRE(child >= 0);
	if (child > 0)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	api_calls(calls, count, answers);
	for (size_t i = 0; i < count; i++)
		others += strstr(answers[i].body, word) == NULL && strstr(answers[i].body, other_word) == NULL;
	_exit(others);
}

static void
wait_answered(pid_t caller)
{
	int status = -1;

	waitpid(caller, &status, 0);
	check_int(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 0, "calls that were answered otherwise", __FILE__, __LINE__);
}

/* The same request under the same key, until the first is forgotten and it is answered so. */
static struct answer
call_again(const struct call *call, int status)
{
	int64_t       end = monotonic_ms() + WAIT_MS;
	struct answer answer;

	for (;;) {
		api_calls(call, 1, &answer);
		if (answer.status == status || monotonic_ms() > end)
			break;
		CHECK(answer.status == 409 || answer.status == 502);
		pause_ms(100);
	}
	EXPECT(answer, status);
	return answer;
}

/* Each of the calls has done at the provider what it is for, and its worker dies before it hears so; so do the jobs that are there. */
static void
die_in(const struct call *calls, size_t count, size_t held, const char *job)
{
	pid_t caller = call_beside(calls, count, "bad_gateway", "bad_gateway");

	if (job != NULL)
		start_jobs();
	wait_held(held, job);
	if (job != NULL)
		part_kill("jobs");
	if (count > 0)
		kill_workers("pay");
	wait_answered(caller);
}

/* ---- workers die ---- */

/* The job asks for the same once more; where the provider tells the page to pay on only once, the attempt ends, and the payer has another. */
static void
go_on(struct attempt *attempt, const struct call *call)
{
	const char *first = sql_text("SELECT reference FROM payments WHERE order_id = '%s'", attempt->order);

	attempt->reference = first;
	wait_number(attempt, 0,
	    form("SELECT COUNT(*) FROM payments WHERE order_id = '%s' AND live = 1 AND provider_transaction_id IS NULL",
		attempt->order));
	attempt->answer = call_again(call, 201);
	REQUIRE(read_live_attempt(attempt->order, attempt));
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payments WHERE order_id = '%s' AND (reference = '%s' OR status = 'failed')",
		      attempt->order, attempt->reference),
	    strcmp(attempt->reference, first) == 0 ? 1 : 2);
}

static void
die_creating(struct cast *cast)
{
	struct call calls[PLAYERS_MAX];

	FOR_EACH_PROVIDER(i)
	{
		cast->attempts[i] = (struct attempt) { .order = new_order() };
		calls[i] = call_to_pay(cast->attempts[i].order);
	}
	switch_all("{\"hold_answers\": true, \"webhook_never\": true}");
	die_in(calls, players(), players(), NULL);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM payments WHERE live = 1 AND provider_transaction_id IS NULL AND order_id IN (%s)",
		orders_of(cast)),
	    players());
	FOR_EACH_PROVIDER(i)
	CHECK_INT(count_of(cast->attempts[i].order).open, 1);
	switch_all("{\"hold_answers\": false, \"webhook_never\": false}");
	start_jobs();
	FOR_EACH_PROVIDER(i)
	go_on(&cast->attempts[i], &calls[i]);
	part_kill("jobs");
}

/* Where the payer only agrees and we take the money: who comes back has it taken, and who does not come back, the job that asks. */
static void
die_taking(struct cast *cast)
{
	struct call calls[PLAYERS_MAX];
	size_t      count = 0, held = 0;

	switch_each(cast, "{\"hold_answers\": true, \"webhook_never\": true}");
	FOR_EACH_PROVIDER(i)
	{
		struct attempt *attempt = &cast->attempts[i];
		bool            taken, comes_back = !means->stays;

		agree(attempt);
		taken = count_of(attempt->order).received > 0;
		sql_run("UPDATE payments SET next_check_at = NOW(3) + INTERVAL %d HOUR WHERE reference = '%s'",
		    taken || comes_back ? 1 : 0, attempt->reference);
		held += !taken;
		if (!taken && comes_back)
			calls[count++] = (struct call) { .method = "GET", .path = return_path(attempt) };
	}
	CHECK(count > 0 && held > count);
	die_in(calls, count, held, "reconcile_payments");
	FOR_EACH_PROVIDER(i)
	{
		CHECK_INT(count_of(cast->attempts[i].order).received, cast->attempts[i].total);
		CHECK(!is_paid(cast->attempts[i].order));
	}
	switch_each(cast, "{\"hold_answers\": false}");
	start_jobs();
	FOR_EACH_PROVIDER(i)
	reconcile(&cast->attempts[i]);
	FOR_EACH_PROVIDER(i)
	{
		wait_paid(&cast->attempts[i]);
		expect_agreed(&cast->attempts[i], 0);
	}
	part_kill("jobs");
}

/* The provider gave back so much, and we do not know of the last part; in the end we do, and it gave back no more. */
static void
learn_of_refunds(const struct cast *cast, int64_t refunded)
{
	FOR_EACH_PROVIDER(i)
	{
		CHECK_INT(count_of(cast->attempts[i].order).refunded, refunded);
		CHECK_INT(sql_number("SELECT refunded_minor FROM payments WHERE reference = '%s'", cast->attempts[i].reference),
		    refunded - PART);
	}
	switch_each(cast, "{\"hold_answers\": false}");
	start_jobs();
	FOR_EACH_PROVIDER(i)
	{
		wait_given_back(&cast->attempts[i], refunded);
		expect_agreed(&cast->attempts[i], refunded);
	}
}

static void
die_refunding(const struct cast *cast)
{
	struct call   calls[PLAYERS_MAX];
	struct answer answer;

	FOR_EACH_PROVIDER(i)
	calls[i] = call_to_refund(&cast->attempts[i]);
	switch_each(cast, "{\"hold_answers\": true}");
	die_in(calls, players(), players(), NULL);
	learn_of_refunds(cast, PART);
	/* Who asked for it asks again: it is the same one. */
	for (size_t i = 0; i < players(); i++) {
		answer = call_again(&calls[i], 201);
		CHECK_TEXT(text_at(&answer, "status"), "succeeded");
	}
	CHECK_INT(sql_number("SELECT COUNT(*) FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.order_id IN (%s)",
		      orders_of(cast)),
	    players());
	part_kill("jobs");
}

/* The provider fails at first, so that the job gives it back. */
static void
die_refunding_later(const struct cast *cast)
{
	switch_each(cast, "{\"fail_before\": 1}");
	FOR_EACH_PROVIDER(i)
	{
		struct answer answer = refund(&cast->attempts[i], PART);

		EXPECT(answer, 201);
		CHECK_TEXT(text_at(&answer, "status"), "pending");
	}
	switch_each(cast, "{\"fail_before\": 0, \"hold_answers\": true}");
	sql_run("UPDATE payments SET next_check_at = NOW(3) + INTERVAL 1 DAY WHERE order_id IN (%s)", orders_of(cast));
	sql_run("UPDATE refunds r JOIN payments p ON p.id = r.payment_id SET r.sent_at = r.sent_at - INTERVAL 1 HOUR "
		"WHERE p.order_id IN (%s)",
	    orders_of(cast)); /* so that nobody thinks the call that failed is still running */
	die_in(NULL, 0, players(), "refund_payment");
	learn_of_refunds(cast, 2 * PART);
	part_kill("jobs");
}

/* Stripe's attempt is closed there; of the others it is only asked what they have become.  The payer cancels again, and pays by another. */
static void
die_cancelling(struct cast *cast)
{
	struct call calls[PLAYERS_MAX];

	FOR_EACH_PROVIDER(i)
	{
		bool closes = strcmp(means->name, "stripe") == 0;

		calls[i] = call_to_cancel(&cast->attempts[i]);
		sandbox_switch(cast->attempts[i].transaction,
		    form("{\"%s\": true, \"webhook_never\": true}", closes ? "hold_answers" : "hold_calls"));
	}
	die_in(calls, players(), players(), NULL);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payments WHERE live = 1 AND order_id IN (%s)", orders_of(cast)), players());
	switch_each(cast, "{\"hold_answers\": false, \"hold_calls\": false}");
	start_jobs();
	FOR_EACH_PROVIDER(i)
	{
		struct attempt *first = &cast->attempts[i], second;

		if (count_of(first->order).cancelled > 0) {
			wait_status(first, "cancelled");
		} else {
			struct answer answer = call_again(&calls[i], 200);

			CHECK_TEXT(text_at(&answer, "status"), "cancelled");
		}
		second = begin_for(first->order);
		pay(&second);
		wait_paid(&second);
		expect_agreed(first, 0);
	}
}

static void
test_workers_die_between_call_and_commit(void)
{
	struct cast given_up = { 0 }, cast = { 0 };

	part_kill("jobs");
	restart_with(patient_crowd);
	FOR_EACH_PROVIDER(i)
	given_up.attempts[i] = begin();
	die_creating(&cast);
	die_taking(&cast);
	die_refunding(&cast);
	die_refunding_later(&cast);
	die_cancelling(&given_up);
	part_kill("jobs");
	restart_with(own);
	start_jobs();
	EXPECT_CONSISTENT();
}

/* ---- an hour of silence ---- */

/* How many calls of the provider were spared because its circuit was open. */
static int64_t
spared_calls(const char *provider)
{
	const char *line = form("haat_provider_duration_seconds_count{provider=\"%s\",outcome=\"circuit_open\"} ", provider);
	const char *found = strstr(api_get("/metrics", NULL).body, line);

	return found == NULL ? 0 : strtoll(found + strlen(line), NULL, 10);
}

/* Nobody begins to pay until each provider's circuit has been open. */
static void
begin_in_vain(const struct cast *cast)
{
	struct call   calls[PLAYERS_MAX];
	struct answer answers[PLAYERS_MAX];
	int64_t       spared[PLAYERS_MAX] = { 0 }, end = monotonic_ms() + WAIT_MS;
	size_t        left = players();

	FOR_EACH_PROVIDER(i)
	{
		calls[i] = call_to_pay(cast->attempts[i].order);
		spared[i] = spared_calls(means->name);
	}
	while (left > 0 && monotonic_ms() < end) {
		api_calls(calls, players(), answers);
		for (size_t i = 0; i < players(); i++)
			CHECK(answers[i].status == 502 || answers[i].status == 409);
		left = 0;
		for (size_t i = 0; i < players(); i++)
			left += spared_calls(all_means[i].name) == spared[i];
	}
	CHECK_INT(left, 0);
}

static void
refund_in_vain(const struct cast *cast)
{
	struct call   calls[PLAYERS_MAX];
	struct answer answers[PLAYERS_MAX];

	FOR_EACH_PROVIDER(i)
	calls[i] = call_to_refund(&cast->attempts[i]);
	api_calls(calls, players(), answers);
	for (size_t i = 0; i < players(); i++) {
		EXPECT(answers[i], 201);
		CHECK_TEXT(text_at(&answers[i], "status"), "pending");
	}
}

static int64_t
count_orders(const struct cast *cast, const char *which)
{
	return sql_number("SELECT COUNT(*) FROM orders WHERE id IN (%s) AND %s", orders_of(cast), which);
}

static void
end_time_of(const struct cast *cast)
{
	sql_run("UPDATE orders SET expires_at = NOW(3) - INTERVAL 1 SECOND WHERE id IN (%s)", orders_of(cast));
}

/* The time of the orders is over, and all that is asked about again is due; nothing comes of it while the providers say nothing. */
static void
an_hour_passes(const struct cast *waiting, const struct cast *bought)
{
	sql_run("UPDATE payments SET created_at = created_at - INTERVAL 1 HOUR, next_check_at = NOW(3) WHERE order_id IN (%s)",
	    orders_of(waiting));
	end_time_of(waiting);
	run_job_now("refund_payment");
	for (int64_t end = monotonic_ms() + WAIT_MS;
	     count_orders(waiting, "expires_at > NOW(3)") < (int64_t)players() && monotonic_ms() < end;) {
		run_job_now("expire_orders");
		pause_ms(LOOK_MS);
	}
	CHECK_INT(count_orders(waiting, "expires_at > NOW(3)"), players()); /* tried, and put off */
	CHECK_INT(count_orders(waiting, "status = 'pending'"), players());
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payments WHERE live = 1 AND order_id IN (%s)", orders_of(waiting)), players());
	CHECK_INT(sql_number("SELECT COUNT(*) FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE r.status = 'pending' "
			     "AND p.order_id IN (%s)",
		      orders_of(bought)),
	    players());
}

/*
 * What was given up is done now all the same, before anybody asks again; and the first thing then is that time is over.  The refunds' own
 * jobs may have come to their end.
 */
static void
come_back_from_silence(const struct cast *waiting, const struct cast *bought)
{
	part_kill("jobs");
	restart_with(own);
	switch_all("{\"hold_calls\": false}");
	wait_held(0, NULL);
	end_time_of(waiting);
	sql_run("UPDATE refunds r JOIN payments p ON p.id = r.payment_id SET r.next_attempt_at = NOW(3) - INTERVAL 1 HOUR "
		"WHERE p.order_id IN (%s)",
	    orders_of(bought));
	start_jobs();
	run_job_now("expire_orders");
}

static void
wait_circuits_closed(void)
{
	int64_t       end = monotonic_ms() + WAIT_MS;
	struct answer metrics;
	size_t        open = 1;

	while (open > 0 && monotonic_ms() < end) {
		metrics = api_get("/metrics", NULL);
		open = 0;
		for (size_t i = 0; i < players(); i++)
			open += strstr(metrics.body, form("haat_circuit_open{provider=\"%s\"} 0\n", all_means[i].name)) == NULL;
	}
	CHECK_INT(open, 0);
}

static void
test_an_hour_of_silence(void)
{
	struct cast waiting = { 0 }, bought = { 0 }, late = { 0 };

	FOR_EACH_PROVIDER(i)
	{
		waiting.attempts[i] = begin();
		bought.attempts[i] = paid();
		late.attempts[i] = (struct attempt) { .order = new_order() };
	}
	part_kill("jobs");
	restart_with(impatient_crowd);
	start_jobs();
	switch_all("{\"hold_calls\": true, \"webhook_never\": true}");
	FOR_EACH_PROVIDER(i)
	agree(&waiting.attempts[i]);
	refund_in_vain(&bought);
	begin_in_vain(&late);
	an_hour_passes(&waiting, &bought);
	come_back_from_silence(&waiting, &bought);
	FOR_EACH_PROVIDER(i)
	{
		struct call call = call_to_pay(late.attempts[i].order);

		wait_paid(&waiting.attempts[i]);
		expect_agreed(&waiting.attempts[i], 0);
		wait_given_back(&bought.attempts[i], PART);
		expect_agreed(&bought.attempts[i], PART);
		go_on(&late.attempts[i], &call);
		pay(&late.attempts[i]);
		wait_paid(&late.attempts[i]);
		expect_agreed(&late.attempts[i], 0);
	}
	wait_circuits_closed();
	switch_all("{\"webhook_never\": false}");
	EXPECT_CONSISTENT();
}

/* ---- another hangs ---- */

/* It has all the workers that it may have; who pays by another, with cash, or only looks, is served meanwhile. */
static void
others_go_on(const struct means *hanging)
{
	struct call   calls[PLAYERS_MAX + 3];
	struct answer answers[PLAYERS_MAX + 3];
	size_t        count = 0;

	FOR_EACH_PROVIDER(i)
	if (means != hanging)
		calls[count++] = call_to_pay(new_order());
	calls[count++] = (struct call) { .method = "POST",
		.path = "/payments",
		.token = customer.access,
		.body = form("{\"order_id\": \"%s\", \"provider\": \"cod\"}", new_order()) };
	calls[count++] = (struct call) { .method = "GET", .path = "/products?limit=12" };
	calls[count++] = (struct call) { .method = "GET", .path = "/cart", .token = customer.access };
	api_calls(calls, count, answers);
	for (size_t i = 0; i < count; i++)
		EXPECT(answers[i], i + 2 < count ? 201 : 200);
}

static void
test_one_hangs_and_the_others_go_on(void)
{
	struct attempt hung[HUNG];
	struct call    calls[HUNG];
	pid_t          caller;

	part_kill("jobs");
	restart_with(patient_pool);
	FOR_EACH_PROVIDER(i)
	{
		for (int j = 0; j < HUNG; j++) {
			hung[j] = begin();
			sandbox_switch(hung[j].transaction, "{\"hold_calls\": true, \"webhook_never\": true}");
			calls[j] = call_to_cancel(&hung[j]);
		}
		caller = call_beside(calls, HUNG, "\"cancelled\"", "provider_unavailable");
		wait_held(HUNG_AT_ONCE, NULL);
		others_go_on(&all_means[i]);
		wait_held(HUNG_AT_ONCE, NULL);
		for (int j = 0; j < HUNG; j++)
			sandbox_switch(hung[j].transaction, "{\"hold_calls\": false}");
		wait_answered(caller);
	}
	restart_with(own);
	start_jobs();
	EXPECT_CONSISTENT();
}

SUITE("every provider", TEST(test_one_hangs_and_the_others_go_on), TEST(test_an_hour_of_silence),
    TEST(test_workers_die_between_call_and_commit))
