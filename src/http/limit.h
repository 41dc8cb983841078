/*
 * limit.h: how many calls an address and an account may make (product.md, section 10), counted in memcached.
 *
 * Exact sliding windows; open when memcached is down, since nginx's coarse limits and the login limit in the database
 * stand behind.  Switched off in the development profile (limits.enabled).
 */
#ifndef LIMIT_H
#define LIMIT_H

#include "base/problem.h"

struct arena;
struct request;

/* What the route's row says counts per address.  RATE_LIMITED with Retry-After. */
const struct problem *limit_address(struct request *request);

/*
 * Whom an address stands for: itself in IPv4; in IPv6 its /64, because a single customer of a provider has that many.
 * What cannot be read is itself.
 */
const char *limit_subject(struct arena *arena, const char *address);

/* What counts per account, once it is known. */
const struct problem *limit_account(struct request *request);

#endif
