/* haatctl check: checks that stock, reservations, orders, payments and ledger agree. */
#include "ops/command.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/instant.h"
#include "base/metrics.h"
#include "base/text.h"
#include "catalog/document.h"
#include "exchange/rates.h"
#include "ops/check_rules.h"
#include "store/db.h"
#include "store/schema.h"
#include "store/work.h"

#include <string.h>

/* A rule reads whole tables, so it may take longer than a request. */
enum { DOCUMENTS_SAMPLED = 200, RULE_SECONDS = 3600, SCHEMA_MS = 10000, TEXT_BYTES = 2000 };

struct finding {
	const char *what;
	int64_t     total;
};

static const struct member finding_members[] = {
	M_TEXT(struct finding, what, "what", TEXT_BYTES, .multiline = true),
	M_INTEGER(struct finding, total, "total", 0, INT64_MAX),
};
SHAPE(struct finding, finding_shape, "Finding", finding_members);

struct tally {
	int64_t rows, rules;
};

/* A rule while its findings are printed. */
struct checking {
	const struct rule *rule;
	int64_t            printed, total;
};

static const struct problem *
print_finding(void *row, void *argument)
{
	const struct finding *finding = row;
	struct checking      *checking = argument;

	if (checking->printed++ == 0)
		printf("%s: %s\n", checking->rule->warning ? "warning" : "VIOLATED", checking->rule->name);
	printf("  %s\n", finding->what == NULL ? "(a row without a name)" : finding->what);
	checking->total = finding->total;
	return OK;
}

/* The rule's statement, with the steps that its machine may take. */
static const char *
statement_of(struct arena *arena, const struct rule *rule)
{
	const struct machine *machine = rule->machine;
	struct text           sql = text_new(arena, 4096);
	bool                  first = true;

	if (machine == NULL)
		return rule->sql;
	text_add_string(&sql, rule->sql);
	for (int from = 0; machine->statuses[from] != NULL; from++)
		for (int to = 0; machine->statuses[to] != NULL; to++) {
			if (!machine->may_become(from, to))
				continue;
			text_addf(&sql, "%s('%s', '%s')", first ? "" : ", ", machine->statuses[from], machine->statuses[to]);
			first = false;
		}
	TEXT_ADD(&sql, ") LIMIT 100");
	return sql.bytes;
}

static const struct problem *
check_rule(struct control *control, struct db *db, const struct rule *rule, struct tally *tally)
{
	struct checking checking = { .rule = rule };

	TRY(db_each(db, &finding_shape, print_finding, &checking, db_compose(db, statement_of(control->arena, rule))));
	if (checking.printed == 0)
		return OK;
	tally->rules++;
	tally->rows += checking.total;
	if (checking.total > checking.printed)
		printf("  and %lld more\n", (long long)(checking.total - checking.printed));
	return OK;
}

/* Without its tables a database keeps every rule, and with half of them none can be asked. */
static const char *
schema_fault(struct control *control)
{
	int64_t there;
	bool    current = false;

	if (db_value(control->work->db, &there,
		"SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'schema_migrations'") !=
		OK ||
	    (there > 0 && db_value(control->work->db, &there, "SELECT COUNT(*) FROM schema_migrations") != OK))
		return "cannot query the database";
	if (there == 0)
		return "no migrations applied: the database is empty or the wrong one";
	if (schema_current(control->work->db, SCHEMA_MS, &current) != OK || !current)
		return "not all migrations are applied: run 'haatctl migrate up'";
	return NULL;
}

static void
print_difference(struct product_id id, void *argument)
{
	struct tally *tally = argument;
	char          text[UUID_TEXT_LENGTH + 1] = "";

	uuid_write(id.uuid, text);
	if (tally->rows++ == 0)
		puts("VIOLATED: the printed document of a product is what would be printed now");
	printf("  product %s\n", text);
}

/* A sample, or all. */
static const struct problem *
check_printed(struct control *control, struct db *db, bool whole, struct tally *broken)
{
	struct work           work = *control->work;
	struct tally          different = { 0 };
	const struct problem *problem;

	work.db = db;
	problem = check_documents(&work, whole ? 0 : DOCUMENTS_SAMPLED, print_difference, &different);
	broken->rules += different.rows > 0;
	broken->rows += different.rows;
	return problem;
}

struct conversion {
	const char *currency;
	int64_t     facts;
};

static const struct member conversion_members[] = {
	M_TEXT(struct conversion, currency, "kept", 3),
	M_INTEGER(struct conversion, facts, "facts", 1, INT64_MAX),
};
SHAPE(struct conversion, conversion_shape, "Conversion", conversion_members);

#define OTHER_CURRENCIES(facts) \
	"SELECT f.r_currency AS kept, COUNT(*) AS facts FROM " facts " f WHERE f.r_currency <> ? GROUP BY f.r_currency"
