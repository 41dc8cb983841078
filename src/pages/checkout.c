/* What the page of checkout shows: each step as far as the ones before it allow, and the totals of a quote. */
#include "pages/checkout.h"

#include "accounts/addresses.h"
#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/text.h"
#include "pages/pay_page.h"
#include "payments/provider.h"
#include "promotions/promotions.h"

#include <string.h>

static const struct member place_choice_members[] = {
	M_OBJECT(struct place_choice, address, "address", address_shape),
	M_BOOLEAN(struct place_choice, chosen, "chosen"),
};
SHAPE(struct place_choice, place_choice_shape, "PlaceChoice", place_choice_members);

static const struct member sending_choice_members[] = {
	M_ENUM(struct sending_choice, method, "method", shipping_method_values),
	M_MONEY(struct sending_choice, price, "price"),
	M_BOOLEAN(struct sending_choice, chosen, "chosen"),
};
SHAPE(struct sending_choice, sending_choice_shape, "SendingChoice", sending_choice_members);

static const struct member paying_choice_members[] = {
	M_TEXT(struct paying_choice, name, "name", 32),
	M_TEXT(struct paying_choice, title, "title", 64),
	M_BOOLEAN(struct paying_choice, is_cash, "is_cash"),
	M_BOOLEAN(struct paying_choice, chosen, "chosen"),
};
SHAPE(struct paying_choice, paying_choice_shape, "PayingChoice", paying_choice_members);

static const struct member who_fault_members[] = {
	M_BOOLEAN(struct who_fault, asks_password, "asks_password"),
	M_BOOLEAN(struct who_fault, is_wrong, "is_wrong"),
	M_BOOLEAN(struct who_fault, is_code_wrong, "is_code_wrong"),
	M_BOOLEAN(struct who_fault, asks_code, "asks_code"),
	M_BOOLEAN(struct who_fault, is_disabled, "is_disabled"),
	M_BOOLEAN(struct who_fault, is_limited, "is_limited"),
	M_INTEGER(struct who_fault, seconds, "seconds", 0, INT32_MAX),
};
SHAPE(struct who_fault, who_fault_shape, "WhoFault", who_fault_members);

static const struct member checkout_view_members[] = {
	M_SITE(struct checkout_view),
	TROUBLE_MEMBERS(struct checkout_view),
	M_BOOLEAN(struct checkout_view, is_wrong, "is_wrong"),
	M_BOOLEAN(struct checkout_view, is_known, "is_known"),
	M_BOOLEAN(struct checkout_view, may_order, "may_order"),
	M_FIELD(struct checkout_view, full_name),
	M_FIELD(struct checkout_view, email),
	M_FIELD(struct checkout_view, phone),
	M_FIELD(struct checkout_view, line1),
	M_FIELD(struct checkout_view, line2),
	M_FIELD(struct checkout_view, city),
	M_FIELD(struct checkout_view, state),
	M_FIELD(struct checkout_view, postal_code),
	M_FIELD(struct checkout_view, country),
	M_ARRAY(struct checkout_view, countries, n_countries, "countries", country_choice_shape, COUNTRIES_MAX),
	M_BOOLEAN(struct checkout_view, adds_place, "adds_place"),
	M_OBJECT(struct checkout_view, customer, "customer", user_shape),
	M_OBJECT(struct checkout_view, who_fault, "who_fault", who_fault_shape),
	M_ARRAY(struct checkout_view, places, n_places, "places", place_choice_shape, ADDRESSES_MAX),
	M_ARRAY(struct checkout_view, sendings, n_sendings, "sendings", sending_choice_shape, SHIPPING__COUNT),
	M_ARRAY(struct checkout_view, payings, n_payings, "payings", paying_choice_shape, PROVIDER__COUNT),
	M_ARRAY(struct checkout_view, rows, n_rows, "rows", cart_row_shape, CART_LINES_MAX),
	M_MONEY(struct checkout_view, subtotal, "subtotal"),
	M_OBJECT(struct checkout_view, quote, "quote", quote_shape),
	M_TEXT(struct checkout_view, coupon, "coupon", COUPON_CODE_MAX),
	M_TEXT(struct checkout_view, key, "key", 64),
	M_TEXT(struct checkout_view, seen, "seen", SEEN_MAX),
	M_OBJECT(struct checkout_view, sending, "sending", sending_choice_shape),
	M_OBJECT(struct checkout_view, place, "place", address_shape),
};
SHAPE_SHARED(struct checkout_view, checkout_view_shape, "CheckoutView", checkout_view_members);

