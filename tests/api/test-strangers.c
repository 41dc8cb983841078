/*
 * What belongs to others: a seller and a customer who may call a route for their own things find nothing behind the ids of
 * somebody else's, whatever the route does, and no list shows them those.  All routes of the tables are asked; one with an id of
 * a kind that is not known here is a failure.
 */
#include "base/text.h"
#include "http/permission.h"
#include "http/route.h"
#include "shop.h"
#include "tests/api/check.h"
#include "tests/api/shopping.h"
#include "tests/api/subscribing.h"
#include "tests/api/uploading.h"

#include <string.h>

/* Somebody's things, by the beginning of the paths that lead to them. */
static struct thing {
	const char *path, *id;
} things[] = {
	{ "/orders/{id}", NULL },
	{ "/payments/{reference}", NULL },
	{ "/fulfilments/{id}", NULL },
	{ "/returns/{id}", NULL },
	{ "/disputes/{id}", NULL },
	{ "/addresses/{id}", NULL },
	{ "/accounts/sessions/{id}", NULL },
	{ "/accounts/me/exports/{id}", NULL },
	{ "/cart/items/{id}", NULL },
	{ "/reviews/{id}", NULL },
	{ "/media/{id}", NULL },
	{ "/payment-methods/{id}", NULL },
	{ "/subscriptions/{id}", NULL },
	{ "/plans/{id}", NULL },
	{ "/coupons/{id}", NULL },
	{ "/products/{product}", NULL },
	{ "/variants/{variant}", NULL },
	{ "/inventory/{variant}", NULL },
	{ "/imports/{id}", NULL },
	{ "/merchants/me/api-keys/{id}", NULL },
	{ "/merchants/{id}", NULL },
	{ "/webhook-endpoints/{id}", NULL },
	{ "/webhook-deliveries/{id}", NULL },
	{ "/saved-views/{id}", NULL },
	{ "/bulk-actions/{id}", NULL },
	{ "/imported-orders/{id}", NULL },
};

enum { THINGS = sizeof things / sizeof *things };

/* What everybody may do with what another sells or has written, or names nobody's thing. */
static const char *const open_to_all[] = { "addToWishlist", "removeFromWishlist", "moveToCart", "createReview", "likeReview",
	"unlikeReview", "removeIdentity" };

/* Customers read payments of their own, and with that permission nothing here. */
static const char *const of_sellers[] = { "showDispute" };

/* Where the example of the API document would be refused for itself. */
static const struct {
	const char *id, *body;
} bodies[] = {
	{ "replaceWebhookEndpoint", "{\"url\": \"http://127.0.0.1:9/hooks\", \"event_types\": [\"order.paid\"]}" },
	{ "changeWebhookEndpoint", "{\"url\": \"http://127.0.0.1:9/hooks\"}" },
};

static struct person strangers[2];

static struct thing *
thing_at(const char *path)
{
	for (size_t i = 0; i < THINGS; i++) {
		const size_t length = strlen(things[i].path);

		if (strncmp(path, things[i].path, length) == 0 && (path[length] == '\0' || path[length] == '/'))
			return &things[i];
	}
	return NULL;
}

static void
keep(const char *path, const char *id)
{
	REQUIRE(id != NULL && thing_at(path) != NULL);
	thing_at(path)->id = id;
}

static void
keep_answer(const char *path, struct answer answer, int status, const char *member)
{
	EXPECT(answer, status);
	keep(path, text_at(&answer, member));
}

static void
sell(const struct person *seller, const struct goods *goods)
{
	struct answer answer;

	keep("/products/{product}", goods->product);
	keep("/variants/{variant}", goods->variant);
	keep("/inventory/{variant}", goods->variant);
	keep("/merchants/{id}", seller->merchant);
	keep("/plans/{id}", plan_new(seller, "9.00", "\"every\": \"month\""));
	keep_answer("/coupons/{id}",
	    api_post("/coupons", seller->access,
		form("{\"code\": \"S%.12s\", \"kind\": \"percent\", \"value\": \"5\"}", fresh_phone() + 1)),
	    201, "id");
	keep_answer("/merchants/me/api-keys/{id}",
	    api_post("/merchants/me/api-keys", seller->access, "{\"name\": \"web\", \"scopes\": [\"payment:read_own\"]}"), 201,
	    "id");
	keep_answer("/saved-views/{id}",
	    api_post("/saved-views", seller->access,
		"{\"list\": \"orders\", \"name\": \"mine\", \"query\": \"status=paid\", \"shared\": false}"),
	    201, "id");
	keep_answer("/bulk-actions/{id}",
	    api_post("/bulk-actions", seller->access, form("{\"action\": \"publish\", \"ids\": [\"%s\"]}", goods->product)), 202,
	    "id");
	keep_answer("/imports/{id}",
	    api_call("POST", "/products/import?format=csv&dry_run=true", seller->access, "name,sku,price\nA,B,1.00\n",
		HEADERS("Content-Type: text/csv")),
	    202, "id");
	keep_answer("/webhook-endpoints/{id}",
	    api_post("/webhook-endpoints", seller->access,
		"{\"url\": \"http://127.0.0.1:9/hooks\", \"event_types\": [\"order.paid\"]}"),
	    201, "id");
	answer = api_post(form("/webhook-endpoints/%s/test", thing_at("/webhook-endpoints/{id}")->id), seller->access, NULL);
	CHECK(answer.status / 100 == 2);
	WAIT_FOR(
	    "1", "SELECT COUNT(*) FROM webhook_deliveries WHERE endpoint_id = '%s'", thing_at("/webhook-endpoints/{id}")->id);
	keep("/webhook-deliveries/{id}",
	    sql_text("SELECT id FROM webhook_deliveries WHERE endpoint_id = '%s'", thing_at("/webhook-endpoints/{id}")->id));
}

