/* Slugs by libunistring: normalised, lower-cased, and free. */
#include "store/slug.h"

#include "base/encoding.h"
#include "base/shape.h"
#include "base/text.h"
#include "store/db.h"

#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

enum { NAME_BYTES_MAX = 4096 };

/* NFKC and lower case; the library's memory is the heap's, so it is copied and given back at once. */
static char *
folded(struct arena *arena, const char *name, size_t *length)
{
	size_t   lowered_length = 0;
	uint8_t *lowered =
	    u8_tolower((const uint8_t *)name, strnlen(name, NAME_BYTES_MAX), NULL, UNINORM_NFKC, NULL, &lowered_length);
	char *copy;

	if (lowered == NULL)
		abort(); /* no memory: the name is valid UTF-8 */
	copy = arena_copy(arena, lowered, lowered_length);
	free(lowered);
	*length = lowered_length;
	return copy;
}

static bool
is_apostrophe(ucs4_t character)
{
	return character == '\'' || character == 0x2019 || character == 0x02bc;
}

const char *
slug_make(struct arena *arena, const char *name, const char *fallback)
{
	struct text slug = text_new(arena, 64);
	size_t      left, characters = 0;
	const char *at = folded(arena, name, &left);
	bool        gap = false;

	for (int step; left > 0 && characters < SLUG_CHARACTERS_MAX; at += step, left -= (size_t)step) {
		ucs4_t character;
		bool   mark;

		step = u8_mbtouc(&character, (const uint8_t *)at, left);
		mark = uc_is_general_category_withtable(character, UC_CATEGORY_MASK_M);
		if (uc_is_general_category_withtable(character, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N) ||
		    (mark && slug.length > 0 && !gap)) {
			if (gap && slug.length > 0) {
				text_add_char(&slug, '-');
				characters++;
			}
			text_add(&slug, at, (size_t)step);
			characters++;
			gap = false;
		} else if (!is_apostrophe(character) && !mark) {
			gap = true;
		}
	}
	return slug.length == 0 ? fallback : slug.bytes;
}

/* What stands, or is to stand, behind /products/, /categories/, /brands/ and /shops/; tests/unit/test-routes.c knows the routes. */
static const char *const reserved_words[] = { "export", "import", "search", "suggest", "tree", NULL };

bool
slug_reserved(const char *slug)
{
	struct uuid id;

	return value_index(reserved_words, slug) >= 0 || uuid_parse(slug, &id);
}

const struct problem *
slug_check(struct work *work, const char *slug)
{
	if (slug == NULL || !slug_reserved(slug))
		return OK;
	return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "slug", "is reserved");
}

struct slug_use {
	bool     taken;
	int64_t *highest;
};

static const struct member slug_use_members[] = {
	M_BOOLEAN(struct slug_use, taken, "taken"),
	M_INTEGER(struct slug_use, highest, "highest", 0, INT64_MAX),
};
SHAPE(struct slug_use, slug_use_shape, "SlugUse", slug_use_members);

/* From 0 on: 0 at first, then below 4, 16, 64, ... */
static int64_t
spread(int tries)
{
	uint32_t random;

	random_bytes(&random, sizeof random);
	return random % (UINT32_C(1) << 2 * tries);
}

/* Is it taken, and the number behind the highest? */
static const struct problem *
find_use(struct work *work, const char *sql, const char *slug, bool *taken, int64_t *next)
{
	/* ':' follows '9': what begins with a digit behind the hyphen stands between the two. */
	const char      *from = arena_format(work->arena, "%s-", slug), *to = arena_format(work->arena, "%s-:", slug);
	size_t           length = utf8_length(from);
	struct slug_use *use;

	TRY(db_row(work->db, &slug_use_shape, &use, sql, P(slug), P(length), P(from), P(to), P(length)));
	*taken = use != NULL && use->taken;
	*next = use != NULL && use->highest != NULL && *use->highest >= 2 ? *use->highest + 1 : 2;
	return OK;
}

const struct problem *
slug_number(struct work *work, const char *sql, const char *slug, int64_t *number)
{
	bool taken;

	return find_use(work, sql, slug, &taken, number);
}

const struct problem *
slug_free(struct work *work, const char *sql, const char *slug, int tries, const char **into)
{
	int64_t next;
	bool    taken;

	TRY(find_use(work, sql, slug, &taken, &next));
	*into =
	    !taken && !slug_reserved(slug) ? slug : arena_format(work->arena, "%s-%lld", slug, (long long)(next + spread(tries)));
	return OK;
}

const struct problem *
slug_keep(struct work *work, const char *sql, const char *slug, const char *present, int tries, const char **into)
{
	size_t      length = strlen(slug);
	const char *behind = present + length;

	if (strncmp(present, slug, length) == 0 && !slug_reserved(present) &&
	    (*behind == '\0' || (*behind == '-' && behind[1] != '\0' && behind[1 + strspn(behind + 1, "0123456789")] == '\0'))) {
		*into = present;
		return OK;
	}
	return slug_free(work, sql, slug, tries, into);
}
