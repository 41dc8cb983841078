/* One's password, and where one is signed in. */
#include "pages/security_page.h"

#include "accounts/registration.h"
#include "base/arena.h"
#include "http/face.h"
#include "pages/pages.h"
#include "pages/site_problem.h"

#include <string.h>

enum { SESSIONS_MAX = 100 };

static const char page_path[] = "/account/security";

static const struct member session_view_members[] = {
	M_ID(struct session_view, id, "id"),
	M_TEXT(struct session_view, browser, "browser", 32),
	M_TEXT(struct session_view, system, "system", 32),
	M_TEXT(struct session_view, ip, "ip", 45),
	M_TIME(struct session_view, last_active_at, "last_active_at"),
	M_BOOLEAN(struct session_view, current, "current"),
};
SHAPE(struct session_view, session_view_shape, "SessionView", session_view_members);

static const struct member security_view_members[] = {
	M_SITE(struct security_view),
	M_FRAME(struct security_view),
	M_FIELD(struct security_view, old_password),
	M_FIELD(struct security_view, password),
	M_FIELD(struct security_view, password_confirm),
	M_ARRAY(struct security_view, sessions, n_sessions, "sessions", session_view_shape, SESSIONS_MAX),
	M_ARRAY(struct security_view, identities, n_identities, "identities", linked_identity_shape, IDENTITIES_SHOWN),
	M_BOOLEAN(struct security_view, has_identities, "has_identities"),
	M_BOOLEAN(struct security_view, is_last, "is_last"),
};
SHAPE_SHARED(struct security_view, security_view_shape, "SecurityView", security_view_members);

/* What a User-Agent has in it, and the name that people know; the first that is there counts, for most claim to be others, too. */
struct known_name {
	const char *part, *name;
};
static const struct known_name browsers[] = { { "Edg", "Edge" }, { "OPR/", "Opera" }, { "SamsungBrowser/", "Samsung Internet" },
	{ "Firefox/", "Firefox" }, { "FxiOS/", "Firefox" }, { "Chrome/", "Chrome" }, { "CriOS/", "Chrome" },
	{ "Safari/", "Safari" }, { NULL, NULL } };
static const struct known_name systems[] = { { "Android", "Android" }, { "iPhone", "iOS" }, { "iPad", "iOS" },
	{ "Windows", "Windows" }, { "Mac OS X", "macOS" }, { "CrOS", "ChromeOS" }, { "Linux", "Linux" }, { NULL, NULL } };

static const char *
name_in(const struct known_name *names, const char *user_agent)
{
	while (names->part != NULL && strstr(user_agent, names->part) == NULL)
		names++;
	return names->name;
}

static const struct problem *
show_security(struct request *request, const struct problem *problem)
{
	struct security_view view = { .site = site_of(request, false),
		.frame = account_frame(request, SECTION_SECURITY, problem),
		.is_last = problem_is(problem, PROBLEM_CONFLICT) };
	struct session      *sessions;

	form_typed(request, problem, &security_view_shape, &view);
	TRY(list_sessions(request->work, &sessions, &view.n_sessions));
	TRY(list_identities(request->work, &view.identities, &view.n_identities));
	view.has_identities = view.n_identities > 0;
	view.sessions = ARENA_ARRAY(request->work->arena, view.n_sessions, struct session_view);
	for (size_t i = 0; i < view.n_sessions; i++)
		view.sessions[i] = (struct session_view) { .id = sessions[i].id,
			.browser = name_in(browsers, sessions[i].user_agent),
			.system = name_in(systems, sessions[i].user_agent),
			.ip = sessions[i].ip,
			.last_active_at = sessions[i].last_active_at,
			.current = sessions[i].current };
	return account_show(request, SITE_SECURITY, &view, problem);
}

static const struct problem *
show_security_page(struct request *request)
{
	return show_security(request, OK);
}

static void
show_security_problem(struct request *request, const struct problem *problem)
{
	const bool says = form_says(problem) || problem_is(problem, PROBLEM_CONFLICT);

	if (request->method == GET || !says || show_security(request, problem) != OK)
		site_show_problem(request, problem);
}

struct password_form {
	struct password_change change;
	const char            *password_confirm;
};

static const struct member password_form_members[] = { PASSWORD_MEMBERS(struct password_form, ) };
SHAPE(struct password_form, password_form_shape, "PasswordForm", password_form_members);

static const struct problem *
change_password_on_page(struct request *request)
{
	const struct password_form *form = BODY(request, struct password_form);

	TRY(check_confirmed(request->work, form->change.password, form->password_confirm));
	TRY(change_password(request->work, &form->change));
	return account_go_on(request, page_path, DONE_PASSWORD);
}

/* One that has ended meanwhile is as the person wants it. */
static const struct problem *
end_session_on_page(struct request *request)
{
	struct session_id     id;
	const struct problem *problem;

	TRY(path_id(request, "id", &id.uuid));
	problem = end_session(request->work, id);
	if (problem != OK && !problem_is(problem, PROBLEM_NOT_FOUND))
		return problem;
	return account_go_on(request, page_path, DONE_SESSION);
}

static const struct problem *
end_all_on_page(struct request *request)
{
	TRY(end_sessions(request->work, request->work->viewer.user, NULL, SESSION_LOGOUT_ALL));
	face_set_session(request, "", 0);
	return respond_redirect(request, arena_format(request->work->arena, "%s/signin", site_base(request)));
}

static const struct problem *
remove_identity_on_page(struct request *request)
{
	struct uuid id;

	TRY(path_id(request, "id", &id));
	TRY(remove_identity(request->work, id));
	return account_go_on(request, page_path, DONE_REMOVED);
}

#define OF_OWNER .permission = SIGNED_IN, .show_problem = show_security_problem

static const struct route security_page_routes[] = {
	{ GET, "/account/security", .id = "showSecurityPage", ACCOUNT_PAGE, OF_OWNER,
	    .summary = "The page of one's password and sessions", .handler = show_security_page },
	{ POST, "/account/password", .id = "changePasswordOnPage", ACCOUNT_FORM, OF_OWNER, .pool = POOL_AUTH,
	    .writes = WRITES_ITSELF, .limit = LIMIT_SIGN_IN, .body = &password_form_shape,
	    .errors = ERRORS(LOGIN_LIMITED, CONFLICT, NOT_FOUND, OUTCOME_UNCERTAIN), .summary = "Change the password",
	    .description = "All other sessions of the account end.", .handler = change_password_on_page },
	{ POST, "/account/sessions/{id}/end", .id = "endSessionOnPage", ACCOUNT_FORM, OF_OWNER, .writes = WRITES_DATABASE,
	    .unaudited = "the session keeps that and when it was ended", .summary = "End one session of the account",
	    .handler = end_session_on_page },
	{ POST, "/account/sessions/end", .id = "endSessionsOnPage", ACCOUNT_FORM, OF_OWNER, .writes = WRITES_DATABASE,
	    .unaudited = "the sessions keep that and when they were ended", .summary = "End all sessions of the account",
	    .handler = end_all_on_page },
	{ POST, "/account/identities/{id}/remove", .id = "removeIdentityOnPage", ACCOUNT_FORM, OF_OWNER, .confirmed = true,
	    .writes = WRITES_DATABASE, .errors = ERRORS(CONFLICT, NOT_FOUND),
	    .summary = "Let an identity open the account no more",
	    .description = "As the API does: the last of an account without an e-mail address stays.",
	    .handler = remove_identity_on_page },
};
ROUTE_TABLE(security_pages_table, "Security pages", "One's password and sessions, in a browser.", security_page_routes);
