#include "tests/risk/play.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/seams.h"
#include "base/text.h"
#include "payments/risk/jobs.h"
#include "store/db.h"
#include "tests/private_database.h"
#include "tests/private_schema.h"

#include <limits.h>
#include <mysql.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ARENA_BYTES = 64 << 20, AT_ONCE = 500, DAY_SECONDS = 24 * 3600, MINUTE_MS = 60 * 1000, TRIES_APART = 200 };

struct work play_work;

static struct config config;
static MYSQL        *root;
static int64_t       now_ms;
static struct clock  played_clock;
static char          table_path[] = "/tmp/haat-year-XXXXXX";

static int64_t
year_now(void)
{
	return now_ms;
}

static void
must(bool done, const char *what)
{
	if (done)
		return;
	fprintf(stderr, "cannot %s\n", what);
	exit(99);
}

static void
must_run(const struct problem *problem, const char *what)
{
	if (problem != OK)
		fprintf(stderr, "%s\n", problem->message);
	must(problem == OK, what);
}

static void
remove_table(void)
{
	unlink(table_path);
}

void
play_open(const char *database)
{
	static const char *countries[] = { table_path, NULL };
	static char        domains_path[PATH_MAX];
	struct arena      *arena = arena_new(ARENA_BYTES);
	int                table = mkstemp(table_path);

	must(table >= 0 && write(table, year_networks, strlen(year_networks)) == (ssize_t)strlen(year_networks) &&
		close(table) == 0,
	    "write the table of networks");
	atexit(remove_table);
	snprintf(domains_path, sizeof domains_path, "%s/conf/disposable-domains.txt", source_directory());
	config = (struct config) {
		.run_directory = "/nonexistent",
		.limits = { .enabled = true },
		.risk = { .review_score = 40,
		    .refuse_score = 80,

		    .window_seconds = 3600,
		    .attempts_purpose = 12,
		    .attempts_session = 12,
		    .attempts_account = 15,
		    .attempts_address = 30,
		    .attempts_network = 90,
		    .declines_purpose = 8,
		    .declines_account = 8,
		    .declines_address = 20,
		    .declines_network = 50,
		    .declines_payment = 6,
		    .countries = countries,
		    .address_days = 90,
		    .band_attempts_min = 20,
		    .disposable_domains = domains_path },
		.database = { .socket = private_socket(),
		    .host = "",
		    .user = "root",
		    .password = "",
		    .name = database,
		    .connect_timeout_seconds = 5,
		    .io_timeout_seconds = 60,
		    .statement_timeout_ms = 60000,
		    .lock_wait_seconds = 5 },
	};
	root = private_connect(database);
	must(private_schema(root), "make the schema");
	/* Nothing here is sold by anybody, and nothing has to be on disk. */
	must(private_run(root, "SET GLOBAL foreign_key_checks = 0") == 0, "do without foreign keys");
	(void)private_run(root, "SET GLOBAL innodb_flush_log_at_trx_commit = 0");
	play_work = (struct work) { .arena = arena,
		.db = db_open(&config, arena),
		.config = &config,
		.request_id = "",
		.traceparent = "",
		.address = "" };
	played_clock = *the_clock;
	played_clock.wall_ms = year_now;
	clock_use(&played_clock);
}

struct st_mysql *
play_root(void)
{
	return root;
}

void
play_clear(void)
{
	static const char *const tables[] = { "payment_declines", "disputes", "refunds", "payments", "order_lines", "orders",
		"products", "users", "risk_amounts", "risk_hot_products", "risk_models", "risk_hours" };

	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		must(private_run(root, arena_format(play_work.arena, "DELETE FROM %s", tables[i])) == 0, tables[i]);
	/* The last attempt's address lies in an arena that the play has released. */
	play_work.address = "";
	play_work.viewer = (struct viewer) { .permissions = 0 };
}

/* ---- ids: of the kind and the number, so that nothing has to be remembered ---- */

