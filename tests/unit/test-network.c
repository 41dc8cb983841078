#include "base/network.h"
#include "tests/suite.h"

static bool
contains(const char *network, const char *address)
{
	struct network parsed;

	REQUIRE(network_parse(network, &parsed));
	return network_contains(&parsed, address);
}

static void
test_addresses_in_networks(void)
{
	CHECK(contains("127.0.0.0/8", "127.0.0.1"));
	CHECK(contains("127.0.0.0/8", "127.255.255.255"));
	CHECK(contains("127.0.0.0/8", "::ffff:127.0.0.1"));
	CHECK(!contains("127.0.0.0/8", "128.0.0.1"));
	CHECK(!contains("127.0.0.0/8", "::1"));
	CHECK(!contains("127.0.0.0/8", "7f00::1"));
	CHECK(contains("::1", "::1"));
	CHECK(!contains("::1", "::2"));
	CHECK(contains("10.1.2.128/25", "10.1.2.200"));
	CHECK(!contains("10.1.2.128/25", "10.1.2.127"));
	CHECK(contains("192.0.2.7", "192.0.2.7"));
	CHECK(!contains("192.0.2.7/32", "192.0.2.6"));
	CHECK(contains("2001:db8::/33", "2001:db8:7fff::1"));
	CHECK(!contains("2001:db8::/33", "2001:db8:8000::1"));
	CHECK(contains("0.0.0.0/0", "203.0.113.9"));
	CHECK(!contains("0.0.0.0/0", "2001:db8::1"));
	CHECK(contains("::/0", "2001:db8::1"));
}

static void
test_what_is_no_address_is_nowhere(void)
{
	CHECK(!contains("0.0.0.0/0", ""));
	CHECK(!contains("::/0", "unix:"));
	CHECK(!contains("::/0", "localhost"));
}

static void
test_what_is_no_network(void)
{
	static const char *const wrong[] = { "", "/", "/8", "localhost", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x",
		"10.0.0.0/8 ", "10.0.0.1/8", "10.0.0", "::/129", "2001:db8::1/64", "10.0.0.0/0008",
		"1111111111222222222233333333334444444444555555555566666666667777" };
	struct network           network;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		if (network_parse(wrong[i], &network)) {
			printf("'%s' was taken ", wrong[i]);
			CHECK(false);
		}
}

static const char *
printed(const char *text)
{
	static char    into[NETWORK_TEXT_SIZE];
	struct network network;

	REQUIRE(network_parse(text, &network));
	network_print(&network, into);
	return into;
}

static void
test_one_text_stands_for_a_network(void)
{
	CHECK_TEXT(printed("203.0.113.0/24"), "203.0.113.0/24");
	CHECK_TEXT(printed("203.0.113.7/32"), "203.0.113.7");
	CHECK_TEXT(printed("::ffff:203.0.113.7"), "203.0.113.7");
	CHECK_TEXT(printed("::ffff:203.0.113.0/120"), "203.0.113.0/24");
	CHECK_TEXT(printed("0.0.0.0/0"), "0.0.0.0/0");
	CHECK_TEXT(printed("2001:DB8:0:0::/32"), "2001:db8::/32");
	CHECK_TEXT(printed("2001:db8::1/128"), "2001:db8::1");
	CHECK_TEXT(printed("::/0"), "::/0");
	CHECK_TEXT(printed("::fffe:0:0/95"), "::fffe:0:0/95");
}

static bool
covers(const char *outer, const char *inner)
{
	struct network one, other;

	REQUIRE(network_parse(outer, &one) && network_parse(inner, &other));
	return network_covers(&one, &other);
}

static void
test_networks_in_networks(void)
{
	CHECK(covers("203.0.113.0/24", "203.0.113.0/24"));
	CHECK(covers("203.0.113.0/24", "203.0.113.128/25"));
	CHECK(!covers("203.0.113.128/25", "203.0.113.0/24"));
	CHECK(!covers("203.0.113.0/25", "203.0.113.128"));
	CHECK(covers("::/0", "10.0.0.0/8"));
	CHECK(!covers("0.0.0.0/0", "::/0"));
}

SUITE("network", TEST(test_addresses_in_networks), TEST(test_what_is_no_address_is_nowhere), TEST(test_what_is_no_network),
    TEST(test_one_text_stands_for_a_network), TEST(test_networks_in_networks))
