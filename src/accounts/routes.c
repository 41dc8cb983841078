/* The routes of a user's own account: registration, sign-in, sessions, profile. */
#include "accounts/accounts.h"
#include "accounts/answers.h"
#include "accounts/factor.h"
#include "accounts/profile.h"
#include "accounts/registration.h"
#include "accounts/session.h"

#include "base/arena.h"
#include "base/config.h"
#include "http/limit.h"
#include "http/request.h"

/* --- bodies ---------------------------------------------------------------------------------------------------------- */

struct registration_body {
	struct new_user     user;
	const char         *password_confirm;
	struct new_merchant shop;
	bool                cookie;
};

static const struct member customer_body_members[] = {
	CUSTOMER_MEMBERS(struct registration_body, , false),
	M_BOOLEAN(struct registration_body, cookie, "cookie", .defaulted = true, .preset = 0,
	    .description = "Without a password: send the refresh token as an HttpOnly cookie instead of in the response."),
};
SHAPE(struct registration_body, customer_body_shape, "CustomerRegistration", customer_body_members);

static const struct member shopkeeper_body_members[] = {
	CUSTOMER_MEMBERS(struct registration_body, , true),
	NEW_SHOP_MEMBERS(struct registration_body, ),
};
SHAPE(struct registration_body, shopkeeper_body_shape, "ShopkeeperRegistration", shopkeeper_body_members);

struct login_body {
	const char *email, *password, *totp;
	bool        cookie;
};

static const struct member login_body_members[] = {
	M_TEXT(struct login_body, email, "email", 254, .required = true, .min = 1, .example = "\"amina@example.test\""),
	M_TEXT(struct login_body, password, "password", PASSWORD_MAX, .required = true, .min = 1, .verbatim = true,
	    .example = "\"Rickshaw-7-Bells\""),
	M_TEXT(struct login_body, totp, "totp", FACTOR_CODE_MAX, .min = 1, .example = "\"287082\"",
	    .description = "Code of the second factor, or a recovery code, of an account that has one."),
	M_BOOLEAN(struct login_body, cookie, "cookie", .defaulted = true, .preset = 0,
	    .description = "Send the refresh token as an HttpOnly cookie instead of in the response."),
};
SHAPE(struct login_body, login_body_shape, "Login", login_body_members);

struct refresh_body {
	const char *refresh;
};

static const struct member refresh_body_members[] = {
	M_TEXT(struct refresh_body, refresh, "refresh", 200, .min = 1, .description = "Optional if the cookie is sent."),
};
SHAPE(struct refresh_body, refresh_body_shape, "Refresh", refresh_body_members);

static const struct member profile_body_members[] = {
	PROFILE_MEMBERS(struct profile_change, ),
};
SHAPE(struct profile_change, profile_body_shape, "ProfileChange", profile_body_members);

struct password_body {
	struct password_change change;
	const char            *password_confirm;
};

static const struct member password_body_members[] = { PASSWORD_MEMBERS(struct password_body, ) };
SHAPE(struct password_body, password_body_shape, "PasswordChange", password_body_members);

/* --- answers --------------------------------------------------------------------------------------------------------- */

struct registered {
	struct user     *user;
	struct merchant *merchant;
	const char      *message;
};

static const struct member shopkeeper_registered_members[] = {
	M_OBJECT(struct registered, user, "user", user_shape, .required = true),
	M_OBJECT(struct registered, merchant, "merchant", merchant_shape, .required = true),
	M_TEXT(struct registered, message, "message", 200, .required = true, .example = "\"welcome\""),
};
SHAPE(struct registered, shopkeeper_registered_shape, "ShopkeeperRegistered", shopkeeper_registered_members);

static const struct member refreshed_members[] = {
	TOKENS_MEMBERS,
};
SHAPE(struct tokens_answer, refreshed_shape, "Refreshed", refreshed_members);

static const struct member logged_in_members[] = {
	TOKENS_MEMBERS,
	M_OBJECT(struct tokens_answer, tokens.user, "user", user_shape, .required = true),
};
SHAPE(struct tokens_answer, logged_in_shape, "LoggedIn", logged_in_members);

