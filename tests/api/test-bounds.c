/*
 * No anonymous request of the catalogue costs more than another by much: all filters, alone and in pairs, in each ordering, for a
 * list, its facets, a search and a suggestion.
 *
 * Counted are the rows that the server reads meanwhile, which say the same on every machine: those that it finds by a key, which
 * cost about a microsecond each, and those that it finds beside another, which cost a quarter.  Together they stand for what
 * `./dev bench --only bound` measures in processor time: 20 times the fixed yardstick of 12 rows.
 */
#include "tests/api/shopping.h"

#include <stdio.h>
#include <string.h>

enum {
	FILTERS_MAX = 12,
	WORDS_MAX = 12,
	TRIES = 3,
	KEYED_MAX = 4500, /* a listing and its product for each of the 2,000 rows that a walk sees, and some */
	BESIDE_MAX = 10000,
	SUGGESTED_KEYED_MAX = 400,
	SUGGESTED_BESIDE_MAX = 1500,
	LARGE = 10000 /* products: fewer have no pairs to tell */
};

struct counted {
	int64_t keyed, beside;
};

struct dearest {
	struct counted cost;
	const char    *path;
};

static const char *filters[FILTERS_MAX], *words[WORDS_MAX];
static size_t      n_filters, n_words;
static bool        large;

static const char *const orderings[] = { "", "price", "-price", "created_at", "-created_at", "name", "-name", "rating", "-rating",
	"sales", "-sales" };
enum { ORDERINGS = sizeof orderings / sizeof *orderings };

/* What most of the shop's products have, so that it is dear where it can be. */
static const char *
commonest(const char *column, const char *table)
{
	return sql_text(
	    "SELECT CAST(%s AS UUID) FROM %s WHERE category_id = x'00000000000000000000000000000000' AND %s IS NOT NULL "
	    "GROUP BY %s ORDER BY COUNT(*) DESC LIMIT 1",
	    column, table, column, column);
}

static const char *
common_word(int place)
{
	return sql_text(
	    "SELECT text FROM search_words WHERE text RLIKE '^[a-z]{5,}$' ORDER BY products DESC, text LIMIT 1 OFFSET %d", place);
}

static void
prepare(void)
{
	char *slip;

	if (n_filters > 0)
		return;
	large = sql_number("SELECT COUNT(*) FROM search_documents") >= LARGE;
	filters[n_filters++] = form("&category=%s",
	    sql_text("SELECT CAST(category_id AS UUID) FROM product_listings WHERE category_id <> "
		     "x'00000000000000000000000000000000' GROUP BY category_id ORDER BY COUNT(*) DESC LIMIT 1"));
	filters[n_filters++] = form("&brand=%s", commonest("brand_id", "product_listings"));
	filters[n_filters++] = form("&merchant=%s", commonest("merchant_id", "product_listings"));
	filters[n_filters++] = form("&currency=%s&max_price=999999", sql_text("SELECT currency FROM product_listings LIMIT 1"));
	filters[n_filters++] = "&currency=XAF&min_price=1";
	filters[n_filters++] = "&is_featured=true";
	filters[n_filters++] = "&is_featured=false";
	filters[n_filters++] = "&in_stock=true";
	filters[n_filters++] = "&in_stock=false";
	filters[n_filters++] = "&rating_gte=5";
	words[n_words++] = common_word(0);
	words[n_words++] = form("%s+%s", common_word(0), common_word(1));
	words[n_words++] = form("%s+%s+%s", common_word(2), common_word(0), common_word(1));
	words[n_words++] = form("%s+%s+%s+%s+%s", common_word(4), common_word(3), common_word(2), common_word(0), common_word(1));
	words[n_words++] = form("%.4s", common_word(0));
	words[n_words++] = form("%s+%.4s", common_word(1), common_word(0));
	slip = (char *)form("%s+%s", common_word(0), common_word(1));
	slip[0] = slip[1];
	words[n_words++] = slip;
}

static struct counted
counted_now(void)
{
	return (struct counted) {
		sql_number(
		    "SELECT SUM(VARIABLE_VALUE) FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'HANDLER_READ_KEY'"),
		sql_number("SELECT SUM(VARIABLE_VALUE) FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME IN "
			   "('HANDLER_READ_NEXT', 'HANDLER_READ_PREV', 'HANDLER_READ_FIRST', 'HANDLER_READ_LAST')")
	};
}

