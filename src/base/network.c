#include "base/network.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ADDRESS_MAX = 64, MAPPED_BITS = 96, ALL_BITS = 128 };

/* What an IPv4 address begins with in IPv6's form. */
static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

/* The address in IPv6's form; *first_bit is where its own bits begin. */
static bool
parse_address(const char *text, unsigned char bytes[16], int *first_bit)
{
	memcpy(bytes, mapped, sizeof mapped);
	*first_bit = MAPPED_BITS;
	if (inet_pton(AF_INET, text, bytes + sizeof mapped) == 1)
		return true;
	*first_bit = 0;
	return inet_pton(AF_INET6, text, bytes) == 1;
}

static bool
parse_prefix(const char *text, int max_bits, int *bits)
{
	size_t length = strlen(text);

	if (length == 0 || length > 3 || strspn(text, "0123456789") != length)
		return false;
	*bits = (int)strtol(text, NULL, 10);
	return *bits <= max_bits;
}

/* The bits of the bytes from `bits` on. */
static bool
all_zero_behind(const unsigned char bytes[16], int bits)
{
	for (int bit = bits; bit < ALL_BITS; bit++)
		if (bytes[bit / 8] >> (7 - bit % 8) & 1)
			return false;
	return true;
}

bool
network_parse(const char *text, struct network *into)
{
	char   address[ADDRESS_MAX];
	size_t length = strcspn(text, "/");
	int    first_bit, prefix;

	if (length >= sizeof address)
		return false;
	memcpy(address, text, length);
	address[length] = '\0';
	if (!parse_address(address, into->bytes, &first_bit))
		return false;
	prefix = ALL_BITS - first_bit;
	if (text[length] == '/' && !parse_prefix(text + length + 1, ALL_BITS - first_bit, &prefix))
		return false;
	into->bits = first_bit + prefix;
	return all_zero_behind(into->bytes, into->bits);
}

/* Do the first `bits` bits agree? */
static bool
begin_alike(const unsigned char one[16], const unsigned char other[16], int bits)
{
	const int whole = bits / 8, rest = bits % 8;

	return memcmp(one, other, (size_t)whole) == 0 && (rest == 0 || (one[whole] ^ other[whole]) >> (8 - rest) == 0);
}

bool
network_contains(const struct network *network, const char *address)
{
	unsigned char bytes[16];
	int           ignored;

	return parse_address(address, bytes, &ignored) && begin_alike(bytes, network->bytes, network->bits);
}

bool
network_covers(const struct network *outer, const struct network *inner)
{
	return outer->bits <= inner->bits && begin_alike(inner->bytes, outer->bytes, outer->bits);
}

void
network_print(const struct network *network, char into[NETWORK_TEXT_SIZE])
{
	const bool is_ipv4 = network->bits >= MAPPED_BITS && memcmp(network->bytes, mapped, sizeof mapped) == 0;
	char       address[INET6_ADDRSTRLEN] = "";

	if (is_ipv4)
		inet_ntop(AF_INET, network->bytes + sizeof mapped, address, sizeof address);
	else
		inet_ntop(AF_INET6, network->bytes, address, sizeof address);
	if (network->bits == ALL_BITS)
		snprintf(into, NETWORK_TEXT_SIZE, "%s", address);
	else
		snprintf(into, NETWORK_TEXT_SIZE, "%s/%d", address, network->bits - (is_ipv4 ? MAPPED_BITS : 0));
}
