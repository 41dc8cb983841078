/* One's profile and picture. */
#include "pages/account_page.h"

#include "accounts/mailbox.h"
#include "accounts/registration.h"
#include "base/arena.h"
#include "base/config.h"
#include "base/locale.h"
#include "pages/assets.h"
#include "pages/pages.h"
#include "pages/site_problem.h"
#include "people/avatar.h"

#include <string.h>

enum { LANGUAGES_MAX = 16 };

static const char page_path[] = "/account";

static const struct member letter_language_members[] = {
	M_TEXT(struct letter_language, code, "code", 35),
	M_TEXT(struct letter_language, name, "name", 64),
	M_BOOLEAN(struct letter_language, is_chosen, "is_chosen"),
};
SHAPE(struct letter_language, letter_language_shape, "LetterLanguage", letter_language_members);

static const struct member account_view_members[] = {
	M_SITE(struct account_view),
	M_FRAME(struct account_view),
	M_OBJECT(struct account_view, user, "user", user_shape),
	M_BOOLEAN(struct account_view, asks_verification, "asks_verification"),
	M_BOOLEAN(struct account_view, asks_password, "asks_password"),
	M_BOOLEAN(struct account_view, has_news, "has_news"),
	M_FIELD(struct account_view, full_name),
	M_FIELD(struct account_view, email),
	M_FIELD(struct account_view, phone),
	M_FIELD(struct account_view, locale),
	M_FIELD(struct account_view, news),
	M_FIELD(struct account_view, password),
	M_FIELD(struct account_view, file),
	M_ARRAY(struct account_view, languages, n_languages, "languages", letter_language_shape, LANGUAGES_MAX),
};
SHAPE_SHARED(struct account_view, account_view_shape, "AccountView", account_view_members);

static void
offer_languages(struct work *work, struct account_view *view)
{
	const char *const *codes = work->config->pages.languages;

	view->languages = ARENA_ARRAY(work->arena, LANGUAGES_MAX, struct letter_language);
	for (; codes[view->n_languages] != NULL; view->n_languages++) {
		const char *code = codes[view->n_languages];

		view->languages[view->n_languages] = (struct letter_language) { code, locale_find(code, strlen(code))->name,
			view->locale.value != NULL && strcmp(view->locale.value, code) == 0 };
	}
}

/* As the account is, or with what was typed into a form that is refused. */
static const struct problem *
show_account(struct request *request, const struct problem *problem)
{
	struct account_view view = { .site = site_of(request, false), .frame = account_frame(request, SECTION_PROFILE, problem) };

	view.site.page_script = ASSET_UPLOAD_JS;
	TRY(read_user(request->work, request->work->viewer.user, &view.user));
	if (problem != OK && form_text(request, "full_name") != NULL) {
		form_typed(request, problem, &account_view_shape, &view);
	} else {
		form_holds(&user_shape, view.user, &account_view_shape, &view);
		form_mark(request->work->arena, problem, &account_view_shape, &view);
	}
	view.email.value = problem == OK ? NULL : form_text(request, "email");
	view.asks_verification = view.user->email != NULL && !view.user->email_verified;
	view.asks_password = problem_is(problem, PROBLEM_CONFIRMATION_REQUIRED) || view.password.is_wrong;
	view.has_news = view.news.value != NULL && strcmp(view.news.value, "true") == 0;
	offer_languages(request->work, &view);
	return account_show(request, SITE_ACCOUNT, &view, problem);
}

static const struct problem *
show_account_page(struct request *request)
{
	return show_account(request, OK);
}

/* ---- what is sent ---- */

struct profile_form {
	struct profile_change change;
	const char           *password;
};

static const struct member profile_form_members[] = {
	PROFILE_MEMBERS(struct profile_form, change.),
	M_TEXT(struct profile_form, password, "password", PASSWORD_MAX, .min = 1, .verbatim = true,
	    .example = "\"Rickshaw-7-Bells\"", .description = "Where the sign-in is too old for another number."),
};
SHAPE(struct profile_form, profile_form_shape, "ProfileForm", profile_form_members);

static void
show_account_problem(struct request *request, const struct problem *problem)
{
	const bool is_profile = request->route->body == &profile_form_shape;
	const bool says = form_says(problem) || (is_profile && problem_is(problem, PROBLEM_CONFIRMATION_REQUIRED));

	if (request->method == GET || !says || show_account(request, problem) != OK)
		site_show_problem(request, problem);
}

