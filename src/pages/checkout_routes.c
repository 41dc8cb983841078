/* Checkout: the page, and what the form of each step does. */
#include "accounts/addresses.h"
#include "accounts/answers.h"
#include "accounts/registration.h"
#include "accounts/session.h"
#include "base/arena.h"
#include "base/config.h"
#include "base/locale.h"
#include "base/text.h"
#include "http/face.h"
#include "http/idempotency_keys.h"
#include "orders/state.h"
#include "pages/checkout.h"
#include "pages/order_view.h"
#include "pages/pages.h"
#include "pages/site_problem.h"
#include "pages/sign_in_page.h"
#include "payments/deliver.h"
#include "payments/payment.h"
#include "payments/provider.h"
#include "promotions/promotions.h"
#include "store/db.h"
#include "store/list.h"

#include <string.h>

enum { PAGE_KEY_MAX = 64, RECENT_MS = 60 * 60 * 1000 };

static const struct member checkout_query_members[] = {
	M_ID(struct checkout_query, address, "address", .description = "Where to; the default address if absent."),
	M_ENUM(struct checkout_query, method, "method", shipping_method_values,
	    .description = "How it is sent; in the first way there is if absent."),
};
SHAPE_SHARED(struct checkout_query, checkout_query_shape, "CheckoutQuery", checkout_query_members);

/* password, totp: of somebody whose e-mail address has an account. */
struct who_form {
	struct new_user user;
	const char     *password_confirm, *totp;
};

static const struct member who_form_members[] = {
	CUSTOMER_MEMBERS(struct who_form, , false),
	M_TEXT(struct who_form, totp, "totp", 16, .example = "\"287082\""),
};
SHAPE(struct who_form, who_form_shape, "WhoForm", who_form_members);

struct order_form {
	struct address_id address;
	int               method;
	const char       *provider, *key, *seen; /* key: of this page; seen: order_seen of what it has shown */
};

static const struct member order_form_members[] = {
	M_ID(struct order_form, address, "address", .required = true),
	M_ENUM(struct order_form, method, "method", shipping_method_values, .required = true),
	M_TEXT(struct order_form, provider, "provider", 32, .example = "\"stripe\""),
	M_TEXT(struct order_form, key, "key", PAGE_KEY_MAX, .required = true, .min = 16, .example = "\"5a3c7e9b1d2f4a6c\"",
	    .description = "Of the page that was shown: with the same one nothing is ordered twice."),
	M_TEXT(struct order_form, seen, "seen", SEEN_MAX, .required = true, .example = "\"10.00-USD-5a3c7e9b1d2f4a6c\"",
	    .description = "What the page has shown: the total and, as it says itself, what for."),
};
SHAPE(struct order_form, order_form_shape, "OrderForm", order_form_members);

/* ---- the page ---- */

/* The order that the viewer has placed a moment ago; NULL: none. */
static const struct problem *
find_recent_order(struct work *work, const char **number)
{
	const struct order_filter own = { .status = NULL };
	const struct page_request newest = { .limit = 1 };
	struct order_summary     *orders;
	struct listed             listed;

	*number = NULL;
	if (!MAY(work, ORDER_PLACE))
		return OK;
	TRY(list_orders(work, &own, &newest, &orders, &listed));
	if (listed.count == 1 && ID_EQUAL(orders->customer, work->viewer.user) &&
	    orders->created_at.unix_ms > instant_now().unix_ms - RECENT_MS)
		*number = orders->number;
	return OK;
}

/* With nothing to order: who comes back from paying, or from another tab, finds the order that took it all; others the cart. */
static const struct problem *
lead_from_empty_cart(struct request *request)
{
	const char *number;

	TRY(find_recent_order(request->work, &number));
	return respond_redirect(request,
	    arena_format(request->work->arena, "%s/%s%s", site_base(request), number == NULL ? "cart" : "orders/",
		number == NULL ? "" : number));
}

static const struct problem *
show_checkout_page(struct request *request)
{
	struct checkout_view view = { .adds_place = false };

	form_typed(request, OK, &checkout_view_shape, &view);
	TRY(fill_checkout(request, QUERY(request, struct checkout_query), &view));
	if (view.n_rows == 0)
		return lead_from_empty_cart(request);
	return site_respond_own(request, SITE_CHECKOUT, &view, 200);
}

