/*
 * cloudinary.h: how calls to Cloudinary and its answers are signed (Cloudinary documentation, "Generating authentication
 * signatures").
 */
#ifndef MEDIA_CLOUDINARY_H
#define MEDIA_CLOUDINARY_H

#include "base/config.h"

struct arena;

struct cloudinary_parameter {
	const char *name, *value;
};

enum { CLOUDINARY_PARAMETERS_MAX = 8 };

/*
 * The hexadecimal signature, version 2, of at most CLOUDINARY_PARAMETERS_MAX parameters in any order, in the arena; those without a
 * value count as not there.  A "&" in one cannot stand for another parameter.
 */
const char *cloudinary_signature(
    struct arena *arena, enum signature_hash hash, const char *secret, const struct cloudinary_parameter *parameters, size_t n);

#endif