/* Who gave a password signs in by it; without one the account is open on this device at once. */
struct customer_registered {
	struct user       *user;
	const char        *message;
	const char        *access, *refresh, *token_type; /* NULL: not signed in; refresh also when it is sent as a cookie */
	int64_t           *expires_in;
	struct session_id *session;
};

static const struct member customer_registered_members[] = {
	M_OBJECT(struct customer_registered, user, "user", user_shape, .required = true),
	M_TEXT(struct customer_registered, message, "message", 200, .required = true, .example = "\"welcome\""),
	M_TEXT(struct customer_registered, access, "access", 4096, .omitted = true,
	    .description = "As at sign-in, with the members below, when no password was given."),
	M_TEXT(struct customer_registered, refresh, "refresh", 64, .omitted = true),
	M_TEXT(struct customer_registered, token_type, "token_type", 10, .omitted = true, .example = "\"Bearer\""),
	M_INTEGER(struct customer_registered, expires_in, "expires_in", 1, 86400 * 365, .omitted = true),
	M_ID(struct customer_registered, session, "session_id", .omitted = true),
};
SHAPE(struct customer_registered, customer_registered_shape, "CustomerRegistered", customer_registered_members);

struct me {
	struct user        user;
	const char *const *permissions, *const *modules;
	size_t            n_permissions, n_modules;
	struct merchant  *merchant;
	struct session_id session;
	bool              has_factor, factor_owed;
};

static const struct member me_members[] = {
	USER_MEMBERS(struct me, user.),
	M_TEXTS(struct me, permissions, n_permissions, "permissions", PERMISSION__COUNT,
	    .description = "All permissions of the account."),
	M_TEXTS(struct me, modules, n_modules, "assigned_modules", MODULES_MAX, .example = "[\"orders\", \"stock\"]",
	    .description = "The pages of the administration to show; empty: all that the permissions open."),
	M_OBJECT(struct me, merchant, "merchant", merchant_shape, .description = "Null when the account has no shop."),
	M_ID(struct me, session, "session_id"),
	M_BOOLEAN(struct me, has_factor, "second_factor", .description = "Whether a sign-in asks for a code."),
	M_BOOLEAN(struct me, factor_owed, "second_factor_owed",
	    .description = "Staff must set a second factor up before any permission counts."),
};
SHAPE(struct me, me_shape, "Me", me_members);

struct session_list {
	struct session *results;
	size_t          n_results;
};

static const struct member session_list_members[] = {
	M_ARRAY(struct session_list, results, n_results, "results", session_shape, 100),
};
SHAPE(struct session_list, session_list_shape, "SessionList", session_list_members);

/* --- registration ---------------------------------------------------------------------------------------------------- */

static const struct problem *
handle_register_shopkeeper(struct request *request)
{
	const struct registration_body *body = BODY(request, struct registration_body);
	struct new_user                 new_user = body->user;
	struct new_merchant             shop = body->shop;
	struct registered               registered = { .message = "welcome; your shop can sell once it has been verified" };

	TRY(check_confirmed(request->work, new_user.password, body->password_confirm));
	new_user.role = ROLE_SHOPKEEPER;
	if (shop.currency == NULL)
		shop.currency = SHOP_CURRENCY;
	TRY(register_account(request->work, &new_user, &shop, &registered.user, &registered.merchant));
	return respond(request, &registered);
}

/* --- sign-in --------------------------------------------------------------------------------------------------------- */

static const struct problem *
handle_login(struct request *request)
{
	const struct login_body *body = BODY(request, struct login_body);
	struct sign_in           from = { .email = body->email,
			  .password = body->password,
			  .totp = body->totp,
			  .user_agent = user_agent_of(request),
			  .keys = request->keys };
	struct tokens            tokens;

	TRY(sign_in(request->work, &from, &tokens));
	return respond_tokens(request, &tokens, body->cookie, false);
}

