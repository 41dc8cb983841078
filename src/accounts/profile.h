/*
 * profile.h: what users change about their own account.
 */
#ifndef PROFILE_H
#define PROFILE_H

#include "accounts/accounts.h"

/* NULL: unchanged. */
struct profile_change {
	const char *full_name, *phone, *locale;
	bool       *news;
};

/*
 * Update the viewer's own profile, inside a transaction; a new phone number is not verified, and sign-ins by the former one end.
 * PHONE_TAKEN; VALIDATION_FAILED for a locale that is no language tag; CONFIRMATION_REQUIRED for another number when the sign-in
 * is too old.
 */
const struct problem *update_profile(struct work *work, const struct profile_change *change, struct user **user);

/* No letters any more that are news, inside a transaction; nothing happens where that is so, or the account is gone. */
const struct problem *end_news(struct work *work, struct user_id id);

/*
 * The viewer's session has said who they are: what wants that (route.h, `confirmed`) it can do for auth.confirm_seconds.  Opens
 * its own transactions; wrong ones count like failed sign-ins.  LOGIN_LIMITED; VALIDATION_FAILED when it is wrong.
 */
const struct problem *confirm_password(struct work *work, const char *password);

struct password_change {
	const char *old_password, *password;
};

/*
 * Change the viewer's password and end their other sessions.  Opens its own transactions, because hashing takes long.  A
 * wrong old password counts like a failed sign-in.  LOGIN_LIMITED; VALIDATION_FAILED when the old one is wrong (not 401:
 * the session is fine), or with every rule that the new one breaks.
 */
const struct problem *change_password(struct work *work, const struct password_change *change);

#endif
