/* Registration on our pages: who opens an account is signed in by it. */
#include "pages/register_page.h"

#include "accounts/answers.h"
#include "accounts/google.h"
#include "accounts/registration.h"
#include "accounts/session.h"
#include "base/arena.h"
#include "base/locale.h"
#include "http/face.h"
#include "pages/pages.h"
#include "pages/sign_in_form.h"
#include "pages/sign_in_page.h"
#include "pages/site_problem.h"

#include <string.h>

enum { BUSINESS_TYPES = BUSINESS_ENTERPRISE + 1, NEXT_MAX = 2048 };

static const struct member register_choice_members[] = {
	M_ENUM(struct register_choice, business_type, "business_type", business_type_values),
	M_BOOLEAN(struct register_choice, is_chosen, "is_chosen"),
};
SHAPE(struct register_choice, register_choice_shape, "RegisterChoice", register_choice_members);

static const struct member register_view_members[] = {
	M_SITE(struct register_view),
	M_TEXT(struct register_view, next, "next", NEXT_MAX),
	M_BOOLEAN(struct register_view, is_wrong, "is_wrong"),
	M_BOOLEAN(struct register_view, is_shop, "is_shop"),
	M_BOOLEAN(struct register_view, offers_google, "offers_google"),
	M_BOOLEAN(struct register_view, offers_phone, "offers_phone"),
	M_BOOLEAN(struct register_view, has_others, "has_others"),
	M_FIELD(struct register_view, full_name),
	M_FIELD(struct register_view, email),
	M_FIELD(struct register_view, phone),
	M_FIELD(struct register_view, password),
	M_FIELD(struct register_view, password_confirm),
	M_FIELD(struct register_view, shop_name),
	M_FIELD(struct register_view, business_type),
	M_FIELD(struct register_view, business_id),
	M_FIELD(struct register_view, gst_number),
	M_FIELD(struct register_view, currency),
	M_ARRAY(struct register_view, choices, n_choices, "choices", register_choice_shape, BUSINESS_TYPES),
};
SHAPE_SHARED(struct register_view, register_view_shape, "RegisterView", register_view_members);

struct register_form {
	struct new_user     user;
	const char         *password_confirm;
	struct new_merchant shop;
	const char         *next;
};

static const struct member customer_form_members[] = {
	CUSTOMER_MEMBERS(struct register_form, , false),
	M_TEXT(struct register_form, next, "next", NEXT_MAX, .example = "\"/cart\""),
};
SHAPE(struct register_form, customer_form_shape, "RegisterForm", customer_form_members);

static const struct member shop_form_members[] = {
	CUSTOMER_MEMBERS(struct register_form, , true),
	NEW_SHOP_MEMBERS(struct register_form, ),
	M_TEXT(struct register_form, next, "next", NEXT_MAX, .example = "\"/cart\""),
};
SHAPE(struct register_form, shop_form_shape, "RegisterShopForm", shop_form_members);

static bool
is_of_shop(const struct request *request)
{
	return strcmp(request->path, "/register") != 0;
}

/* The form with what was typed, and what the problem (NULL: none yet) says of it. */
static void
show_form(struct request *request, const struct problem *problem, const char *next)
{
	struct text          html = text_new(request->work->arena, 16 * 1024);
	struct register_view view = {
		.site = site_of(request, false), .next = next, .is_wrong = problem != OK, .is_shop = is_of_shop(request)
	};

	/* They make customers' accounts only. */
	view.offers_google = !view.is_shop && google_is_offered(request->work->config);
	view.offers_phone = !view.is_shop && phone_is_offered(request->work->config);
	view.has_others = view.offers_google || view.offers_phone;
	form_typed(request, problem, &register_view_shape, &view);
	view.choices = ARENA_ARRAY(request->work->arena, BUSINESS_TYPES, struct register_choice);
	for (; view.n_choices < BUSINESS_TYPES; view.n_choices++)
		view.choices[view.n_choices] = (struct register_choice) { (int)view.n_choices,
			view.business_type.value != NULL &&
			    strcmp(view.business_type.value, business_type_values[view.n_choices]) == 0 };
	if (view.currency.value == NULL)
		view.currency.value = SHOP_CURRENCY;
	site_print(request, SITE_REGISTER, &view, &html);
	respond_text(request, PAGE_TYPE, html.bytes, html.length);
}