/* What the form that orders had chosen, also when it was not looked at. */
static struct checkout_query
chosen_in_form(const struct request *request)
{
	struct arena         *arena = request->work->arena;
	const char           *address = form_text(request, "address"), *method = form_text(request, "method");
	struct checkout_query query = { .provider = form_text(request, "provider") };
	struct uuid           id;

	if (address != NULL && uuid_parse(address, &id)) {
		query.address = ARENA_NEW(arena, struct address_id);
		query.address->uuid = id;
	}
	if (method != NULL && value_index(shipping_method_values, method) >= 0) {
		query.method = ARENA_NEW(arena, int);
		*query.method = value_index(shipping_method_values, method);
	}
	return query;
}

/* What was chosen of the steps before the form that was sent. */
static struct checkout_query
chosen_before(const struct request *request)
{
	if (request->route->body == &order_form_shape)
		return chosen_in_form(request);
	if (request->route->query == &checkout_query_shape && request->query_values != NULL)
		return *QUERY(request, struct checkout_query);
	return (struct checkout_query) { NULL, NULL, NULL };
}

static bool
say_who_fault(const struct request *request, const struct problem *problem, struct who_fault *fault)
{
	const char *totp = form_text(request, "totp"), *password = form_text(request, "password");
	const bool  has_code = totp != NULL && *totp != '\0';

	*fault = (struct who_fault) { .is_wrong = problem_is(problem, PROBLEM_BAD_CREDENTIALS),
		.is_code_wrong = problem_is(problem, PROBLEM_TOTP_REQUIRED) && has_code,
		.is_disabled = problem_is(problem, PROBLEM_ACCOUNT_DISABLED),
		.is_limited = problem_is(problem, PROBLEM_LOGIN_LIMITED) || problem_is(problem, PROBLEM_RATE_LIMITED),
		.seconds = problem->retry_after_seconds };
	fault->asks_code = problem_is(problem, PROBLEM_TOTP_REQUIRED) || (fault->is_wrong && has_code);
	fault->asks_password = problem_is(problem, PROBLEM_EMAIL_TAKEN) || (password != NULL && *password != '\0');
	return problem_is(problem, PROBLEM_EMAIL_TAKEN) || fault->is_wrong || fault->asks_code || fault->is_disabled ||
	    fault->is_limited;
}

/* The page as it stands, with what was typed and why it was not taken. */
static void
show_checkout_problem(struct request *request, const struct problem *problem)
{
	const struct checkout_query chosen = chosen_before(request);
	struct checkout_view        view = { .adds_place = request->route->body == &address_create_shape };
	bool said = request->route->body == &who_form_shape && say_who_fault(request, problem, &view.who_fault);

	view.is_wrong = problem_is(problem, PROBLEM_VALIDATION_FAILED);
	said = said || view.is_wrong || trouble_of(request->work->arena, problem, &view.trouble);
	form_typed(request, problem, &checkout_view_shape, &view);
	if (!said || fill_checkout(request, &chosen, &view) != OK)
		site_show_problem(request, problem);
	else
		site_respond_own(request, SITE_CHECKOUT, &view, problem_status(problem->code));
}

/* ---- who ---- */

static const struct problem *
begin_session(struct request *request, const struct who_form *form, struct tokens *tokens)
{
	const struct sign_in from = { .email = form->user.email,
		.password = form->user.password,
		.totp = form->totp,
		.user_agent = user_agent_of(request),
		.keys = request->keys,
		.use = SESSION_BY_COOKIE };
	struct new_user      customer = form->user;

	customer.role = ROLE_CUSTOMER;
	customer.locale = site_locale(request)->code;
	return form->user.password != NULL ? sign_in(request->work, &from, tokens)
					   : register_without_password(request->work, &customer, &from, tokens);
}

static const struct problem *
say_who_on_page(struct request *request)
{
	struct tokens tokens;

	TRY(face_check_site(request));
	TRY(begin_session(request, BODY(request, struct who_form), &tokens));
	return enter_by_cookie(request, &tokens, checkout_url(request, &(struct checkout_query) { NULL, NULL, NULL }));
}

/* ---- where ---- */

