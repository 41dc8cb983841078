/*
 * claims.h: the members of a JSON Web Token's payload (RFC 7519, section 4), by name and strictly of their kind.
 */
#ifndef CLAIMS_H
#define CLAIMS_H

#include <stdbool.h>
#include <stdint.h>

struct json_object;

/* A string without NUL in it, which lives as long as the payload; false when there is none. */
bool claim_text(struct json_object *payload, const char *name, const char **into);

/* False when there is none of the kind; *into is false or 0 then. */
bool claim_boolean(struct json_object *payload, const char *name, bool *into);
bool claim_integer(struct json_object *payload, const char *name, int64_t *into);

#endif
