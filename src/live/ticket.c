#include "live/ticket.h"

#include "base/config.h"
#include "http/permission.h"
#include "http/seal.h"
#include "http/viewer.h"
#include "store/work.h"

#include <string.h>

static const char purpose[] = "live ticket";

/* As it is sealed. */
struct ticket {
	struct user_id    user;
	struct session_id session;
	struct uuid       order;
	int64_t           expires_ms;
};
_Static_assert(sizeof(struct ticket) == 3 * sizeof(struct uuid) + sizeof(int64_t), "bytes between members would be sealed too");

const char *
live_ticket(struct work *work, struct uuid order, struct instant expires_at)
{
	struct ticket ticket = { work->viewer.user, work->viewer.session, order, expires_at.unix_ms };

	return seal(work->arena, work->config->auth.seal_secret, purpose, &ticket, sizeof ticket);
}

const struct problem *
take_live_ticket(struct work *work, const char *text, struct uuid *order)
{
	const struct problem *problem;
	struct ticket         ticket;
	size_t                length;
	unsigned char        *bytes = unseal(work->arena, work->config->auth.seal_secret, purpose, text, &length);

	if (bytes == NULL || length != sizeof ticket)
		return problem(FORBIDDEN, "the ticket is not valid; ask for one");
	memcpy(&ticket, bytes, sizeof ticket);
	if (ticket.expires_ms <= instant_now().unix_ms)
		return problem(FORBIDDEN, "the ticket has expired; ask for another");
	problem = read_viewer(work, ticket.user, ticket.session);
	if (problem_is(problem, PROBLEM_SESSION_ENDED))
		return problem(FORBIDDEN, "the session has ended; log in again");
	*order = ticket.order;
	return problem;
}

struct uuid
live_hearer(const struct work *work)
{
	const struct viewer *viewer = &work->viewer;

	if (MAY(work, ORDER_FULFIL))
		return (struct uuid) { { 0 } };
	return MAY(work, ORDER_FULFIL_OWN) && viewer->merchant != NULL ? viewer->merchant->uuid : viewer->user.uuid;
}
