#include "media/cloudinary.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/text.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct cloudinary_parameter *)a)->name, ((const struct cloudinary_parameter *)b)->name);
}

static void
add_escaped(struct text *text, const char *part)
{
	for (; *part != '\0'; part++)
		text_addf(text, *part == '&' ? "%%26" : "%c", *part);
}

const char *
cloudinary_signature(
    struct arena *arena, enum signature_hash hash, const char *secret, const struct cloudinary_parameter *parameters, size_t n)
{
	struct cloudinary_parameter sorted[CLOUDINARY_PARAMETERS_MAX];
	unsigned char               digest[EVP_MAX_MD_SIZE];
	unsigned                    length = 0;
	struct text                 text = text_new(arena, 256);

	memcpy(sorted, parameters, n * sizeof *sorted);
	qsort(sorted, n, sizeof *sorted, by_name);
	for (size_t i = 0; i < n; i++) {
		if (*sorted[i].value == '\0')
			continue;
		if (text.length > 0)
			TEXT_ADD(&text, "&");
		add_escaped(&text, sorted[i].name);
		TEXT_ADD(&text, "=");
		add_escaped(&text, sorted[i].value);
	}
	text_add(&text, secret, strlen(secret));
	if (EVP_Digest(text.bytes, text.length, digest, &length, hash == SIGNATURE_SHA1 ? EVP_sha1() : EVP_sha256(), NULL) != 1)
		abort();
	return hex_encode(arena, digest, length);
}
