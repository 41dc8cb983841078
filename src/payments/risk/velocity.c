/*
 * Velocity: attempts that were not paid, and declines, in a window.  What a payer tries again and again with one card after
 * the other looks like this, whatever else it looks like.  Behind an address stand many: what was paid there makes room for
 * as many more, and who has paid before is not refused for what others behind it do.
 */
#include "base/config.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/recent.h"
#include "payments/risk/risk.h"

static const struct problem *
refuse(struct work *work, enum risk_limit limit, enum problem_code code, int64_t seconds)
{
	log_warning("payment refused: too many attempts", LOG_NUMBER("limit", limit));
	metric_add(METRIC_RISK_LIMITED, limit, 0, 1);
	recent_add(RECENT_RISK_LIMITED);
	return problem_later(work->arena, code,
	    code == PROBLEM_TOO_MANY_DECLINES ? "too many payments were declined; try again later"
					      : "too many attempts to pay; try again later",
	    (int)seconds);
}

const struct problem *
risk_velocity(struct work *work, const struct risk_case *attempt, const struct risk_counts *counts)
{
	const struct {
		enum risk_limit   limit;
		enum problem_code code;
		int64_t           count, max, seconds;
		bool              of_many; /* an address or a network */
	} windows[] = {
		{ RISK_DECLINES_OF_PURPOSE, PROBLEM_TOO_MANY_DECLINES, counts->declines_purpose,
		    work->config->risk.declines_purpose, counts->wait_purpose, false },
		{ RISK_DECLINES_OF_ACCOUNT, PROBLEM_TOO_MANY_DECLINES, counts->declines_account,
		    work->config->risk.declines_account, counts->wait_account, false },
		{ RISK_DECLINES_OF_ADDRESS, PROBLEM_TOO_MANY_DECLINES, counts->declines_address - counts->paid_address,
		    work->config->risk.declines_address, counts->wait_address, true },
		{ RISK_DECLINES_OF_NETWORK, PROBLEM_TOO_MANY_DECLINES, counts->declines_network - counts->paid_network,
		    work->config->risk.declines_network, counts->wait_network, true },
		{ RISK_ATTEMPTS_OF_PURPOSE, PROBLEM_TOO_MANY_ATTEMPTS, counts->attempts_purpose,
		    work->config->risk.attempts_purpose, counts->wait_purpose, false },
		{ RISK_ATTEMPTS_OF_SESSION, PROBLEM_TOO_MANY_ATTEMPTS, counts->attempts_session,
		    work->config->risk.attempts_session, counts->wait_account, false },
		{ RISK_ATTEMPTS_OF_ACCOUNT, PROBLEM_TOO_MANY_ATTEMPTS, counts->attempts_account,
		    work->config->risk.attempts_account, counts->wait_account, false },
		{ RISK_ATTEMPTS_OF_ADDRESS, PROBLEM_TOO_MANY_ATTEMPTS, counts->attempts_address - counts->paid_address,
		    work->config->risk.attempts_address, counts->wait_address, true },
		{ RISK_ATTEMPTS_OF_NETWORK, PROBLEM_TOO_MANY_ATTEMPTS, counts->attempts_network - counts->paid_network,
		    work->config->risk.attempts_network, counts->wait_network, true },
	};

	if (!work->config->limits.enabled || attempt->cash)
		return OK;
	for (size_t i = 0; i < sizeof windows / sizeof *windows; i++)
		if (windows[i].count >= windows[i].max && !(windows[i].of_many && counts->trusted))
			return refuse(work, windows[i].limit, windows[i].code, windows[i].seconds);
	return OK;
}