/* From a former system, where it was cancelled: of no seller here. */
static void
have_bought_before(const struct person *customer)
{
	const char *id = sql_text(
	    "SELECT CAST(UNHEX(CONCAT('018e0e14ada07', SUBSTR(MD5(RAND()), 1, 3), '8', SUBSTR(MD5(RAND()), 1, 15))) AS UUID)");

	sql_run("INSERT INTO imported_orders (id, number, user_id, status, currency, item_count, subtotal_minor, discount_minor, "
		"shipping_minor, tax_minor, total_minor, refunded_minor, placed_at) "
		"VALUES ('%s', 'S%s', '%s', 'cancelled', 'USD', 1, 500, 0, 0, 0, 500, 0, '2024-03-05 10:07:00')",
	    id, fresh_phone() + 1, customer->id);
	sql_run(
	    "INSERT INTO imported_lines (order_id, position, sku, name, quantity, currency, unit_price_minor, discount_minor, "
	    "tax_minor, total_minor) VALUES ('%s', 0, 'B', 'Bowl', 1, 'USD', 500, 0, 0, 500)",
	    id);
	keep("/imported-orders/{id}", id);
}

static void
buy(const struct person *seller, const struct person *customer, const struct goods *goods)
{
	struct person  staff = person_new("admin");
	const char    *address = address_new(customer);
	struct attempt attempt = attempt_paid(customer, order_new(customer, address, goods, 2));

	have_bought_before(customer);
	keep("/addresses/{id}", address);
	keep("/orders/{id}", attempt.order);
	keep("/payments/{reference}", attempt.reference);
	keep("/fulfilments/{id}", parcel_delivered(&staff, attempt.order, seller));
	keep_answer("/returns/{id}",
	    api_post(form("/orders/%s/returns", attempt.order), customer->access,
		form("{\"lines\": [{\"line_id\": \"%s\", \"quantity\": 1, \"reason\": \"too small\"}]}",
		    sql_text("SELECT id FROM order_lines WHERE order_id = '%s'", attempt.order))),
	    201, "id");
	keep_answer("/reviews/{id}",
	    api_post(form("/products/%s/reviews", goods->product), customer->access, "{\"rating\": 4, \"title\": \"Good\"}"), 201,
	    "id");
	CHECK_INT(sandbox_post(form("/sandbox/stripe/dispute/%s", attempt.transaction), "amount=100"), 200);
	WAIT_FOR("1", "SELECT COUNT(*) FROM disputes d JOIN payments p ON p.id = d.payment_id WHERE p.reference = '%s'",
	    attempt.reference);
	keep("/disputes/{id}",
	    sql_text("SELECT d.id FROM disputes d JOIN payments p ON p.id = d.payment_id WHERE p.reference = '%s'",
		attempt.reference));
}

static void
own(const struct person *customer, const struct goods *goods)
{
	const struct file picture = png_new(8, 8, NULL);

	keep("/payment-methods/{id}", method_new(customer, "stripe", "pm_card_visa"));
	keep("/subscriptions/{id}", subscription_new(customer, thing_at("/plans/{id}")->id, ""));
	keep("/accounts/sessions/{id}", customer->session);
	keep_answer("/media/{id}", upload(customer, &picture, 1), 201, "results.0.id");
	keep_answer("/accounts/me/exports/{id}", api_post("/accounts/me/export", customer->access, NULL), 202, "id");
	keep_answer("/cart/items/{id}",
	    api_post("/cart/items", customer->access, form("{\"variant_id\": \"%s\", \"quantity\": 1}", goods->variant)), 200,
	    "items.0.id");
}

