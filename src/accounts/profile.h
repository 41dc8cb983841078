/*
 * profile.h: what somebody changes about their own account.
 */
#ifndef PROFILE_H
#define PROFILE_H

#include "accounts/accounts.h"

/* NULL: stays as it is. */
struct profile_change {
	const char *full_name, *phone;
};

/* Change the user's own profile; a new phone number is not verified.  PHONE_TAKEN. */
const struct problem *change_profile(struct work *work, struct user_id id, const struct profile_change *change,
    struct user **user);

struct password_change {
	const char *old_password, *password;
};

/*
 * Change the password and end the user's other sessions.  Opens its own transactions.  A wrong old password counts like a
 * failed sign-in.  LOGIN_LIMITED; VALIDATION_FAILED when the old one is wrong (not 401: the session is fine), or with
 * every rule that the new one breaks.
 */
const struct problem *change_password(struct work *work, struct user_id id, struct session_id session,
    const struct password_change *change);

#endif
