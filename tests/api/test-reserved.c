/* What orders may hold that nobody has paid: on workers that have the limits of production switched on. */
#include "tests/api/lone_worker.h"
#include "tests/api/shopping.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OPEN = 5, UNITS = 100, FROM_ADDRESS = 8 };

static struct person seller, admin;
static struct goods  goods;

static void
begin(void)
{
	const char *const settings[] = { "HAAT_ORDERS_OPEN_MAX=5", "HAAT_ORDERS_OPEN_UNITS_MAX=100",
		"HAAT_ORDERS_OPEN_ADDRESS_MAX=8", NULL };

	if (seller.id != NULL)
		return;
	lone_workers_start(settings);
	seller = person_new("shopkeeper");
	admin = person_new("admin");
	goods = goods_new(&seller, "2.00", 5000);
}

/* An address on the network that nothing else comes from. */
static const char *
somewhere(void)
{
	static int hosts;

	return form("10.%d.%d.%d", (int)getpid() >> 8 & 255, (int)getpid() & 255, ++hosts);
}

static const char *
body_of(const char *address, int quantity)
{
	return form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"standard\", \"items\": [{\"variant_id\": \"%s\", "
		    "\"quantity\": %d}]}",
	    address, goods.variant, quantity);
}

static struct answer
place(const char *from, const struct person *customer, const char *address, int quantity)
{
	return lone_call(from, "POST", "/orders", customer->access, body_of(address, quantity));
}

static void
five_orders_an_account(void)
{
	struct person customer;
	const char   *address, *last = NULL;
	struct answer answer;

	begin();
	customer = person_new("customer");
	address = address_new(&customer);
	for (int i = 0; i < OPEN; i++) {
		answer = place(somewhere(), &customer, address, 1);
		EXPECT(answer, 201);
		last = text_at(&answer, "id");
	}
	answer = place(somewhere(), &customer, address, 1);
	EXPECT_PROBLEM(answer, 409, "too_much_reserved");
	CHECK(has_at(&answer, "details.orders"));
	CHECK_INT(sql_number("SELECT COUNT(*) FROM orders WHERE user_id = '%s'", customer.id), OPEN);
	CHECK_INT(sql_number("SELECT reserved FROM inventory WHERE variant_id = '%s'", goods.variant), OPEN);
	/* What is cancelled, paid or confirmed makes room. */
	EXPECT(api_post(form("/orders/%s/cancel", last), customer.access, "{}"), 200);
	answer = place(somewhere(), &customer, address, 1);
	EXPECT(answer, 201);
	EXPECT_PROBLEM(place(somewhere(), &customer, address, 1), 409, "too_much_reserved");
	last = text_at(&answer, "id");
	answer = payment_new(&customer, last, "cod");
	EXPECT(answer, 201);
	EXPECT_PROBLEM(place(somewhere(), &customer, address, 1), 409, "too_much_reserved");
	EXPECT(api_post(form("/payments/%s/confirm", text_at(&answer, "reference")), admin.access, NULL), 200);
	EXPECT(place(somewhere(), &customer, address, 1), 201);
	/* Nobody keeps where the order came from once it is decided. */
	CHECK_INT(sql_number("SELECT COUNT(*) FROM orders WHERE user_id = '%s' AND (open_from IS NULL) = (status = 'pending')",
		      customer.id),
	    0);
}

static void
a_hundred_units_an_account(void)
{
	struct person customer, other;
	const char   *address;
	struct answer answer;

	begin();
	customer = person_new("customer");
	other = person_new("customer");
	address = address_new(&customer);
	EXPECT(place(somewhere(), &customer, address, 60), 201);
	answer = place(somewhere(), &customer, address, 41);
	EXPECT_PROBLEM(answer, 409, "too_much_reserved");
	CHECK(has_at(&answer, "details.items"));
	EXPECT(place(somewhere(), &customer, address, 40), 201);
	EXPECT_PROBLEM(place(somewhere(), &customer, address, 1), 409, "too_much_reserved");
	/* The cart's lines count as well, and it is kept. */
	EXPECT(api_post("/cart/items", customer.access, form("{\"variant_id\": \"%s\", \"quantity\": 1}", goods.variant)), 200);
	EXPECT_PROBLEM(lone_call(somewhere(), "POST", "/orders", customer.access,
			   form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"standard\"}", address)),
	    409, "too_much_reserved");
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM cart_items i JOIN carts c ON c.id = i.cart_id WHERE c.user_id = '%s'", customer.id),
	    1);
	/* A quote holds nothing, and others are not concerned. */
	EXPECT(lone_call(somewhere(), "POST", "/orders/quote", customer.access, body_of(address, 50)), 200);
	EXPECT(place(somewhere(), &other, address_new(&other), 99), 201);
}

