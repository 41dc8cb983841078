/*
 * slug.h: names for URLs: "Levi's 501 – Größe M" becomes "levis-501-größe-m".
 *
 * A slug is the name in NFKC and lower case: letters, digits and the marks that belong to letters, of any script;
 * apostrophes are removed, everything else becomes one hyphen.
 */
#ifndef SLUG_H
#define SLUG_H

#include "store/work.h"

enum { SLUG_CHARACTERS_MAX = 120 };

/*
 * The slug of a valid UTF-8 name, at most SLUG_CHARACTERS_MAX characters, in the arena; `fallback` when it would be
 * empty.
 */
const char *slug_make(struct arena *arena, const char *name, const char *fallback);

/*
 * Could nobody read a thing by this slug, because the path means something else: a fixed word of the routes
 * (/categories/tree), or an id?
 */
bool slug_reserved(const char *slug);

/* VALIDATION_FAILED at "slug" for a slug that a body gives (NULL: none) and that is reserved. */
const struct problem *slug_check(struct work *work, const char *slug);

/*
 * The slug itself when it is free and not reserved, else with -2, -3, ... behind.  `sql` counts in one row: is the slug
 * taken (first parameter), and which is the highest number behind the slugs between its second and third parameter, whose
 * texts are longer than its fourth.  Another may take it before the insert: the unique key decides, then try again.
 * `tries` says how often that has been: the numbers are then spread, so that those who met do not meet again.
 */
const struct problem *slug_free(struct work *work, const char *sql, const char *slug, int tries, const char **into);

/* The number behind the highest slug of that form ("shoe-7": 8), whether the slug is taken or not; at least 2. */
const struct problem *slug_number(struct work *work, const char *sql, const char *slug, int64_t *number);

/*
 * For a row that has a slug already: keeps `present` when it is `slug`, or `slug` with a number behind; else as slug_free.
 * So that replacing an object twice by the same body changes nothing the second time.
 */
const struct problem *slug_keep(
    struct work *work, const char *sql, const char *slug, const char *present, int tries, const char **into);

/* The statement slug_free needs, for one table; `live` narrows it to the rows that hold their slug ("AND ..."), or is "". */
#define SLUG_FREE_SQL(table, live) \
	"SELECT EXISTS(SELECT 1 FROM " table " WHERE slug = ? " live ") AS taken, " \
	"(SELECT MAX(CAST(SUBSTRING(slug, ? + 1) AS UNSIGNED)) FROM " table " WHERE slug > ? AND slug < ? " live \
	" AND SUBSTRING(slug, ? + 1) REGEXP '^[1-9][0-9]{0,8}$') AS highest"

/* How often to look for a free slug while others take it first; so many that nobody who was told has met with it. */
enum { SLUG_TRIES = 8 };

#endif
