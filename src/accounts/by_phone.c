#include "accounts/by_phone.h"

#include "accounts/factor.h"
#include "accounts/identity.h"
#include "accounts/issuer.h"
#include "base/arena.h"
#include "base/config.h"
#include "base/instant.h"
#include "base/metrics.h"

#include <string.h>

enum { PHONE_SUBJECT_MAX = 128, PHONE_AGE_SECONDS = 300 };

static const struct problem *
check_phone(struct work *work, const char *token, struct identity *identity)
{
	const struct config     *config = work->config;
	const char              *project = config->auth.firebase.project_id;
	const struct id_expected expected = { .issuer = arena_format(work->arena, "%s/%s", config->auth.firebase.issuer, project),
		.audience = project,
		.subject_max = PHONE_SUBJECT_MAX,
		.auth_age_max_seconds = PHONE_AGE_SECONDS,
		.now = unix_seconds() };
	struct id_claims         claims;

	if (*project == '\0')
		return problem(SIGN_IN_DISABLED, "sign-in by phone is not set up here");
	TRY(issuer_check(work, config->auth.firebase.keys_url, &expected, token, &claims));
	/* A number that was only added to an account of another kind has not been shown now. */
	if (claims.method == NULL || strcmp(claims.method, "phone") != 0 || claims.phone == NULL ||
	    format_fault(FORMAT_PHONE, claims.phone) != NULL)
		return problem(ID_TOKEN_INVALID, "the ID token is not of a sign-in by phone");
	*identity = (struct identity) { .issuer = IDENTITY_FIREBASE, .subject = claims.subject, .phone = claims.phone };
	return OK;
}

const struct problem *
sign_in_by_phone(struct work *work, const char *id_token, const struct sign_in *from, struct tokens *tokens, bool *is_new)
{
	struct identity identity;
	struct user_id  user;

	TRY(check_phone(work, id_token, &identity));
	identity.locale = from->locale;
	TRY(identity_user(work, &identity, &user, is_new));
	TRY(pass_factor(work, user, from->totp));
	TRY(db_transaction(work, start_session_for(work, user, from, tokens)));
	metric_add(METRIC_LOGINS, LOGIN_OK, 0, 1);
	return OK;
}
