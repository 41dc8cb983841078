#include "notify/unsubscribe.h"

#include "base/arena.h"
#include "base/config.h"
#include "http/seal.h"
#include "store/work.h"

#include <string.h>

static const char purpose[] = "end news";

const char *
unsubscribe_url(struct work *work, const char *pages, struct user_id user)
{
	const struct config *config = work->config;

	return arena_format(work->arena, "%s/unsubscribe/%s", pages,
	    seal(work->arena, config->auth.seal_secret, purpose, user.uuid.bytes, sizeof user.uuid.bytes));
}

const struct problem *
unsubscribe_user(struct work *work, const char *token, struct user_id *user)
{
	size_t               length;
	const unsigned char *bytes = unseal(work->arena, work->config->auth.seal_secret, purpose, token, &length);

	if (bytes == NULL || length != sizeof user->uuid.bytes)
		return problem(NOT_FOUND, "the link is broken");
	memcpy(user->uuid.bytes, bytes, length);
	return OK;
}