static const struct problem *
show_register_page(struct request *request)
{
	show_form(request, OK, QUERY(request, struct next_query)->next);
	return OK;
}

static void
show_register_problem(struct request *request, const struct problem *problem)
{
	if (!form_says(problem) || request->method == GET) {
		site_show_problem(request, problem);
		return;
	}
	show_form(request, problem, form_text(request, "next"));
	request->status = problem_status(problem->code);
}

/* Who has given a password could sign in by it now: so they are signed in. */
static const struct problem *
open_account(struct request *request, enum role role, const struct sign_in *from, struct tokens *tokens)
{
	struct work                *work = request->work;
	const struct register_form *form = BODY(request, struct register_form);
	struct new_user             new_user = form->user;
	struct new_merchant         shop = form->shop;
	struct user                *user;

	new_user.role = role;
	new_user.locale = site_locale(request)->code; /* letters come in the language of the page */
	if (new_user.password == NULL && form->password_confirm == NULL)
		return register_without_password(work, &new_user, from, tokens);
	if (new_user.password == NULL)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "password", "is required");
	TRY(check_confirmed(work, new_user.password, form->password_confirm));
	if (shop.currency == NULL)
		shop.currency = SHOP_CURRENCY;
	TRY(register_account(work, &new_user, role == ROLE_SHOPKEEPER ? &shop : NULL, &user, NULL));
	return db_transaction(work, start_session_for(work, user->id, from, tokens));
}

static const struct problem *
register_on_page(struct request *request)
{
	const struct register_form *form = BODY(request, struct register_form);
	const bool                  is_shop = is_of_shop(request);
	struct sign_in from = { .user_agent = user_agent_of(request), .keys = request->keys, .use = SESSION_BY_COOKIE };
	struct tokens  tokens;

	TRY(face_check_site(request));
	TRY(open_account(request, is_shop ? ROLE_SHOPKEEPER : ROLE_CUSTOMER, &from, &tokens));
	return enter_by_cookie(request, &tokens,
	    is_shop ? arena_format(request->work->arena, "%s/account?done=shop", site_base(request))
		    : page_after(request, form->next));
}

#define FORM_ROUTE \
	.permission = PUBLIC, .pool = POOL_AUTH, .outside = true, .writes = WRITES_ITSELF, .limit = LIMIT_SIGN_IN, \
	.keyless = true, .takes = TAKES_FORM, .answer = { 303, NULL }, .answer_type = PAGE_TYPE, \
	.show_problem = show_register_problem, .handler = register_on_page
#define PAGE_ROUTE \
	.permission = PUBLIC, .pool = POOL_AUTH, .outside = true, .query = &next_query_shape, .answer = { 200, NULL }, \
	.answer_type = PAGE_TYPE, .show_problem = show_register_problem, .handler = show_register_page
#define FORM_ERRORS EMAIL_TAKEN, PHONE_TAKEN, ACCOUNT_DISABLED, NOT_FOUND, FORBIDDEN, OUTCOME_UNCERTAIN

static const struct route register_routes[] = {
	{ GET, "/register", .id = "showRegisterPage", PAGE_ROUTE, .summary = "The page for registration as a customer" },
	{ POST, "/register", .id = "registerOnPage", FORM_ROUTE, .body = &customer_form_shape, .errors = ERRORS(FORM_ERRORS),
	    .summary = "Register as a customer, and go on",
	    .description = "With a password or without; the session is in a cookie that script cannot read." },
	{ GET, "/register/shop", .id = "showRegisterShopPage", PAGE_ROUTE,
	    .summary = "The page for registration as a shopkeeper" },
	{ POST, "/register/shop", .id = "registerShopOnPage", FORM_ROUTE, .body = &shop_form_shape,
	    .errors = ERRORS(FORM_ERRORS, BUSINESS_ID_TAKEN), .summary = "Register as a shopkeeper, and go on" },
};
ROUTE_TABLE(register_table, "Registration pages", "Registration of people in a browser.", register_routes);
