/*
 * check_rules.h: what must be true of the shop's books at any moment, also while it works: stock, reservations, orders,
 * payments, refunds and the ledger agree.
 *
 * Each rule is one statement, which the database answers from one moment's view, so that a rule never sees half of a
 * transaction.  It finds the rows that break the rule: a line of text for each of the first RULE_ROWS, and how many there
 * are in all.  It walks along the keys and sums by index, so that it needs the same memory for a thousand orders and for
 * ten million.
 */
#ifndef CHECK_RULES_H
#define CHECK_RULES_H

#include <stdbool.h>
#include <stddef.h>

/* The steps that a status may take. */
struct machine {
	const char *const *statuses; /* by number, ended by NULL */
	bool (*may_become)(int from, int to);
};

struct rule {
	const char *name;    /* what must be true */
	bool        warning; /* what breaks it is to be looked at, but nothing is wrong yet */
	const char *sql;     /* columns `what` and `total` */
	bool        whole;   /* reads so much that only `check --whole` asks it */

	/* NULL, or sql ends in "NOT IN (": there follow ('status', 'next status') for all that may be, and ") LIMIT 100". */
	const struct machine *machine;
};

enum { RULE_ROWS = 100 };

/* check_rules.c: money and stock; check_after.c: coupons, and what comes after the sale; check_replay.c: histories; check_reports.c:
 * reports. */
extern const struct rule check_rules[], check_rules_after[], check_rules_replay[], check_rules_reports[];
extern const size_t      check_rule_count, check_rule_after_count, check_rule_replay_count, check_rule_reports_count;

/* FOUND("words and values", "FROM ... WHERE what must not be"). */
#define FOUND(what, from) "SELECT CONCAT(" what ") AS what, COUNT(*) OVER () AS total " from " LIMIT 100"

/* An id as people read it. */
#define ID(column) "CAST(" column " AS UUID)"

#endif