static bool
is_same(const char *one, const char *other)
{
	return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

/* One that is there already is chosen, so that a form that is sent twice adds one address. */
static const struct problem *
find_same_address(struct work *work, const struct address *a, struct address **found)
{
	struct address *list;
	size_t          count;

	*found = NULL;
	TRY(list_addresses(work, &list, &count));
	for (size_t i = 0; i < count && *found == NULL; i++) {
		const struct address *b = &list[i];

		if (is_same(a->full_name, b->full_name) && is_same(a->phone, b->phone) && is_same(a->line1, b->line1) &&
		    is_same(a->line2, b->line2) && is_same(a->city, b->city) && is_same(a->state, b->state) &&
		    is_same(a->postal_code, b->postal_code) && is_same(a->country, b->country))
			*found = &list[i];
	}
	return OK;
}

static const struct problem *
add_address_on_page(struct request *request)
{
	struct checkout_query chosen = *QUERY(request, struct checkout_query);
	const struct address *body = BODY(request, struct address);
	struct address       *address;

	TRY(find_same_address(request->work, body, &address));
	if (address == NULL)
		TRY(create_address(request->work, body, &address));
	chosen.address = &address->id;
	return respond_redirect(request, arena_format(request->work->arena, "%s#step-how", checkout_url(request, &chosen)));
}

/* ---- placing ---- */

/* One time that somebody orders: `order` is what came of it. */
struct placing {
	const struct order_form *form;
	struct key               key;
	const char              *order; /* its id as text */
};

static const struct problem *
find_placed(struct work *work, struct placing *placing)
{
	struct stored_answer *stored;

	TRY(key_read(work, &placing->key, &stored));
	if (stored != NULL)
		placing->order = arena_copy(work->arena, (const char *)stored->response_body.bytes, stored->response_body.length);
	return OK;
}

/* What the customer has agreed to is what the page has shown, whatever another one has made of the cart meanwhile. */
static const struct problem *
check_seen(struct work *work, const struct order *order, const char *seen)
{
	return strcmp(order_seen(work->arena, order), seen) == 0 ? OK : problem(CONFLICT, "the total or the cart has changed");
}

/* The key stands in the transaction of the order, which empties the cart: whoever comes second finds the one or the other. */
static const struct problem *
place_once(struct work *work, struct placing *placing)
{
	struct cart_owner    owner = own_cart(work);
	struct order_request wanted = { .shipping_address = placing->form->address, .shipping_method = placing->form->method };
	struct order        *order;
	const char          *id;
	bool                 is_new;

	TRY(find_placed(work, placing));
	if (placing->order != NULL)
		return OK;
	TRY(read_cart_coupon(work, &owner, &wanted.coupon));
	TRY(place_order(work, &wanted, &order));
	TRY(check_seen(work, order, placing->form->seen));
	if (wanted.coupon != NULL)
		TRY(set_cart_coupon(work, &owner, NULL));
	id = uuid_text(work->arena, order->id.uuid);
	TRY(key_insert_done(work, &placing->key, 303, (struct bytes) { (const unsigned char *)id, strlen(id) }, &is_new));
	placing->order = id;
	return is_new ? OK : problem(CART_EMPTY, "it was ordered meanwhile");
}

/* The newest attempt to pay the order, NULL when there is none. */
static const struct problem *
last_attempt(struct work *work, const char *order, struct payment **payment)
{
	struct payment *payments;
	size_t          count;

	TRY(payments_of_order(work, order, &payments, &count));
	*payment = count == 0 ? NULL : &payments[count - 1];
	return OK;
}

/*
 * The order stands, whatever becomes of paying it: an attempt that another request has begun goes on at its own page; where none has
 * begun the order's page says why (`notice`, else NULL) and how it can be paid.
 */
static const struct problem *
begin_payment(struct request *request, const struct order *order, const struct provider *provider, struct payment **payment,
    const char **notice)
{
	struct work          *work = request->work;
	const char           *id = uuid_text(work->arena, order->id.uuid);
	struct wish           wish = { .kind = PURPOSE_ORDER,
			  .purpose = order->id.uuid,
			  .provider = provider,
			  .user = acting_user(work),
			  .return_url =
			      arena_format(work->arena, "%s%s/orders/%s", work->config->public_url, site_base(request), order->number) };
	const struct problem *problem;
	int                   why;

	*notice = NULL;
	TRY(last_attempt(work, id, payment));
	if (*payment != NULL || order->status != ORDER_PENDING || provider == NULL)
		return OK;
	problem = create_payment(work, &wish, payment);
	if (problem == OK)
		return OK;
	if (order_notice_of(problem, &why) && why >= NOTICE_PROVIDER_AWAY)
		*notice = order_notices[why];
	return last_attempt(work, id, payment);
}

static const struct problem *
lead_on(struct request *request, const char *id, const struct provider *provider)
{
	struct arena   *arena = request->work->arena;
	struct order   *order;
	struct payment *payment;
	const char     *notice;

	TRY(read_order(request->work, id, &order));
	TRY(begin_payment(request, order, provider, &payment, &notice));
	if (notice != NULL)
		return respond_redirect(
		    request, arena_format(arena, "%s/orders/%s?notice=%s", site_base(request), order->number, notice));
	if (payment == NULL || collected_by_carrier(payment) || payment_has_money(payment))
		return respond_redirect(request, arena_format(arena, "%s/orders/%s", site_base(request), order->number));
	return respond_redirect(request, arena_format(arena, "%s/pay/%s", site_base(request), payment->reference));
}

static const struct problem *
place_on_page(struct request *request)
{
	struct work             *work = request->work;
	const struct order_form *form = BODY(request, struct order_form);
	const struct provider   *provider = form->provider == NULL ? NULL : provider_enabled(work->config, form->provider);
	struct placing           placing = { .form = form };
	const struct problem    *problem;

	if (form->provider != NULL && provider == NULL)
		return problem(PROVIDER_UNSUPPORTED, "the provider is not enabled");
	placing.key.scope = placing.key.request = key_scope(work, request->route->id, form->key);
	problem = db_transaction(work, place_once(work, &placing));
	if (problem != OK) {
		placing.order = NULL;
		TRY(find_placed(work, &placing));
		if (placing.order == NULL)
			return problem_is(problem, PROBLEM_CART_EMPTY) ? lead_from_empty_cart(request) : problem;
	}
	return lead_on(request, placing.order, provider);
}

#define CHECKOUT_FORM \
	.outside = true, .keyless = true, .takes = TAKES_FORM, .answer = { 303, NULL }, .answer_type = PAGE_TYPE, \
	.show_problem = show_checkout_problem

static const struct route checkout_routes[] = {
	{ GET, "/checkout", .id = "showCheckoutPage", .permission = PUBLIC, .optional_user = true, .guest = true, .outside = true,
	    .query = &checkout_query_shape, .answer = { 200, NULL }, .answer_type = PAGE_TYPE, .errors = ERRORS(TOTAL_TOO_LARGE),
	    .show_problem = site_show_problem, .summary = "The page of checkout",
	    .description = "An empty cart leads to its own page, or to the order that was placed with it within the last hour.",
	    .handler = show_checkout_page },
	{ POST, "/checkout/who", .id = "sayWhoOnPage", CHECKOUT_FORM, .permission = PUBLIC, .guest = true, .pool = POOL_AUTH,
	    .writes = WRITES_ITSELF, .limit = LIMIT_SIGN_IN, .limit_member = "email", .body = &who_form_shape,
	    .errors = ERRORS(FORBIDDEN, EMAIL_TAKEN, PHONE_TAKEN, BAD_CREDENTIALS, ACCOUNT_DISABLED, TOTP_REQUIRED, LOGIN_LIMITED,
		OUTCOME_UNCERTAIN),
	    .summary = "Say who orders",
	    .description =
		"Makes an account without a password, signed in in this browser; or signs in to the one that is there.",
	    .handler = say_who_on_page },
	{ POST, "/checkout/address", .id = "addAddressOnPage", CHECKOUT_FORM,
	    .unaudited = "addresses are their owner's own; orders hold a copy", .permission = PERMISSION(ORDER_PLACE),
	    .writes = WRITES_DATABASE, .query = &checkout_query_shape, .body = &address_create_shape,
	    .errors = ERRORS(CONFLICT, NOT_FOUND), .summary = "Add an address, and choose it", .handler = add_address_on_page },
	{ POST, "/checkout/place", .id = "placeOnPage", CHECKOUT_FORM,
	    .unaudited = "the order, the payment and their events keep who placed it, when and what",
	    .permission = PERMISSION(ORDER_PLACE), .pool = POOL_PAY, .writes = WRITES_PROVIDER, .limit = LIMIT_PAYMENT,
	    .body = &order_form_shape,
	    .errors = ERRORS(NOT_FOUND, NOT_FOR_SALE, MIXED_CURRENCY, INSUFFICIENT_STOCK, NOT_SHIPPED_THERE, NO_SUCH_COUPON,
		COUPON_NOT_STARTED, COUPON_ENDED, COUPON_SPENT, COUPON_MINIMUM, COUPON_NOT_FOR_THESE, COUPON_OTHER_CURRENCY,
		TOTAL_TOO_LARGE, TOO_MUCH_RESERVED, CONFLICT, PROVIDER_UNSUPPORTED),
	    .summary = "Place the order, and go on to pay it",
	    .description =
		"Leads to the payment's page, or with cash on delivery to the order's; with an empty cart where checkout does.",
	    .handler = place_on_page },
};
ROUTE_TABLE(checkout_table, "Checkout", "Ordering what lies in a browser's cart.", checkout_routes);