static void
so_many_an_address(void)
{
	const char   *from, *elsewhere;
	struct person people[3];
	struct answer answer;
	int           placed = 0;

	begin();
	from = somewhere();
	elsewhere = somewhere();
	for (size_t i = 0; i < 3; i++) {
		const char *address;

		people[i] = person_new("customer");
		address = address_new(&people[i]);
		for (int n = 0; n < 4; n++) {
			answer = place(from, &people[i], address, 1);
			placed += answer.status == 201;
			if (answer.status != 201)
				EXPECT_PROBLEM(answer, 409, "too_much_reserved");
		}
		if (i == 2)
			EXPECT(place(elsewhere, &people[i], address, 1), 201);
	}
	CHECK_INT(placed, FROM_ADDRESS);
	/* One network of IPv6 is one address. */
	placed = 0;
	for (size_t i = 0; i < 3; i++) {
		struct person person = person_new("customer");
		const char   *address = address_new(&person);

		for (int n = 0; n < 4; n++)
			placed +=
			    place(form("2001:db8:%x:1::%zx:%x", (int)getpid() & 0xffff, i, n), &person, address, 1).status == 201;
	}
	CHECK_INT(placed, FROM_ADDRESS);
}

/* Each in a process of its own, at once: none of them finds room that another takes. */
static int
crowd_places(const struct person *people, const char *const *addresses, size_t count, const char *from, int quantity)
{
	enum { EACH = 4 };
	pid_t children[32];
	int   placed = 0, status;

	REQUIRE(count <= sizeof children / sizeof *children);
	for (size_t i = 0; i < count; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			int done = 0;

			for (int n = 0; n < EACH; n++)
				done +=
				    place(from == NULL ? form("10.255.%zu.%d", i, n) : from, &people[i], addresses[i], quantity)
					.status == 201;
			_exit(done);
		}
	}
	for (size_t i = 0; i < count; i++) {
		waitpid(children[i], &status, 0);
		placed += WIFEXITED(status) ? WEXITSTATUS(status) : 100;
	}
	return placed;
}

static void
a_crowd_finds_no_more_room(void)
{
	enum { CROWD = 8 };
	struct person people[CROWD];
	const char   *addresses[CROWD];

	begin();
	/* The workers run before they are called by many: the first call starts them. */
	for (int round = 0; round < 3; round++) {
		people[0] = person_new("customer");
		addresses[0] = address_new(&people[0]);
		EXPECT(place(somewhere(), &people[0], addresses[0], 1), 201);
		for (size_t i = 1; i < CROWD; i++) {
			people[i] = people[0];
			addresses[i] = addresses[0];
		}
		if (round == 1) /* as no migration leaves it: they are made anew */
			sql_run("DELETE FROM order_gates");
		CHECK_INT(crowd_places(people, addresses, CROWD, NULL, round == 2 ? 33 : 1), round == 2 ? 3 : OPEN - 1);
		CHECK(sql_number(
			  "SELECT SUM(l.quantity) FROM orders o JOIN order_lines l ON l.order_id = o.id WHERE o.user_id = '%s'",
			  people[0].id) <= UNITS);
	}
	for (size_t i = 0; i < 4; i++) {
		people[i] = person_new("customer");
		addresses[i] = address_new(&people[i]);
	}
	CHECK_INT(crowd_places(people, addresses, 4, somewhere(), 1), FROM_ADDRESS);
	EXPECT_CONSISTENT();
}

static long
trips(const struct answer *answer)
{
	const char *header = header_of(answer, "X-Round-Trips");

	return header == NULL ? -1 : strtol(header, NULL, 10);
}

/* The gates are locked and the orders counted by statements that are there anyway. */
static void
the_budget_is_kept(void)
{
	long fewest = 100;

	begin();
	for (int i = 0; i < 8; i++) {
		struct person customer = person_new("customer");
		const char   *address = address_new(&customer);
		struct answer answer;

		EXPECT(api_post("/cart/items", customer.access, form("{\"variant_id\": \"%s\", \"quantity\": 1}", goods.variant)),
		    200);
		answer = lone_call(somewhere(), "POST", "/orders", customer.access,
		    form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"standard\"}", address));
		EXPECT(answer, 201);
		fewest = trips(&answer) < fewest ? trips(&answer) : fewest;
	}
	CHECK(fewest > 0 && fewest <= 13);
}

SUITE("api: reserved", TEST(five_orders_an_account), TEST(a_hundred_units_an_account), TEST(so_many_an_address),
    TEST(a_crowd_finds_no_more_room), TEST(the_budget_is_kept))