static const struct problem *
handle_refresh(struct request *request)
{
	const char   *token = BODY(request, struct refresh_body)->refresh;
	bool          from_cookie = token == NULL;
	struct tokens tokens;

	if (from_cookie)
		token = request_cookie(request, refresh_cookie);
	if (token == NULL)
		return problem_at(request->work->arena, PROBLEM_VALIDATION_FAILED, "refresh", "is required");
	if (from_cookie)
		TRY(check_cookie_is_meant(request));
	TRY(limit_refresh(request, token));
	TRY(refresh_tokens(request->work, token, user_agent_of(request), request_waited_ms(request), request->keys, &tokens));
	return respond_tokens(request, &tokens, from_cookie, false);
}

/* --- registration of customers --------------------------------------------------------------------------------------- */

static const struct problem *
register_signed_in(struct request *request, const struct new_user *new_user, bool as_cookie)
{
	const struct config       *config = request->work->config;
	struct customer_registered registered = { .message = "welcome; a letter lets you set a password",
		.token_type = "Bearer" };
	struct sign_in             from = { .user_agent = user_agent_of(request), .keys = request->keys };
	int64_t                    lifetime = config->auth.access_seconds;
	struct tokens              tokens;

	TRY(register_without_password(request->work, new_user, &from, &tokens));
	registered.user = tokens.user;
	registered.access = tokens.access;
	registered.expires_in = &lifetime;
	registered.session = &tokens.session;
	if (as_cookie)
		set_refresh_cookie(request, tokens.refresh, config->auth.refresh_seconds);
	else
		registered.refresh = tokens.refresh;
	return respond(request, &registered);
}

static const struct problem *
handle_register_customer(struct request *request)
{
	const struct registration_body *body = BODY(request, struct registration_body);
	struct new_user                 new_user = body->user;
	struct customer_registered      registered = { .message = "welcome; you can sign in now" };

	new_user.role = ROLE_CUSTOMER;
	if (new_user.password == NULL && body->password_confirm == NULL)
		return register_signed_in(request, &new_user, body->cookie);
	if (new_user.password == NULL)
		return problem_at(
		    request->work->arena, PROBLEM_VALIDATION_FAILED, "password", "is required with password_confirm");
	TRY(check_confirmed(request->work, new_user.password, body->password_confirm));
	TRY(register_account(request->work, &new_user, NULL, &registered.user, NULL));
	return respond(request, &registered);
}

/* --- sessions -------------------------------------------------------------------------------------------------------- */

static const struct problem *
respond_signed_out(struct request *request)
{
	if (request_cookie(request, refresh_cookie) != NULL)
		set_refresh_cookie(request, "", 0);
	return respond_nothing(request);
}

static const struct problem *
handle_logout(struct request *request)
{
	const struct problem *problem;

	TRY(check_cookie_is_meant(request));
	problem = end_session(request->work, request->work->viewer.session);
	if (problem != OK && !problem_is(problem, PROBLEM_NOT_FOUND))
		return problem;
	return respond_signed_out(request);
}

static const struct problem *
handle_logout_all(struct request *request)
{
	TRY(check_cookie_is_meant(request));
	TRY(end_sessions(request->work, request->work->viewer.user, NULL, SESSION_LOGOUT_ALL));
	return respond_signed_out(request);
}

static const struct problem *
handle_list_sessions(struct request *request)
{
	struct session_list list;

	TRY(list_sessions(request->work, &list.results, &list.n_results));
	return respond(request, &list);
}

static const struct problem *
handle_end_session(struct request *request)
{
	struct session_id session;

	TRY(path_id(request, "id", &session.uuid));
	TRY(end_session(request->work, session));
	return respond_nothing(request);
}

/* --- the own account ------------------------------------------------------------------------------------------------- */

static const struct problem *
respond_me(struct request *request, const struct user *user)
{
	const struct viewer *viewer = &request->work->viewer;
	const char         **names = ARENA_ARRAY(request->work->arena, PERMISSION__COUNT, const char *);
	struct me            me = { .user = *user,
			   .permissions = names,
			   .session = viewer->session,
			   .has_factor = viewer->has_factor,
			   .factor_owed = viewer->factor_owed };

	me.modules = user_modules(request->work->arena, user, &me.n_modules);
	for (unsigned bit = 0; bit < PERMISSION__COUNT; bit++)
		if (viewer->permissions >> bit & 1)
			names[me.n_permissions++] = permission_name((enum permission_bit)bit);
	if (viewer->merchant != NULL)
		TRY(read_merchant(request->work, *viewer->merchant, &me.merchant));
	return respond(request, &me);
}