/* ---- where ---- */

/* The one that was chosen, else the default one, else the newest. */
static struct address *
choose_place(struct address *addresses, size_t count, const struct address_id *chosen)
{
	struct address *place = count == 0 ? NULL : &addresses[0];

	for (size_t i = 0; i < count; i++)
		if (addresses[i].is_default && addresses[i].kind == ADDRESS_SHIPPING)
			place = &addresses[i];
	for (size_t i = 0; chosen != NULL && i < count; i++)
		if (ID_EQUAL(addresses[i].id, *chosen))
			place = &addresses[i];
	return place;
}

static const struct problem *
fill_places(struct work *work, const struct checkout_query *chosen, struct checkout_view *view)
{
	struct address *addresses;

	TRY(list_addresses(work, &addresses, &view->n_places));
	view->place = choose_place(addresses, view->n_places, chosen->address);
	view->places = ARENA_ARRAY(work->arena, view->n_places, struct place_choice);
	for (size_t i = 0; i < view->n_places; i++)
		view->places[i] = (struct place_choice) { &addresses[i], &addresses[i] == view->place };
	return OK;
}

/* ---- how it is sent ---- */

/* The methods that go there, with no price yet; the first one is chosen unless it is another that was. */
static void
fill_sendings(struct work *work, const char *currency, const struct checkout_query *chosen, struct checkout_view *view)
{
	struct shipping_query   query = { .country = view->place->country, .currency = currency };
	struct shipping_methods methods = shipping_methods(work, &query);

	view->n_sendings = methods.n_results;
	view->sendings = ARENA_ARRAY(work->arena, methods.n_results, struct sending_choice);
	for (size_t i = 0; i < methods.n_results; i++) {
		view->sendings[i].method = methods.results[i].method;
		if (view->sending == NULL || (chosen->method != NULL && *chosen->method == methods.results[i].method))
			view->sending = &view->sendings[i];
	}
	if (view->sending != NULL)
		view->sending->chosen = true;
}

/* What each method would cost: the quote's own calculation, for that method. */
static void
price_sendings(struct work *work, const struct draft *draft, struct checkout_view *view)
{
	size_t kept = 0;

	for (size_t i = 0; i < view->n_sendings; i++) {
		struct price price = draft->price;

		price.method = (enum shipping_method)view->sendings[i].method;
		if (price_order(rates_of(work->config), &price) != OK)
			continue;
		view->sendings[i].price = view->quote->shipping;
		view->sendings[i].price.minor = price.shipping;
		if (view->sending == &view->sendings[i])
			view->sending = &view->sendings[kept];
		view->sendings[kept++] = view->sendings[i];
	}
	view->n_sendings = kept;
}

/* ---- how it is paid ---- */

static void
fill_payings(struct work *work, const char *chosen, struct checkout_view *view)
{
	const char *const        *names = work->config->payments.providers;
	const struct payment_link link = { .amount = view->quote->total };

	view->payings = ARENA_ARRAY(work->arena, PROVIDER__COUNT, struct paying_choice);
	if (view->quote->total.minor == 0)
		return;
	for (; *names != NULL && view->n_payings < PROVIDER__COUNT; names++) {
		const struct provider *provider = provider_known(*names);
		const bool             is_cash = provider != NULL && provider->collects != COLLECTED_BY_PROVIDER;

		if (is_cash ? provider_takes(work->config, provider, link.amount, false) == OK
			    : pay_page_offers(work, &link, provider))
			view->payings[view->n_payings++] = (struct paying_choice) { provider->name, provider->title, is_cash,
				chosen != NULL && strcmp(chosen, provider->name) == 0 };
	}
}

/* ---- the quote ---- */

static bool
is_about_coupon(const struct problem *problem)
{
	return problem_is(problem, PROBLEM_NO_SUCH_COUPON) ||
	    (problem != OK && strncmp(problem_name(problem->code), "coupon_", strlen("coupon_")) == 0);
}