enum kind { OF_USER = 1, OF_ORDER, OF_PRODUCT, OF_PAYMENT, OF_LINE, OF_DISPUTE };

static struct uuid
id_of(enum kind kind, size_t number, int64_t at_ms)
{
	struct uuid id = uuid_floor(at_ms);

	id.bytes[9] = (unsigned char)kind;
	for (int i = 0; i < 4; i++)
		id.bytes[12 + i] = (unsigned char)(number >> (24 - 8 * i));
	return id;
}

static struct uuid
user_id_of(const struct year *year, int user)
{
	(void)year;
	return id_of(OF_USER, (size_t)user, 0);
}

/* ---- what is there from the beginning ---- */

#define INSERT_MANY(sql, rows, per_row, count) must_run(db_run_many(play_work.db, NULL, sql, count, per_row, rows), sql)

static void
insert_users(const struct year *year, size_t first, size_t count)
{
	enum { COLUMNS = 5 };
	struct parameter *rows = ARENA_ARRAY(play_work.arena, count * COLUMNS, struct parameter);

	for (size_t i = 0; i < count; i++) {
		const struct year_user *user = &year->users[first + i];
		struct parameter       *row = rows + i * COLUMNS;

		row[0] = P(id_of(OF_USER, first + i, 0));
		row[1] = P(arena_format(play_work.arena, "u%zu@%s", first + i, user->mail_domain));
		row[2] = P("Somebody");
		row[3] = P("customer");
		row[4] = P(((struct instant) { user->created_ms }));
	}
	INSERT_MANY("INSERT INTO users (id, email, full_name, role, created_at) VALUES [(?, ?, ?, ?, ?)]", rows, COLUMNS, count);
}

/* Who tries again pays the same order: by the number of its first attempt. */
static size_t order_of[YEAR_ATTEMPTS_MAX];

static void
find_orders(const struct year *year)
{
	for (size_t i = 0; i < year->n_attempts; i++) {
		const struct year_attempt *attempt = &year->attempts[i];

		order_of[i] = i;
		for (size_t back = 1; back <= i && back < TRIES_APART; back++) {
			const struct year_attempt *before = &year->attempts[i - back];

			if (before->user == attempt->user && before->session == attempt->session &&
			    before->product == attempt->product && before->quantity == attempt->quantity) {
				order_of[i] = order_of[i - back];
				break;
			}
		}
	}
}

static struct uuid
order_id_of(const struct year *year, size_t number)
{
	return id_of(OF_ORDER, order_of[number], year->attempts[order_of[number]].at_ms);
}

/* Its last attempt tells whether it was paid. */
static bool
is_paid(const struct year *year, size_t number)
{
	bool paid = false;

	for (size_t i = number; i < year->n_attempts && i < number + TRIES_APART; i++)
		paid = paid || (order_of[i] == number && year->attempts[i].end == YEAR_PAID);
	return paid;
}

