/*
 * authenticate.h: from the Authorization header to the signed-in user.
 */
#ifndef AUTHENTICATE_H
#define AUTHENTICATE_H

#include "base/problem.h"

struct jwt_keys;
struct request;

/*
 * Fills the work's viewer.  A route that is open to everybody and does not ask for an optional user
 * ignores the header; one that does takes a token that is not good for none.  Elsewhere a token that is there must be good:
 * its signature by our keys, its session not ended, its user active, both read from the database in one statement by primary
 * key, never from a cache.
 */
const struct problem *authenticate(struct request *request, const struct jwt_keys *keys);

#endif