#define FACTS_AT_END(order) \
	"(SELECT CONCAT(transaction_id, ':', position) AS fact, r_currency FROM report_facts ORDER BY posted_at " order \
	" LIMIT 1000)"

/* Conversions are kept with the facts: in another currency than the setting's their sums would be shown as what they are not. */
static const struct problem *
check_conversions(struct control *control, struct db *db, bool whole, struct tally *broken)
{
	const char        *reporting = control->config->reports.currency;
	struct conversion *found;
	size_t             count;

	if (*reporting == '\0')
		return OK;
	TRY(db_rows(db, &conversion_shape, CURRENCIES_MAX, &found, &count,
	    whole ? OTHER_CURRENCIES("report_facts") : OTHER_CURRENCIES("(" FACTS_AT_END("") " UNION " FACTS_AT_END("DESC") ")"),
	    P(reporting)));
	if (count > 0)
		puts("VIOLATED: what reports show in the reporting currency was converted to it");
	for (size_t i = 0; i < count; i++) {
		printf("  %lld facts are in %s, and reports.currency is %s\n", (long long)found[i].facts, found[i].currency,
		    reporting);
		broken->rows += found[i].facts;
	}
	broken->rules += count > 0;
	return OK;
}

static const struct rule *
rule_at(size_t i)
{
	if (i < check_rule_count)
		return &check_rules[i];
	i -= check_rule_count;
	if (i < check_rule_after_count)
		return &check_rules_after[i];
	i -= check_rule_after_count;
	if (i < check_rule_replay_count)
		return &check_rules_replay[i];
	i -= check_rule_replay_count;
	return i < check_rule_reports_count ? &check_rules_reports[i] : NULL;
}

/* What is asked: one rule by its name, or all of them, with those of the whole check or without. */
struct question {
	const char *rule;
	bool        whole;
};

static bool
is_asked(const struct question *question, const struct rule *rule)
{
	if (question->rule != NULL)
		return strcmp(rule->name, question->rule) == 0;
	return question->whole || !rule->whole;
}

/* For the alert: what this check has found, and that there was one. */
static void
tell_metrics(const struct control *control, int64_t rows)
{
	if (!control->join_workers(control->config))
		return;
	metric_set(METRIC_CHECK_FINDINGS, 0, 0, rows);
	metric_set(METRIC_CHECK_SEEN, 0, 0, unix_seconds());
}

static int
ask(struct control *control, const struct question *question)
{
	struct config         patient = *control->config;
	struct db            *db;
	const struct problem *problem = OK;
	struct tally          broken = { 0 }, warned = { 0 };
	size_t                asked = 0;
	const char           *fault;

	fault = schema_fault(control);
	if (fault != NULL)
		return command_cannot("'%s': %s", control->config->database.name, fault);
	patient.database.statement_timeout_ms = RULE_SECONDS * 1000;
	patient.database.io_timeout_seconds = RULE_SECONDS;
	db = db_open(&patient, control->arena);
	for (size_t i = 0; rule_at(i) != NULL && problem == OK; i++) {
		if (!is_asked(question, rule_at(i)))
			continue;
		asked++;
		problem = check_rule(control, db, rule_at(i), rule_at(i)->warning ? &warned : &broken);
		fflush(stdout);
	}
	if (problem == OK && question->rule == NULL) {
		asked++;
		problem = check_printed(control, db, question->whole, &broken);
	}
	if (problem == OK && question->rule == NULL) {
		asked++;
		problem = check_conversions(control, db, question->whole, &broken);
	}
	db_close(db);
	if (problem != OK)
		return command_problem(problem);
	if (asked == 0)
		return command_misused("'%s' is not a rule", question->rule);
	if (question->rule == NULL)
		tell_metrics(control, broken.rows);
	printf("check: %zu rules, %lld violated (%lld rows), %lld warnings (%lld rows)\n", asked, (long long)broken.rules,
	    (long long)broken.rows, (long long)warned.rules, (long long)warned.rows);
	return broken.rules == 0 ? COMMAND_OK : COMMAND_FINDING;
}

int
command_check(struct control *control, bool whole)
{
	return ask(control, &(struct question) { .whole = whole });
}

static int
run_check(struct control *control, int count, char **arguments)
{
	if (count == 0)
		return command_check(control, false);
	if (count == 1 && strcmp(arguments[0], "--whole") == 0)
		return command_check(control, true);
	if (count == 2 && strcmp(arguments[0], "--rule") == 0)
		return ask(control, &(struct question) { .rule = arguments[1] });
	return command_misused("'%s' is not an option", arguments[0]);
}

const struct command check_commands[] = {
	{ "check", "[--whole | --rule NAME]",
	    "check that stock, orders, payments, ledger and storefront are consistent, or only that one rule holds; exits with 1 if not",
	    0, 2, false, run_check },
	{ NULL },
};