static const struct problem *
handle_show_me(struct request *request)
{
	struct user *user;

	TRY(read_user(request->work, request->work->viewer.user, &user));
	return respond_me(request, user);
}

static const struct problem *
handle_update_me(struct request *request)
{
	struct user *user;

	TRY(update_profile(request->work, BODY(request, struct profile_change), &user));
	return respond_me(request, user);
}

static const struct problem *
handle_change_password(struct request *request)
{
	const struct password_body *body = BODY(request, struct password_body);

	TRY(check_confirmed(request->work, body->change.password, body->password_confirm));
	TRY(change_password(request->work, &body->change));
	return respond_nothing(request);
}

struct confirm_body {
	const char *password, *totp;
};

static const struct member confirm_body_members[] = {
	M_TEXT(struct confirm_body, password, "password", PASSWORD_MAX, .min = 1, .verbatim = true,
	    .example = "\"correct horse battery staple\"", .description = "Or totp, one of the two."),
	M_TEXT(struct confirm_body, totp, "totp", FACTOR_CODE_MAX, .min = 1,
	    .description = "A code of the second factor, or a recovery code, like 287082."),
};
SHAPE(struct confirm_body, confirm_body_shape, "ConfirmRequest", confirm_body_members);

static const struct problem *
handle_confirm(struct request *request)
{
	const struct confirm_body *body = BODY(request, struct confirm_body);

	if ((body->password == NULL) == (body->totp == NULL))
		return problem_at(request->work->arena, PROBLEM_VALIDATION_FAILED, "password", "is required, or totp; not both");
	TRY(body->password != NULL ? confirm_password(request->work, body->password)
				   : confirm_by_factor(request->work, body->totp));
	return respond_nothing(request);
}

