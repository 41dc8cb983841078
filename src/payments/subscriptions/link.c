/* The link by which a period is paid: a payment request of its merchant's. */
#include "base/arena.h"
#include "base/config.h"
#include "payments/request.h"
#include "payments/subscriptions/period.h"
#include "store/db.h"

#include <stdlib.h>

enum { DAY_SECONDS = 86400, SPARE_DAYS = 30, DAYS_MAX = 360 };

static const struct member request_name_members[] = {
	M_ID(struct payment_request, id, "id"),
	M_TEXT(struct payment_request, reference, "reference", 20),
};
SHAPE(struct payment_request, request_name_shape, "PeriodRequest", request_name_members, .noun = "payment request");

/* The one that is open; NULL: none. */
static const struct problem *
open_request_of(struct work *work, struct period_id period, struct payment_request **request)
{
	return db_row(work->db, &request_name_shape, request,
	    "SELECT {} FROM payment_requests WHERE period_id = ? AND status = 'open'", P(period));
}

/* It stays open longer than the subscription waits for it. */
static struct instant
expiry(const struct config *config)
{
	int64_t days = config->subscriptions.link_days + SPARE_DAYS, retry = 0;

	for (const char *const *day = config->subscriptions.retry_days; *day != NULL; day++)
		retry = strtoll(*day, NULL, 10) > retry ? strtoll(*day, NULL, 10) : retry;
	days = days + retry > DAYS_MAX ? DAYS_MAX : days + retry; /* no payment request is open for longer than a year */
	return instant_add_seconds(instant_now(), days * DAY_SECONDS);
}

const struct problem *
pay_by_link(struct work *work, struct subscription *subscription)
{
	struct period          *period = open_period(subscription);
	struct instant          expires_at = expiry(work->config);
	struct payment_request *request;
	struct new_request      wanted = {
		     .amount = period->amount, .period = &period->id, .return_url = work->config->public_url, .expires_at = &expires_at
	};

	TRY(open_request_of(work, period->id, &request));
	if (request == NULL)
		TRY(open_request(work, subscription->merchant, &wanted, &request));
	period->by_link = true;
	period->payment_reference = request->reference;
	return OK;
}

bool
cannot_be_asked(const struct problem *problem)
{
	return problem_is(problem, PROBLEM_PROVIDER_UNSUPPORTED) || problem_is(problem, PROBLEM_AMOUNT_UNSUPPORTED);
}

const struct problem *
end_period_request(struct work *work, struct period_id period)
{
	struct payment_request *request;

	TRY(open_request_of(work, period, &request));
	return request == NULL ? OK : cancel_request(work, request->id, "the subscription's period is not to be paid any more");
}
