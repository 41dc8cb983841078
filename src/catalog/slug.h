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
 * The slug itself when it is free, else with -2, -3, ... behind.  `sql` counts in one row: is the slug taken (first
 * parameter), and which is the highest number behind the slugs between its second and third parameter, whose texts are
 * longer than its fourth.  Another may take it before the insert: the unique key decides, then try again.
 */
const struct problem *slug_free(struct work *work, const char *sql, const char *slug, const char **into);

/*
 * For a row that has a slug already: keeps `present` when it is `slug`, or `slug` with a number behind; else as slug_free.
 * So that replacing an object twice by the same body changes nothing the second time.
 */
const struct problem *slug_keep(struct work *work, const char *sql, const char *slug, const char *present, const char **into);

/* The statement slug_free needs, for one table. */
#define SLUG_FREE_SQL(table) \
	"SELECT EXISTS(SELECT 1 FROM " table " WHERE slug = ?) AS taken, " \
	"(SELECT MAX(CAST(SUBSTRING(slug, ? + 1) AS UNSIGNED)) FROM " table \
	" WHERE slug > ? AND slug < ? AND SUBSTRING(slug, ? + 1) REGEXP '^[1-9][0-9]{0,8}$') AS highest"

/* How often to look for a free slug while others take it first, before the duplicate key is returned. */
enum { SLUG_TRIES = 5 };

#endif
