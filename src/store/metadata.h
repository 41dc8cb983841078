/*
 * metadata.h: what integrators keep with a thing: text by name, which the shop never looks into.
 *
 * A column `metadata` holds at most 50 pairs, which a CHECK of its table says.  What a body says of it (M_METADATA_BODY) is laid
 * over what is there: names that are sent replace, null takes a name away, and null in the place of all takes away everything.
 */
#ifndef METADATA_H
#define METADATA_H

#include "base/problem.h"

#include <stdbool.h>
#include <stdint.h>

struct work;

/* In an UPDATE: "metadata = " METADATA_PATCH, with METADATA_PARAMETERS(whether the body has it, what it says). */
#define METADATA_PATCH "JSON_MERGE_PATCH(IF(?, '{}', metadata), ?)"
#define METADATA_PARAMETERS(has, patch) P((bool)((has) && (patch) == NULL)), P((patch) == NULL ? "{}" : (patch))

/* The problem of such a statement: VALIDATION_FAILED where it is the CHECK of that name that there are too many pairs. */
const struct problem *metadata_problem(struct work *work, const struct problem *problem, const char *check);

/*
 * The version (store/version.h) of a thing of which clients change nothing but its metadata: a digest of the column's text, so
 * that what else happens to it refuses no change.  At least 0, in at most 17 decimal digits.
 */
int64_t metadata_version(const char *metadata);

/* VALIDATION_FAILED, of who has counted them without a CHECK. */
const struct problem *metadata_too_many(struct work *work);

#endif
