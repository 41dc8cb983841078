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

/* Is every address of `inner` in `outer`?  Two networks of which neither covers the other have no address in common. */
bool network_covers(const struct network *outer, const struct network *inner);

enum { NETWORK_TEXT_SIZE = 50 };

/* The one text that stands for a network, read again by network_parse: a single address has no prefix behind it. */
void network_print(const struct network *network, char into[NETWORK_TEXT_SIZE]);

#endif