static const struct problem *
change_profile(struct request *request)
{
	const struct profile_form *form = BODY(request, struct profile_form);
	struct user               *user;

	if (form->password != NULL) {
		TRY(confirm_password(request->work, form->password));
		request->work->viewer.confirmed = true;
	}
	TRY(db_transaction(request->work, update_profile(request->work, &form->change, &user)));
	return account_go_on(request, page_path, DONE_SAVED);
}

static const struct problem *
change_picture(struct request *request)
{
	struct media *media;

	if (request->n_uploads == 0)
		return problem_at(request->work->arena, PROBLEM_VALIDATION_FAILED, "file", "is required");
	TRY(replace_avatar(request->work, request->uploads, &media));
	return account_go_on(request, page_path, DONE_PICTURE);
}

static const struct problem *
remove_picture(struct request *request)
{
	TRY(remove_avatar(request->work));
	return account_go_on(request, page_path, DONE_REMOVED);
}

/* An address that was verified meanwhile needs no letter. */
static const struct problem *
ask_letter(struct request *request)
{
	const struct problem *problem = ask_own_verification(request->work);

	if (problem != OK && !problem_is(problem, PROBLEM_CONFLICT))
		return problem;
	return account_go_on(request, page_path, DONE_LETTER);
}

struct email_form {
	const char *email;
};

static const struct member email_form_members[] = {
	M_TEXT(struct email_form, email, "email", 254, .required = true, .min = 1, .format = FORMAT_EMAIL,
	    .example = "\"amina@example.test\""),
};
SHAPE(struct email_form, email_form_shape, "NewEmailForm", email_form_members);

static const struct problem *
change_email(struct request *request)
{
	TRY(ask_email_change(request->work, BODY(request, struct email_form)->email));
	return account_go_on(request, page_path, DONE_MOVE);
}

#define OF_OWNER .permission = SIGNED_IN, .show_problem = show_account_problem

static const struct route account_page_routes[] = {
	{ GET, "/account", .id = "showAccountPage", ACCOUNT_PAGE, OF_OWNER, .summary = "The page of one's profile",
	    .handler = show_account_page },
	{ POST, "/account", .id = "changeProfileOnPage", ACCOUNT_FORM, OF_OWNER, .pool = POOL_AUTH, .writes = WRITES_ITSELF,
	    .body = &profile_form_shape,
	    .errors = ERRORS(PHONE_TAKEN, CONFIRMATION_REQUIRED, LOGIN_LIMITED, NOT_FOUND, OUTCOME_UNCERTAIN),
	    .summary = "Update the name, phone number, language or wish for news", .handler = change_profile },
	{ POST, "/account/picture", .id = "changePictureOnPage", OF_OWNER, .outside = true, .keyless = true, .pool = POOL_BULK,
	    .writes = WRITES_DATABASE, .takes = TAKES_MULTIPART, .upload = { .files = "file", .max = 1, .kept = true },
	    .answer = { 303, NULL }, .answer_type = PAGE_TYPE, .errors = ERRORS(BODY_TOO_LARGE, STORAGE_FULL),
	    .summary = "Upload a picture of oneself", .handler = change_picture },
	{ POST, "/account/picture/delete", .id = "removePictureOnPage", ACCOUNT_FORM, OF_OWNER, .writes = WRITES_DATABASE,
	    .summary = "Show no picture of oneself", .handler = remove_picture },
	{ POST, "/account/verify", .id = "askVerificationOnPage", ACCOUNT_FORM, OF_OWNER, .writes = WRITES_DATABASE,
	    .limit = LIMIT_SIGN_IN, .unaudited = "it asks for a letter, which is kept", .errors = ERRORS(NOT_FOUND),
	    .summary = "Ask for a letter that verifies the e-mail address", .handler = ask_letter },
	{ POST, "/account/email", .id = "changeEmailOnPage", ACCOUNT_FORM, OF_OWNER, .confirmed = true, .pool = POOL_AUTH,
	    .writes = WRITES_DATABASE, .limit = LIMIT_SIGN_IN, .body = &email_form_shape,
	    .errors = ERRORS(EMAIL_TAKEN, NOT_FOUND), .summary = "Change the e-mail address",
	    .description = "As the API does: a letter goes to the new address, and its link makes the change.",
	    .handler = change_email },
};
ROUTE_TABLE(account_pages_table, "Account pages", "One's profile, in a browser.", account_page_routes);
