/* The routes of the second factor. */
#include "accounts/factor.h"

#include "http/request.h"

struct factor_answer {
	struct new_factor factor;
};

static const struct member factor_answer_members[] = {
	M_TEXT(struct factor_answer, factor.secret, "secret", 32, .required = true,
	    .example = "\"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\"", .description = "In base32, for who cannot scan the URL."),
	M_TEXT(struct factor_answer, factor.otpauth_url, "otpauth_url", 1024, .required = true,
	    .example = "\"otpauth://totp/haat:amina%40example.test?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=haat&algorithm="
		       "SHA1&digits=6&period=30\"",
	    .description = "To be shown as a QR code."),
};
SHAPE(struct factor_answer, factor_answer_shape, "SecondFactor", factor_answer_members);

struct code_body {
	const char *totp;
};

static const struct member code_body_members[] = {
	M_TEXT(struct code_body, totp, "totp", FACTOR_CODE_MAX, .required = true, .min = 1, .example = "\"287082\""),
};
SHAPE(struct code_body, code_body_shape, "SecondFactorCode", code_body_members);

struct recovery_answer {
	const char *const *codes;
	size_t             n_codes;
};

static const struct member recovery_answer_members[] = {
	M_TEXTS(struct recovery_answer, codes, n_codes, "recovery_codes", RECOVERY_CODES,
	    .description = "Each takes the place of a code once; they are shown only now."),
};
SHAPE(struct recovery_answer, recovery_answer_shape, "RecoveryCodes", recovery_answer_members);

static const struct problem *
handle_begin(struct request *request)
{
	struct factor_answer answer;

	TRY(begin_factor(request->work, &answer.factor));
	return respond(request, &answer);
}

static const struct problem *
handle_confirm_factor(struct request *request)
{
	struct recovery_answer answer = { .n_codes = RECOVERY_CODES };

	TRY(confirm_factor(request->work, BODY(request, struct code_body)->totp, &answer.codes));
	return respond(request, &answer);
}

static const struct problem *
handle_remove(struct request *request)
{
	TRY(remove_factor(request->work, request->work->viewer.user));
	return respond_nothing(request);
}

static const struct route factor_routes[] = {
	{ POST, "/accounts/totp", .id = "beginSecondFactor", .permission = STAFF, .confirmed = true, .pool = POOL_AUTH,
	    .writes = WRITES_DATABASE, .keyless = true, .answer = { 200, &factor_answer_shape },
	    .errors = ERRORS(CONFLICT, NOT_FOUND), .summary = "Begin to set up a second factor",
	    .description = "It is asked for once POST /accounts/totp/verify has had a code of it.", .handler = handle_begin },
	{ POST, "/accounts/totp/verify", .id = "verifySecondFactor", .permission = STAFF, .pool = POOL_AUTH,
	    .writes = WRITES_ITSELF, .limit = LIMIT_SIGN_IN, .keyless = true, .body = &code_body_shape,
	    .answer = { 200, &recovery_answer_shape }, .errors = ERRORS(CONFLICT, LOGIN_LIMITED, NOT_FOUND, OUTCOME_UNCERTAIN),
	    .summary = "Switch the second factor on by its first code", .handler = handle_confirm_factor },
	{ DELETE, "/accounts/totp", .id = "removeSecondFactor", .permission = STAFF, .confirmed = true, .pool = POOL_AUTH,
	    .writes = WRITES_DATABASE, .answer = { 204, NULL }, .errors = ERRORS(CONFLICT),
	    .summary = "Remove your second factor", .handler = handle_remove },
};

ROUTE_TABLE(factor_table, "Second factor", "One-time codes of an authenticator app, for staff.", factor_routes);