static const struct route account_routes[] = {
	{ POST, "/accounts/register/customer", .id = "registerCustomer", .permission = PUBLIC, .pool = POOL_AUTH,
	    .writes = WRITES_ITSELF, .limit = LIMIT_SIGN_IN, .keyless = true, .body = &customer_body_shape,
	    .answer = { 201, &customer_registered_shape }, .errors = ERRORS(EMAIL_TAKEN, PHONE_TAKEN, OUTCOME_UNCERTAIN),
	    .summary = "Register as a customer",
	    .description =
		"Without a password the answer signs in, and a letter lets the customer set one; where the e-mail address "
		"has an account already, sign in instead.",
	    .handler = handle_register_customer },
	{ POST, "/accounts/register/shopkeeper", .id = "registerShopkeeper", .permission = PUBLIC, .pool = POOL_AUTH,
	    .writes = WRITES_ITSELF, .limit = LIMIT_SIGN_IN, .keyless = true, .body = &shopkeeper_body_shape,
	    .answer = { 201, &shopkeeper_registered_shape },
	    .errors = ERRORS(EMAIL_TAKEN, PHONE_TAKEN, BUSINESS_ID_TAKEN, OUTCOME_UNCERTAIN),
	    .summary = "Register as a shopkeeper", .description = "The shop is pending until staff activate it.",
	    .handler = handle_register_shopkeeper },
	{ POST, "/accounts/login", .id = "login", .unaudited = "the session keeps who signed in, when and from where",
	    .permission = PUBLIC, .pool = POOL_AUTH, .writes = WRITES_ITSELF, .limit = LIMIT_SIGN_IN, .limit_member = "email",
	    .keyless = true, .body = &login_body_shape, .answer = { 200, &logged_in_shape },
	    .errors = ERRORS(BAD_CREDENTIALS, TOTP_REQUIRED, ACCOUNT_DISABLED, LOGIN_LIMITED, OUTCOME_UNCERTAIN),
	    .summary = "Sign in",
	    .description = "Wrong passwords are counted per account and per address; a 429 has a Retry-After header.",
	    .handler = handle_login },
	{ POST, "/accounts/refresh", .id = "refresh", .unaudited = "it renews the session, which keeps when and from where",
	    .permission = PUBLIC, .pool = POOL_AUTH, .writes = WRITES_ITSELF, .limit = LIMIT_REFRESH, .keyless = true,
	    .body = &refresh_body_shape, .answer = { 200, &refreshed_shape },
	    .errors = ERRORS(UNAUTHENTICATED, FORBIDDEN, SESSION_ENDED, REFRESH_REUSED, REFRESH_SUPERSEDED, ACCOUNT_DISABLED,
		OUTCOME_UNCERTAIN),
	    .summary = "Exchange a refresh token for new tokens",
	    .description =
		"A refresh token can be exchanged once; using it again ends its session. Within a few seconds of the exchange it is "
		"answered with 409 instead and the session continues: another tab was faster, and its response (or the cookie) has "
		"the next token. A client that lost that response signs in again.",
	    .handler = handle_refresh },
	{ POST, "/accounts/logout", .id = "logout", .unaudited = "the session keeps that and when it was ended",
	    .permission = SIGNED_IN, .writes = WRITES_DATABASE, .keyless = true, .answer = { 204, NULL },
	    .errors = ERRORS(FORBIDDEN), .summary = "End the current session", .handler = handle_logout },
	{ POST, "/accounts/logout-all", .id = "logoutAll", .unaudited = "the sessions keep that and when they were ended",
	    .permission = SIGNED_IN, .writes = WRITES_DATABASE, .keyless = true, .answer = { 204, NULL },
	    .errors = ERRORS(FORBIDDEN), .summary = "End all sessions of the account", .handler = handle_logout_all },
	{ GET, "/accounts/sessions", .id = "listSessions", .permission = SIGNED_IN, .answer = { 200, &session_list_shape },
	    .summary = "List the account's active sessions", .handler = handle_list_sessions },
	{ DELETE, "/accounts/sessions/{id}", .id = "endSession", .unaudited = "the session keeps that and when it was ended",
	    .permission = SIGNED_IN, .writes = WRITES_DATABASE, .answer = { 204, NULL },
	    .summary = "End one session of the account", .handler = handle_end_session },
	{ GET, "/accounts/me", .id = "showMe", .permission = SIGNED_IN, .answer = { 200, &me_shape }, .errors = ERRORS(NOT_FOUND),
	    .summary = "Show the signed-in account and its permissions", .handler = handle_show_me },
	{ PATCH, "/accounts/me", .id = "changeMe", .permission = SIGNED_IN, .writes = WRITES_DATABASE,
	    .body = &profile_body_shape, .answer = { 200, &me_shape },
	    .errors = ERRORS(PHONE_TAKEN, CONFIRMATION_REQUIRED, NOT_FOUND),
	    .summary = "Update the name, phone number, language or wish for news", .handler = handle_update_me },
	{ POST, "/accounts/password", .id = "changePassword", .permission = SIGNED_IN, .pool = POOL_AUTH, .writes = WRITES_ITSELF,
	    .limit = LIMIT_SIGN_IN, .keyless = true, .body = &password_body_shape, .answer = { 204, NULL },
	    .errors = ERRORS(LOGIN_LIMITED, CONFLICT, NOT_FOUND, OUTCOME_UNCERTAIN), .summary = "Change the password",
	    .description = "All other sessions of the account end.", .handler = handle_change_password },
	{ POST, "/accounts/confirm", .id = "confirm", .unaudited = "it proves who asks; the session keeps when",
	    .permission = SIGNED_IN, .pool = POOL_AUTH, .writes = WRITES_ITSELF, .limit = LIMIT_SIGN_IN, .keyless = true,
	    .body = &confirm_body_shape, .answer = { 204, NULL }, .errors = ERRORS(LOGIN_LIMITED, NOT_FOUND, OUTCOME_UNCERTAIN),
	    .summary = "Confirm who you are, by the password or a code",
	    .description =
		"What moves money or gives rights wants a sign-in or a confirmation of the last minutes; without one it "
		"answers 403 `confirmation_required`.",
	    .handler = handle_confirm },
};

ROUTE_TABLE(account_table, "Accounts", "Registration, sign-in, sessions and your own profile.", account_routes);
