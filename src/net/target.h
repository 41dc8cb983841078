/*
 * target.h: where webhooks may be sent: to public addresses only, since whoever names a URL could else make this machine call
 * what only it can reach (server-side request forgery).
 *
 * Refused are private, loopback, link-local (so the metadata services of clouds), shared, multicast, documentation and reserved
 * addresses (RFC 6890), also where an IPv6 address carries one (mapped, NAT64); 6to4 and Teredo as a whole.  A name is resolved
 * once for a connection, and each address is judged at the moment of connecting to it: what is checked is what is connected to, so
 * a name that resolves differently the second time gains nothing.
 */
#ifndef TARGET_H
#define TARGET_H

#include "base/problem.h"

#include <stdbool.h>

struct config;
struct sockaddr;
struct work;

/*
 * May an endpoint be there: public, or in deliveries.allow_networks; `plain`: by http, which only those networks may, and only in
 * the development profile.
 */
bool target_may_be(const struct config *config, const struct sockaddr *address, bool plain);

/*
 * A URL for an endpoint: https, a host, no user, no fragment, and none of the addresses that its name has now is closed.
 * VALIDATION_FAILED at "url" else.  Takes two seconds when the name server does not answer, and fails then.
 */
const struct problem *target_check(struct work *work, const char *url);

#endif