static void
insert_orders(const struct year *year, size_t first, size_t count)
{
	enum { COLUMNS = 9, LINE_COLUMNS = 11 };
	struct parameter *rows = ARENA_ARRAY(play_work.arena, count * COLUMNS, struct parameter);
	struct parameter *lines = ARENA_ARRAY(play_work.arena, count * LINE_COLUMNS, struct parameter);

	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		const struct year_attempt *attempt = &year->attempts[first + i];
		struct uuid                id = order_id_of(year, first + i);
		const char                *address =
		    arena_format(play_work.arena, "{\"line1\": \"%u High Street\", \"postal_code\": \"%u\", \"country\": \"%s\"}",
			attempt->place, attempt->place % 100000, attempt->place_country);
		struct parameter *row = rows + n * COLUMNS, *line = lines + n * LINE_COLUMNS;

		if (order_of[first + i] != first + i)
			continue;
		n++;
		row[0] = P(id);
		row[1] = P(arena_format(play_work.arena, "ORD-%zu", first + i));
		row[2] = P(user_id_of(year, attempt->user));
		row[3] = P(is_paid(year, first + i) ? "paid" : "pending");
		row[4] = P(attempt->amount_minor);
		row[5] = P(attempt->amount_minor);
		row[6] = row[7] = P(address);
		row[8] = P(((struct instant) { attempt->at_ms - MINUTE_MS }));
		line[0] = P(id_of(OF_LINE, first + i, attempt->at_ms));
		line[1] = P(id);
		line[2] = P(0);
		line[3] = line[4] = line[5] = P(id_of(OF_PRODUCT, (size_t)attempt->product, 0));
		line[6] = P("Goods");
		line[7] = P("SKU");
		line[8] = P(attempt->quantity);
		line[9] = P(attempt->amount_minor / attempt->quantity);
		line[10] = P(attempt->amount_minor / attempt->quantity * attempt->quantity);
	}
	INSERT_MANY(
	    "INSERT INTO orders (id, number, user_id, status, subtotal_minor, total_minor, shipping_address, billing_address, "
	    "created_at, currency, shipping_method) VALUES [(?, ?, ?, ?, ?, ?, ?, ?, ?, 'INR', 'standard')]",
	    rows, COLUMNS, n);
	INSERT_MANY("INSERT INTO order_lines (id, order_id, position, merchant_id, product_id, variant_id, name, sku, quantity, "
		    "unit_price_minor, total_minor) VALUES [(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)]",
	    lines, LINE_COLUMNS, n);
}

static void
insert_products(void)
{
	for (size_t i = 0; i < YEAR_PRODUCTS; i++)
		must_run(
		    db_run(play_work.db, NULL,
			"INSERT INTO products (id, merchant_id, category_id, name, slug, description, price_minor, currency) "
			"VALUES (?, ?, ?, 'Goods', ?, '', 100, 'INR')",
			P(id_of(OF_PRODUCT, i, 0)), P(id_of(OF_PRODUCT, i, 0)), P(id_of(OF_PRODUCT, i, 0)),
			P(arena_format(play_work.arena, "goods-%zu", i))),
		    "insert products");
}

static void
in_parts(const struct year *year, size_t total, void (*insert)(const struct year *, size_t, size_t))
{
	for (size_t first = 0; first < total; first += AT_ONCE) {
		insert(year, first, total - first < AT_ONCE ? total - first : AT_ONCE);
		arena_reset(play_work.arena);
	}
}

/* ---- attempt by attempt ---- */

static const struct problem *
write_attempt(const struct year *year, size_t number, const struct risk_verdict *verdict)
{
	const struct year_attempt *attempt = &year->attempts[number];
	struct uuid                id = id_of(OF_PAYMENT, number, attempt->at_ms), user = user_id_of(year, attempt->user);
	struct instant at = { attempt->at_ms }, disputed = instant_add_seconds(at, attempt->dispute_days * (int64_t)DAY_SECONDS);
	const char    *status = attempt->end == YEAR_PAID ? "succeeded" : attempt->end == YEAR_DECLINED ? "failed" : "expired";
	const char    *key = arena_format(play_work.arena, "%zu", number);

	TRY(db_run(play_work.db, NULL,
	    "INSERT INTO payments (id, reference, purpose_kind, purpose_id, user_id, provider, amount_minor, currency, idempotency_key, "
	    "status, succeeded_at, created_at, risk_address, risk_network, risk_country, risk_session, risk_place, risk_young, risk_score, "
	    "risk_signals, risk_facts, review) VALUES (?, ?, 'order', ?, ?, 'stripe', ?, 'INR', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    P(id), P(key), P(order_id_of(year, number)), P(user), P(attempt->amount_minor), P(key), P(status),
	    P(attempt->end == YEAR_PAID ? &at : (struct instant *)NULL), P(at), P(verdict->address), P(verdict->network),
	    P(verdict->country), P(verdict->session), P(verdict->place), P(verdict->young), P(verdict->score),
	    P(verdict->signals), P(verdict->facts), P(verdict->review)));
	if (attempt->end == YEAR_DECLINED)
		TRY(db_run(play_work.db, NULL,
		    "INSERT INTO payment_declines (id, payment_id, user_id, risk_address, risk_network, seen, declined_at) "
		    "VALUES (?, ?, ?, ?, ?, 1, ?)",
		    P(id), P(id), P(user), P(verdict->address), P(verdict->network), P(at)));
	if (attempt->dispute_days > 0)
		TRY(db_run(play_work.db, NULL,
		    "INSERT INTO disputes (id, payment_id, provider, provider_dispute_id, status, reason, amount_minor, currency, "
		    "created_at) VALUES (?, ?, 'stripe', ?, 'lost', 'fraudulent', ?, 'INR', ?)",
		    P(id), P(id), P(key), P(attempt->amount_minor), P(disputed)));
	return OK;
}