static bool
is_dearer(struct counted one, struct counted other)
{
	return 4 * one.keyed + one.beside > 4 * other.keyed + other.beside;
}

/* The least of some tries: jobs and other requests read, too.  What the first has left in memcached would cost the next nothing. */
static void
ask(const char *path, struct dearest *dearest)
{
	struct counted least = { 0, 0 };

	for (int i = 0; i < TRIES; i++) {
		struct counted before, after, cost;

		if (i > 0)
			CHECK_INT(shop_command("cache", "clear"), 0);
		before = counted_now();
		EXPECT(api_get(path, NULL), 200);
		after = counted_now();
		cost = (struct counted) { after.keyed - before.keyed, after.beside - before.beside };
		if (i == 0 || is_dearer(least, cost))
			least = cost;
		if (least.keyed <= KEYED_MAX && least.beside <= BESIDE_MAX)
			break;
	}
	if (least.keyed > KEYED_MAX || least.beside > BESIDE_MAX) {
		printf("  %s reads %lld rows by key and %lld beside others\n", path, (long long)least.keyed,
		    (long long)least.beside);
		CHECK(least.keyed <= KEYED_MAX);
		CHECK(least.beside <= BESIDE_MAX);
	}
	if (is_dearer(least, dearest->cost))
		*dearest = (struct dearest) { least, path };
}

static void
tell(const char *what, const struct dearest *dearest)
{
	printf("  the dearest %s reads %lld rows by key and %lld beside others: %s\n", what, (long long)dearest->cost.keyed,
	    (long long)dearest->cost.beside, dearest->path);
}

/* A path with all filters, one by one and in pairs; in each ordering, but pairs in `few` only where those are given. */
static void
ask_all(const char *path, const char *const *few, size_t n_few, struct dearest *dearest)
{
	for (size_t ordering = 0; ordering < ORDERINGS; ordering++) {
		const char *ordered = *orderings[ordering] == '\0' ? path : form("%s&ordering=%s", path, orderings[ordering]);
		bool        in_pairs = few == NULL;

		for (size_t i = 0; i < n_few; i++)
			in_pairs |= strcmp(few[i], orderings[ordering]) == 0;
		ask(ordered, dearest);
		for (size_t one = 0; one < n_filters; one++) {
			ask(form("%s%s", ordered, filters[one]), dearest);
			for (size_t other = one + 1; in_pairs && large && other < n_filters; other++)
				if (strncmp(filters[one], filters[other], 4) != 0)
					ask(form("%s%s%s", ordered, filters[one], filters[other]), dearest);
		}
	}
}

static void
lists_are_bounded(void)
{
	struct dearest dearest = { { 0, 0 }, "" };

	prepare();
	ask_all("/products?limit=12", NULL, 0, &dearest);
	tell("list", &dearest);
}

static void
searches_are_bounded(void)
{
	static const char *const few[] = { "", "-price" };
	struct dearest           dearest = { { 0, 0 }, "" };

	prepare();
	for (size_t i = 0; i < n_words; i++)
		ask_all(form("/products?limit=12&search=%s", words[i]), few, sizeof few / sizeof *few, &dearest);
	tell("search", &dearest);
}

static void
facets_are_bounded(void)
{
	struct dearest dearest = { { 0, 0 }, "" };

	prepare();
	/* Kept ones would cost nothing. */
	CHECK_INT(shop_command("cache", "clear"), 0);
	ask("/products?limit=1&facets=true", &dearest);
	for (size_t one = 0; one < n_filters; one++)
		for (size_t other = one; other < n_filters; other++)
			if (one == other || strncmp(filters[one], filters[other], 4) != 0)
				ask(form("/products?limit=1&facets=true%s%s", filters[one], one == other ? "" : filters[other]),
				    &dearest);
	tell("list with facets", &dearest);
}

static void
suggestions_are_bounded(void)
{
	struct dearest dearest = { { 0, 0 }, "" };

	prepare();
	for (size_t i = 0; i < n_words; i++)
		ask(form("/products/suggest?q=%s", words[i]), &dearest);
	tell("suggestion", &dearest);
	/* As they are asked for with each letter: twice a plain list at most, in processor time. */
	CHECK(dearest.cost.keyed <= SUGGESTED_KEYED_MAX);
	CHECK(dearest.cost.beside <= SUGGESTED_BESIDE_MAX);
}

SUITE("api: bounds", TEST(lists_are_bounded), TEST(searches_are_bounded), TEST(facets_are_bounded), TEST(suggestions_are_bounded))
