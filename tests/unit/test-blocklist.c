/* The list of blocked networks against the plain question asked of each of them. */
#include "base/arena.h"
#include "base/config.h"
#include "http/blocklist.h"
#include "store/db.h"
#include "store/work.h"
#include "tests/suite.h"

#include <arpa/inet.h>
#include <stdlib.h>

static struct blocklist list;

static void
begin(void)
{
	blocklist_free(&list);
}

static void
block(const char *text, int64_t until_ms)
{
	struct network network;

	REQUIRE(network_parse(text, &network));
	REQUIRE(blocklist_add(&list, &network, until_ms));
	blocklist_sort(&list);
}

static bool
holds_at(const char *address, int64_t unix_ms)
{
	return blocklist_holds(&list, address, (struct instant) { unix_ms });
}

static void
test_nobody_is_blocked(void)
{
	begin();
	CHECK(!holds_at("203.0.113.7", 0) && !holds_at("", 0));
}

static void
test_addresses_and_networks(void)
{
	begin();
	block("203.0.113.0/24", INT64_MAX);
	block("198.51.100.7", INT64_MAX);
	block("2001:db8:1::/48", INT64_MAX);
	CHECK(holds_at("203.0.113.0", 0) && holds_at("203.0.113.255", 0) && holds_at("::ffff:203.0.113.9", 0));
	CHECK(!holds_at("203.0.112.255", 0) && !holds_at("203.0.114.0", 0));
	CHECK(holds_at("198.51.100.7", 0) && !holds_at("198.51.100.6", 0) && !holds_at("198.51.100.8", 0));
	CHECK(holds_at("2001:db8:1:ffff::1", 0) && !holds_at("2001:db8:2::1", 0));
	CHECK(!holds_at("", 0) && !holds_at("unix:", 0));
}

/* What is around a network that has ended, or beside one within it, still counts. */
static void
test_networks_within_networks(void)
{
	begin();
	block("10.1.2.3", 1000);
	block("10.1.2.0/24", 2000);
	block("10.0.0.0/9", 3000);
	block("10.1.2.128/25", 500);
	CHECK(
	    holds_at("10.1.2.3", 999) && holds_at("10.1.2.3", 1000) && holds_at("10.1.2.3", 2999) && !holds_at("10.1.2.3", 3000));
	CHECK(holds_at("10.1.2.200", 1999) && holds_at("10.1.2.200", 2000) && holds_at("10.1.3.1", 2000));
	CHECK(!holds_at("10.128.0.1", 0));
	begin();
	block("10.1.2.0/24", 2000);
	block("10.1.2.3", INT64_MAX);
	CHECK(holds_at("10.1.2.3", 5000) && !holds_at("10.1.2.4", 5000) && holds_at("10.1.2.4", 0));
}

/* Any network of a few, so that many lie within others. */
static struct network
random_network(void)
{
	struct network network = { .bytes = { [10] = 0xff, [11] = 0xff, [12] = 10 }, .bits = 96 + 8 + rand() % 25 };

	for (int bit = 96 + 8; bit < network.bits; bit++)
		if (rand() % 3 == 0)
			network.bytes[bit / 8] |= (unsigned char)(0x80 >> bit % 8);
	return network;
}

static bool
plainly_held(const char *address, int64_t unix_ms)
{
	for (size_t i = 0; i < list.count; i++)
		if (network_contains(&list.entries[i].network, address) && list.entries[i].until_ms > unix_ms)
			return true;
	return false;
}

static void
test_as_the_plain_question(void)
{
	int wrong = 0;

	srand(7);
	for (int round = 0; round < 200; round++) {
		begin();
		for (int i = 0; i < 30; i++) {
			struct network network = random_network();

			REQUIRE(blocklist_add(&list, &network, rand() % 100));
		}
		blocklist_sort(&list);
		for (int i = 0; i < 100; i++) {
			const struct network address = random_network();
			const int64_t        at = rand() % 100;
			char                 text[INET_ADDRSTRLEN];

			inet_ntop(AF_INET, address.bytes + 12, text, sizeof text);
			wrong += holds_at(text, at) != plainly_held(text, at);
		}
	}
	CHECK_INT(wrong, 0);
}

static void
test_it_is_bounded(void)
{
	struct network network;
	bool           added = true;

	begin();
	network_parse("203.0.113.7", &network);
	for (int i = 0; i < BLOCKLIST_MAX; i++)
		added = added && blocklist_add(&list, &network, INT64_MAX);
	CHECK(added);
	CHECK(!blocklist_add(&list, &network, INT64_MAX));
	begin();
}

/* Whoever was blocked stays so, for as long as nobody can be asked. */
static void
test_the_last_list_outlives_the_database(void)
{
	struct arena *arena = arena_new(1 << 20);
	struct config config = { .database = { .socket = "/nowhere/mysqld.sock", .user = "nobody", .name = "none" } };
	struct work   work = { .arena = arena, .config = &config, .request_id = "", .traceparent = "", .address = "" };

	begin();
	block("203.0.113.0/24", INT64_MAX);
	list.version = 5;
	work.db = db_open(&config, arena);
	blocklist_refresh(&list, &work);
	CHECK(holds_at("203.0.113.7", 0));
	CHECK_INT(list.version, 5);
	CHECK(list.asked_again_ms > monotonic_ms()); /* and it is not asked at each turn */
	db_close(work.db);
	arena_free(arena);
	begin();
}

SUITE("blocklist", TEST(test_nobody_is_blocked), TEST(test_addresses_and_networks), TEST(test_networks_within_networks),
    TEST(test_as_the_plain_question), TEST(test_it_is_bounded), TEST(test_the_last_list_outlives_the_database))
