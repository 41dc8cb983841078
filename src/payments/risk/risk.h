/*
 * risk.h: how likely an attempt to pay is fraud, asked before its provider is called.
 *
 * One statement measures everything (facts.c), so an attempt costs one round trip more; what was made of it is written with the
 * attempt's own row.  Velocity comes first: too many attempts that were not paid, or too many declines, of an order, an
 * account, a session, an address or a network are refused with 429.  Then rules give points (signals.h): from
 * risk.refuse_score on the attempt is refused with 402, from risk.review_score on it goes its way and somebody looks at it.
 *
 * Who is judged is the payer: by their account where there is one, and by the address the request comes from, unless that is a
 * merchant's server or our own job.
 */
#ifndef RISK_H
#define RISK_H

#include "payments/payment.h"
#include "payments/risk/signals.h"

struct config;

/* What is about to be attempted. */
struct risk_case {
	enum purpose_kind     kind;
	struct uuid           purpose;
	struct money          amount;
	const struct user_id *payer; /* whose account pays; NULL: nobody's */
	bool                  cash;  /* collected at the door: nothing can be declined */
};

/* What was made of it; goes into the attempt's row as it stands. */
struct risk_verdict {
	struct uuid *address, *network, *session, *place; /* NULL: not known */
	const char  *country;                             /* of the network */
	bool         young;
	int64_t      score;
	const char  *signals, *facts; /* of the row; never NULL */
	const char  *review;          /* "pending", or NULL */
};

/*
 * TOO_MANY_ATTEMPTS and TOO_MANY_DECLINES say when to come back, PAYMENT_REFUSED says nothing.  One round trip, inside
 * the transaction that writes the attempt or outside of any.
 */
const struct problem *judge_attempt(struct work *work, const struct risk_case *attempt, struct risk_verdict *verdict);

/* The same before anything is promised that an attempt is to follow, which is judged again and is what is counted as passed. */
const struct problem *would_refuse(struct work *work, const struct risk_case *attempt, struct risk_verdict *verdict);

/* Is it one of the problems by which an attempt is refused? */
static inline bool
is_refusal(const struct problem *problem)
{
	return problem_is(problem, PROBLEM_PAYMENT_REFUSED) || problem_is(problem, PROBLEM_TOO_MANY_ATTEMPTS) ||
	    problem_is(problem, PROBLEM_TOO_MANY_DECLINES);
}

/* After a transaction that PAYMENT_REFUSED has rolled back: what was refused, and why, in the audit trail. */
const struct problem *audit_refusal(struct work *work, const struct risk_case *attempt, const struct risk_verdict *verdict);

/* ---- between the files of this folder ---- */

/* Whom the request comes from; all NULL when that says nothing of the payer. */
struct risk_origin {
	struct uuid *address, *network;
	const char  *country; /* of the network, ISO 3166-1; NULL: not known */
};

/* origin.c: never fails; an address that is not public says nothing. */
struct risk_origin risk_origin(struct work *work);

/* lists.c: the country of an address in network form by the tables of risk.countries, NULL: not listed; and the list of domains. */
const char *risk_country(struct work *work, const struct uuid *address);
bool        risk_is_disposable(struct work *work, const char *domain);

/* facts.c: what the database knows, measured in one round trip. */
struct risk_counts {
	int64_t attempts_purpose;
	int64_t attempts_account, attempts_session; /* not paid */
	int64_t attempts_address, attempts_network; /* the same */
	int64_t paid_address, paid_network;
	int64_t declines_purpose, declines_account, declines_address, declines_network;
	int64_t wait_account, wait_address, wait_network, wait_purpose; /* seconds until the oldest of the window leaves it */
	bool    trusted; /* paid more than a day ago, and nothing of it is disputed */
};
struct risk_measured {
	struct risk_counts   counts;
	struct risk_facts    facts;
	struct risk_rule_set rules;
	struct uuid         *place;
	bool                 young;
};
const struct problem *risk_measure(
    struct work *work, const struct risk_case *attempt, const struct risk_origin *origin, struct risk_measured *measured);

/* velocity.c */
const struct problem *risk_velocity(struct work *work, const struct risk_case *attempt, const struct risk_counts *counts);

#endif