static const struct problem *
play_attempt(const struct year *year, size_t number, struct played *played)
{
	const struct year_attempt *attempt = &year->attempts[number];
	struct user_id             payer = { user_id_of(year, attempt->user) };
	struct risk_case           about = { .kind = PURPOSE_ORDER,
			  .purpose = order_id_of(year, number),
			  .amount = { .minor = attempt->amount_minor, .currency = "INR" },
			  .payer = &payer };
	const struct problem      *problem;
	struct risk_verdict        verdict;
	uint32_t                   a = attempt->address;

	now_ms = attempt->at_ms;
	play_work.viewer = (struct viewer) { .user = payer, .session = { id_of(OF_USER, attempt->session, 1) } };
	play_work.address = arena_format(play_work.arena, "%u.%u.%u.%u", a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255);
	problem = judge_attempt(&play_work, &about, &verdict);
	if (problem_is(problem, PROBLEM_PAYMENT_REFUSED)) {
		played->counts[attempt->pattern][PLAYED_REFUSED]++;
	} else if (problem_is(problem, PROBLEM_TOO_MANY_ATTEMPTS) || problem_is(problem, PROBLEM_TOO_MANY_DECLINES)) {
		played->counts[attempt->pattern][PLAYED_LIMITED]++;
	} else {
		TRY(problem);
		played->counts[attempt->pattern][verdict.review == NULL ? PLAYED_PASSED : PLAYED_REVIEWED]++;
		TRY(write_attempt(year, number, &verdict));
	}
	if (getenv("HAAT_YEAR_SHOWS") != NULL)
		printf("%s\t%s\t%d\t%s\t%s\n", year_pattern_names[attempt->pattern],
		    problem == OK ? verdict.review == NULL ? "passed" : "review" : problem_name(problem->code),
		    (int)verdict.score, verdict.signals, verdict.facts);
	return OK;
}

static const struct problem *
play_part(const struct year *year, size_t first, size_t count, struct played *played)
{
	for (size_t i = first; i < first + count; i++)
		TRY(play_attempt(year, i, played));
	return OK;
}

void
play_year(const struct year *year, struct played *played)
{
	int64_t night = -1;
	size_t  next;

	*played = (struct played) { .counts = { { 0 } } };
	find_orders(year);
	insert_products();
	in_parts(year, year->n_users, insert_users);
	in_parts(year, year->n_attempts, insert_orders);
	for (size_t first = 0; first < year->n_attempts; first = next) {
		int64_t day = (year->attempts[first].at_ms - year_begin_ms()) / ((int64_t)DAY_SECONDS * 1000);

		for (next = first + 1; next < year->n_attempts && next - first < AT_ONCE &&
		     (year->attempts[next].at_ms - year_begin_ms()) / ((int64_t)DAY_SECONDS * 1000) == day;
		     next++)
			continue;
		now_ms = year_begin_ms() + day * DAY_SECONDS * 1000;
		if (day != night)
			must_run(risk_learn_usual(&play_work, instant_now()), "learn what is usual");
		night = day;
		must_run(db_transaction(&play_work, play_part(year, first, next - first, played)), "play a part of the year");
		arena_reset(play_work.arena);
	}
}
