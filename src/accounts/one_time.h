/*
 * one_time.h: tokens that letters bring, each good for one use: whoever has one reads the mail of an address.
 *
 * A user has at most one of each purpose; a new one ends the one before.  The text of a token is an HMAC of its row's id under
 * the shop's seal secret, and the row holds only the text's SHA-256: so the letter's job can print the same token as often as it
 * has to, and whoever reads the database cannot.
 */
#ifndef ONE_TIME_H
#define ONE_TIME_H

#include "accounts/accounts.h"

enum token_purpose { TOKEN_VERIFY_EMAIL, TOKEN_RESET_PASSWORD, TOKEN_SET_PASSWORD, TOKEN_CHANGE_EMAIL };

enum { ONE_TIME_TOKEN_LENGTH = 43 };

struct one_time_token {
	struct uuid    id;
	int            purpose; /* enum token_purpose */
	const char    *email;   /* the address that the letter went to */
	struct instant expires_at;
	struct user    user;
};

/* A new one for the user, whose letter goes to `email`; inside the transaction of what asks for it. */
const struct problem *one_time_token_new(struct work *work, struct user_id user, enum token_purpose purpose, const char *email);

/* The live one of an active user that has this text; TOKEN_INVALID. */
const struct problem *find_one_time_token(struct work *work, const char *text, struct one_time_token **token);

/* Use it up, inside the transaction of what it was for, behind the change of the user's row; TOKEN_INVALID: another was faster. */
const struct problem *use_one_time_token(struct work *work, const struct one_time_token *token);

/* End all tokens of the user, inside a transaction. */
const struct problem *end_one_time_tokens(struct work *work, struct user_id user);

/* For its letter: the text of the user's live one of that purpose, and until when it is good; *text is NULL when there is none. */
const struct problem *read_one_time_token(
    struct work *work, struct user_id user, enum token_purpose purpose, const char **text, struct instant *until);

#endif
