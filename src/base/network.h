/*
 * network.h: networks of addresses as people write them: "10.0.0.0/8", "::1", "192.0.2.7" (RFC 4632, RFC 4291).
 */
#ifndef NETWORK_H
#define NETWORK_H

#include <stdbool.h>

struct network {
	unsigned char bytes[16]; /* an IPv4 one stands as ::ffff:a.b.c.d, as an IPv4 client of an IPv6 socket does */
	int           bits;
};

/* False when the text is none: bits set behind the prefix are a mistake, too. */
bool network_parse(const char *text, struct network *into);

/* Is the address, as text, in the network?  What is no address is in none. */
bool network_contains(const struct network *network, const char *address);

#endif
