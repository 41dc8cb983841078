/* The routes of what letters bring: tokens that verify an address, change it, or set a password. */
#include "accounts/mailbox.h"
#include "accounts/one_time.h"

#include "http/request.h"

#include <string.h>

enum { PASSWORD_MAX = 200 };

#define EXAMPLE_TOKEN "\"q2vX0kJ7wQm4m1u7cT9hZ8sB3nD5fG6jL0pR1yU2iOo\""
#define TOKEN_MEMBER(S) \
	M_TEXT(S, token, "token", ONE_TIME_TOKEN_LENGTH, .required = true, .min = 1, .example = EXAMPLE_TOKEN, \
	    .description = "From the link in the letter.")

struct said {
	const char *message;
};

static const struct member said_members[] = {
	M_TEXT(struct said, message, "message", 200, .required = true,
	    .example = "\"if an account has this address, a letter is on its way\""),
};
SHAPE(struct said, said_shape, "Said", said_members);

/* ---- verification ---- */

struct verify_body {
	const char *token;
};

static const struct member verify_body_members[] = {
	TOKEN_MEMBER(struct verify_body),
};
SHAPE(struct verify_body, verify_body_shape, "EmailVerification", verify_body_members);

struct verified {
	const char *email;
	bool        email_verified;
};

static const struct member verified_members[] = {
	M_TEXT(
	    struct verified, email, "email", 254, .required = true, .format = FORMAT_EMAIL, .example = "\"amina@example.test\""),
	M_BOOLEAN(struct verified, email_verified, "email_verified"),
};
SHAPE(struct verified, verified_shape, "EmailVerified", verified_members);

static const struct problem *
handle_verify(struct request *request)
{
	struct user *user;

	TRY(prove_email(request->work, BODY(request, struct verify_body)->token, &user));
	return respond(request, &(struct verified) { user->email, user->email_verified });
}

static const struct problem *
handle_resend(struct request *request)
{
	TRY(ask_own_verification(request->work));
	return respond(request, &(struct said) { "a letter is on its way to the account's address" });
}

/* ---- another address ---- */

struct address_body {
	const char *email;
};

static const struct member address_body_members[] = {
	M_TEXT(struct address_body, email, "email", 254, .required = true, .min = 1, .format = FORMAT_EMAIL,
	    .example = "\"amina@example.test\""),
};
SHAPE(struct address_body, address_body_shape, "EmailAddress", address_body_members);

static const struct problem *
handle_change_email(struct request *request)
{
	TRY(ask_email_change(request->work, BODY(request, struct address_body)->email));
	return respond(request, &(struct said) { "a letter is on its way to the new address; the link in it makes the change" });
}

/* ---- a forgotten password ---- */

static const struct problem *
handle_forgot(struct request *request)
{
	TRY(ask_reset(request->work, BODY(request, struct address_body)->email));
	return respond(request, &(struct said) { "if an account has this address, a letter is on its way" });
}

struct reset_body {
	const char *token, *password, *password_confirm;
};

static const struct member reset_body_members[] = {
	TOKEN_MEMBER(struct reset_body),
	M_TEXT(struct reset_body, password, "password", PASSWORD_MAX, .required = true, .min = 1, .verbatim = true,
	    .example = "\"Padma-River-42\""),
	M_TEXT(struct reset_body, password_confirm, "password_confirm", PASSWORD_MAX, .required = true, .min = 1,
	    .verbatim = true, .example = "\"Padma-River-42\""),
};
SHAPE(struct reset_body, reset_body_shape, "PasswordReset", reset_body_members);

static const struct problem *
handle_reset(struct request *request)
{
	const struct reset_body *body = BODY(request, struct reset_body);

	if (strcmp(body->password, body->password_confirm) != 0)
		return problem_at(
		    request->work->arena, PROBLEM_VALIDATION_FAILED, "password_confirm", "must be the same as the password");
	TRY(reset_password(request->work, body->token, body->password));
	return respond(request, &(struct said) { "the password is set; all sessions have ended, sign in with the new one" });
}

static const struct route mailbox_routes[] = {
	{ POST, "/accounts/verify-email", .id = "verifyEmail", .permission = PUBLIC, .pool = POOL_AUTH, .writes = WRITES_DATABASE,
	    .limit = LIMIT_SIGN_IN, .keyless = true, .body = &verify_body_shape, .answer = { 200, &verified_shape },
	    .errors = ERRORS(TOKEN_INVALID, EMAIL_TAKEN), .summary = "Verify an e-mail address by the token in a letter",
	    .description = "Also makes a change of address (POST /accounts/email) whose letter the token is from.",
	    .handler = handle_verify },
	{ POST, "/accounts/verify-email/resend", .id = "resendVerification", .unaudited = "the letter is kept among the mails",
	    .permission = SIGNED_IN, .pool = POOL_AUTH, .writes = WRITES_DATABASE, .limit = LIMIT_SIGN_IN, .keyless = true,
	    .answer = { 200, &said_shape }, .errors = ERRORS(CONFLICT, NOT_FOUND),
	    .summary = "Send the letter that verifies the account's address again",
	    .description = "Tokens of earlier letters end.", .handler = handle_resend },
	{ POST, "/accounts/email", .id = "changeEmail", .permission = SIGNED_IN, .confirmed = true, .pool = POOL_AUTH,
	    .writes = WRITES_DATABASE, .limit = LIMIT_SIGN_IN, .keyless = true, .body = &address_body_shape,
	    .answer = { 200, &said_shape }, .errors = ERRORS(EMAIL_TAKEN, NOT_FOUND), .summary = "Change the e-mail address",
	    .description = "A letter goes to the new address; the account moves there once its token is sent to "
			   "POST /accounts/verify-email, and the former address is told.",
	    .handler = handle_change_email },
	{ POST, "/accounts/password/forgot", .id = "forgotPassword",
	    .unaudited = "the job leaves the record, where there is an account", .permission = PUBLIC, .pool = POOL_AUTH,
	    .writes = WRITES_DATABASE, .limit = LIMIT_SIGN_IN, .limit_member = "email", .keyless = true,
	    .body = &address_body_shape, .answer = { 200, &said_shape }, .summary = "Ask for a letter that resets the password",
	    .description = "The answer is the same whether or not an account has the address.", .handler = handle_forgot },
	{ POST, "/accounts/password/reset", .id = "resetPassword", .permission = PUBLIC, .pool = POOL_AUTH,
	    .writes = WRITES_ITSELF, .limit = LIMIT_SIGN_IN, .keyless = true, .body = &reset_body_shape,
	    .answer = { 200, &said_shape }, .errors = ERRORS(TOKEN_INVALID, OUTCOME_UNCERTAIN),
	    .summary = "Set a new password by the token in a letter",
	    .description = "All sessions and all other tokens of the account end. A password that breaks a rule does not use the "
			   "token up.",
	    .handler = handle_reset },
};

ROUTE_TABLE(mailbox_table, "E-mail and password", "What the owner of an e-mail address can do by the letters that come there.",
    mailbox_routes);