/* What is in the way is said on the page, unless that says already why something was not done. */
static const struct problem *
say_trouble(struct work *work, const struct problem *problem, struct checkout_view *view)
{
	struct trouble trouble;

	if (!trouble_of(work->arena, problem, &trouble))
		return problem;
	if (view->trouble.code == NULL)
		view->trouble = trouble;
	return OK;
}

static const struct problem *
fill_quote(struct work *work, const char *provider, struct checkout_view *view)
{
	struct order_request request = {
		.shipping_address = view->place->id, .shipping_method = view->sending->method, .coupon = view->coupon
	};
	struct draft          draft;
	const struct problem *problem = draft_order(work, &request, false, &draft);

	if (is_about_coupon(problem)) {
		TRY(say_trouble(work, problem, view));
		request.coupon = NULL;
		problem = draft_order(work, &request, false, &draft);
	}
	if (problem != OK)
		return say_trouble(work, problem, view);
	view->quote = ARENA_NEW(work->arena, struct order);
	draft_show(&draft, view->quote);
	view->seen = order_seen(work->arena, view->quote);
	price_sendings(work, &draft, view);
	fill_payings(work, provider, view);
	return OK;
}

static const struct problem *
fill_steps(struct work *work, const char *currency, const struct checkout_query *chosen, struct checkout_view *view)
{
	TRY(read_user(work, work->viewer.user, &view->customer));
	if (!view->adds_place) {
		view->full_name.value = view->customer->full_name;
		view->phone.value = view->customer->phone;
	}
	TRY(fill_places(work, chosen, view));
	view->adds_place = view->adds_place || view->place == NULL;
	if (view->place == NULL)
		return OK;
	fill_sendings(work, currency, chosen, view);
	return view->sending == NULL ? say_trouble(work, problem(NOT_SHIPPED_THERE, "nothing is sent there"), view)
				     : fill_quote(work, chosen->provider, view);
}

const struct problem *
fill_checkout(struct request *request, const struct checkout_query *chosen, struct checkout_view *view)
{
	struct work          *work = request->work;
	struct cart_owner     owner;
	struct cart           cart = { .n_items = 0 };
	const struct problem *problem = cart_of(request, &owner);

	view->site = site_at(request, "/checkout");
	view->is_known = !uuid_is_nil(work->viewer.user.uuid);
	view->may_order = !view->is_known || MAY(work, ORDER_PLACE);
	view->key = uuid_text(work->arena, uuid_new());
	if (!problem_is(problem, PROBLEM_NOT_FOUND)) {
		TRY(problem);
		TRY(read_cart(work, &owner, &cart));
		TRY(read_cart_coupon(work, &owner, &view->coupon));
	}
	view->rows = cart_rows(work, &cart);
	view->n_rows = cart.n_items;
	view->subtotal = cart.subtotal;
	if (!view->is_known || !view->may_order || cart.n_items == 0)
		return OK;
	offer_countries(request, &view->country, &view->countries, &view->n_countries);
	return fill_steps(work, cart.currency, chosen, view);
}

const char *
order_seen(struct arena *arena, const struct order *order)
{
	struct text   seen = text_new(arena, SEEN_MAX);
	unsigned char digest[32], lines[8] = { 0 };

	for (size_t i = 0; i < order->n_lines; i++) {
		const struct order_line *line = &order->lines[i];
		const char              *text =
		    arena_format(arena, "%s %lld", uuid_text(arena, line->variant.uuid), (long long)line->quantity);

		sha256(text, strlen(text), digest);
		for (size_t at = 0; at < sizeof lines; at++)
			lines[at] ^= digest[at];
	}
	text_add_money(&seen, order->total);
	text_addf(&seen, "-%s-%s", order->total.currency, hex_encode(arena, lines, sizeof lines));
	return seen.bytes;
}

const char *
checkout_url(struct request *request, const struct checkout_query *chosen)
{
	struct text url = text_new(request->work->arena, 256);

	text_addf(&url, "%s/checkout", site_base(request));
	if (chosen->address != NULL)
		text_addf(&url, "?address=%s", uuid_text(request->work->arena, chosen->address->uuid));
	if (chosen->method != NULL)
		text_addf(&url, "%cmethod=%s", chosen->address == NULL ? '?' : '&', shipping_method_values[*chosen->method]);
	return url.bytes;
}