static void
begin(void)
{
	struct person seller, customer;
	struct goods  goods;

	if (strangers[0].access != NULL)
		return;
	seller = person_new("shopkeeper");
	customer = person_new("customer");
	goods = goods_new(&seller, "20.00", 50);
	sell(&seller, &goods);
	buy(&seller, &customer, &goods);
	own(&customer, &goods);
	strangers[0] = person_new("shopkeeper");
	strangers[1] = person_new("customer");
}

static bool
is_one_of(const struct route *route, const char *const *ids, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(ids[i], route->id) == 0)
			return true;
	return false;
}

#define IS_ONE_OF(route, ids) is_one_of((route), (ids), sizeof(ids) / sizeof *(ids))

static bool
may_call(const struct route *route, const struct person *stranger)
{
	const uint64_t held = role_permissions(stranger == &strangers[0] ? ROLE_SHOPKEEPER : ROLE_CUSTOMER);

	if (stranger == &strangers[1] && IS_ONE_OF(route, of_sellers))
		return false;
	return route->permission == SIGNED_IN || (route->permission != PUBLIC && (route->permission & held) != 0);
}

/* The path with the thing's id in the place of its parameter, and the query that it cannot do without. */
static const char *
path_to(const struct route *route, const struct thing *thing)
{
	const char *brace = strchr(route->path, '{');
	const char *path = form("%.*s%s%s", (int)(brace - route->path), route->path, thing->id, strchr(brace, '}') + 1);

	for (size_t i = 0; route->query != NULL && i < route->query->count; i++) {
		const struct member *member = &route->query->members[i];

		if (member->required) /* by its example, without the quotes */
			path = form("%s?%s=%.*s", path, member->name, (int)strlen(member->example) - 2, member->example + 1);
	}
	return path;
}

/* The example of the API document, which the route's shape accepts; NULL: it takes none. */
static const char *
body_of(const struct route *route)
{
	struct text text = text_new(api_arena(), 256);

	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
		if (strcmp(bodies[i].id, route->id) == 0)
			return bodies[i].body;
	if (route->body == NULL || route->method == GET || route->method == DELETE)
		return NULL;
	shape_example(route->body, SCHEMA_BODY, &text);
	return text.bytes;
}

static void
expect_nothing(const struct route *route, const struct thing *thing, const struct person *stranger)
{
	struct answer answer =
	    api_call(method_values[route->method], path_to(route, thing), stranger->access, body_of(route), NULL);

	if (answer.status != 404)
		CU_assertImplementation(CU_FALSE, __LINE__,
		    form("%s as a %s who does not own it: %d %.200s, expected 404", route->id,
			stranger == &strangers[0] ? "seller" : "customer", answer.status, answer.body),
		    __FILE__, "", CU_FALSE);
}

/* Calls each route below the API that is not everybody's, once for each stranger who may call it at all. */
static void
at_each_route(void (*call)(const struct route *route, const struct person *stranger))
{
	for (const struct route_table *const *table = shop_tables; *table != NULL; table++)
		for (size_t i = 0; i < (*table)->count; i++) {
			const struct route *route = &(*table)->routes[i];

			for (const struct person *stranger = strangers; !route->outside && stranger < strangers + 2; stranger++)
				if (may_call(route, stranger))
					call(route, stranger);
		}
}

static void
ask_for_the_thing(const struct route *route, const struct person *stranger)
{
	const struct thing *thing = thing_at(route->path);

	if (strchr(route->path, '{') == NULL || IS_ONE_OF(route, open_to_all))
		return;
	if (thing == NULL)
		CU_assertImplementation(
		    CU_FALSE, __LINE__, form("nothing of '%s' is known here", route->path), __FILE__, "", CU_FALSE);
	else
		expect_nothing(route, thing, stranger);
}

static void
things_of_others_are_not_there(void)
{
	begin();
	at_each_route(ask_for_the_thing);
}

static void
look_for_the_things(const struct route *route, const struct person *stranger)
{
	struct answer answer;

	if (route->method != GET || strchr(route->path, '{') != NULL || route->any_query)
		return;
	answer = api_get(route->path, stranger->access);
	for (size_t i = 0; i < THINGS; i++)
		if (answer.body != NULL && strstr(answer.body, things[i].id) != NULL)
			CU_assertImplementation(CU_FALSE, __LINE__,
			    form("%s shows somebody else's %s: %.200s", route->id, things[i].path, answer.body), __FILE__, "",
			    CU_FALSE);
}

static void
lists_do_not_show_them(void)
{
	begin();
	at_each_route(look_for_the_things);
}

SUITE("api: strangers", TEST(things_of_others_are_not_there), TEST(lists_do_not_show_them))
