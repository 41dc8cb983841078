#include "catalog/shown.h"

#include "accounts/merchants.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/category.h"
#include "exchange/rates.h"
#include "store/db.h"

#include <string.h>

enum { NAME_MAX_BYTES = 230, CHANGES_MAX = 100, LISTINGS_OF_ONE = CATEGORY_DEPTH_MAX + 1 };

static const char sales_stamp[] = "sales", shop_stamp[] = "in:";

/* ---- keys ---- */

/* To the database a text with spaces behind it is the same as without. */
static bool
is_plain(const char *name)
{
	return *name != '\0' && strlen(name) <= NAME_MAX_BYTES && strchr(name, ' ') == NULL;
}

/* An id in its one form, or a slug. */
static const char *
canonical(struct arena *arena, const char *id_or_slug)
{
	struct uuid id;

	return uuid_parse(id_or_slug, &id) ? uuid_text(arena, id) : id_or_slug;
}

static const char *
page_stamp(struct arena *arena, const char *category)
{
	return arena_format(arena, "%s%s", shop_stamp, category);
}

static const char *
product_stamp(struct arena *arena, const char *product)
{
	return arena_format(arena, "of:%s", product);
}

bool
shown_page_key(struct work *work, const char *query, const char *category, bool by_sales, struct stamped_key *key)
{
	if (category != NULL && !is_plain(category))
		return false;
	*key = (struct stamped_key) { .name = arena_format(work->arena, "page:%s", query),
		.stamps = { SHOWN_STAMP,
		    category == NULL ? shop_stamp : page_stamp(work->arena, canonical(work->arena, category)), sales_stamp },
		.n_stamps = by_sales ? 3 : 2 };
	return true;
}

bool
shown_product_key(struct work *work, const char *id_or_slug, struct stamped_key *key)
{
	const char *name;

	if (id_or_slug == NULL || !is_plain(id_or_slug))
		return false;
	name = canonical(work->arena, id_or_slug);
	*key = (struct stamped_key) { .name = arena_format(work->arena, "product:%s", name),
		.stamps = { SHOWN_STAMP, product_stamp(work->arena, name) },
		.n_stamps = 2 };
	return true;
}

void
shown_displayed(struct work *work, const char *display_currency, struct stamped_key *key)
{
	if (display_currency == NULL)
		return;
	key->name = arena_format(work->arena, "%s in %s", key->name, display_currency);
	key->stamps[key->n_stamps++] = RATES_STAMP;
}

static const char *
shop_page_stamp(struct arena *arena, const char *shop)
{
	return arena_format(arena, "shop:%s", shop);
}

bool
shown_shop_key(struct work *work, const char *id_or_slug, struct stamped_key *key)
{
	const char *name;

	if (!is_plain(id_or_slug))
		return false;
	name = shop_page_stamp(work->arena, canonical(work->arena, id_or_slug));
	*key = (struct stamped_key) {
		.name = arena_format(work->arena, "page of %s", name), .stamps = { SHOWN_STAMP, name }, .n_stamps = 2
	};
	return true;
}

bool
shown_part_key(struct work *work, const char *part, const char *id_or_slug, const char *query, struct stamped_key *key)
{
	if (!shown_product_key(work, id_or_slug, key))
		return false;
	key->name = arena_format(work->arena, "%s:%s?%s", part, key->name, query);
	return true;
}

bool
shown_beside_key(
    struct work *work, const char *part, const char *id_or_slug, const char *query, bool by_sales, struct stamped_key *key)
{
	if (!shown_part_key(work, part, id_or_slug, query, key))
		return false;
	key->stamps[key->n_stamps++] = shop_stamp;
	if (by_sales)
		key->stamps[key->n_stamps++] = sales_stamp;
	return true;
}

/* ---- changes ---- */

/* What a transaction has changed so far. */
struct changes {
	bool              everything, sales;
	struct product_id listed[CHANGES_MAX];  /* also in the pages that list them */
	struct product_id counted[CHANGES_MAX]; /* in their own documents only */
	struct variant_id stocked[CHANGES_MAX]; /* the same of their products */
	size_t            n_listed, n_counted, n_stocked;
	const char      **stamps; /* known already: of pages that listed them before, of products sold */
	size_t            n_stamps;
};

struct named {
	struct uuid id;
	const char *slug;
};

static const struct member named_members[] = {
	M_ID(struct named, id, "id", .computed = true),
	M_TEXT(struct named, slug, "slug", 230, .required = true, .computed = true),
};
SHAPE(struct named, named_shape, "Named", named_members);

struct stamp_list {
	struct arena *arena;
	const char  **names;
	size_t        count, room;
};

static void
add_stamp(struct stamp_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->names[i], name) == 0)
			return;
	if (list->count == list->room) {
		const char **more = ARENA_ARRAY(list->arena, list->room * 2 + 16, const char *);

		if (list->count > 0)
			memcpy(more, list->names, list->count * sizeof *more);
		list->names = more;
		list->room = list->room * 2 + 16;
	}
	list->names[list->count++] = name;
}

/* Each of the rows' stamps, by id and by slug. */
static const struct problem *
add_named(struct work *work, const char *sql, const void *ids, size_t count, const char *(*stamp)(struct arena *, const char *),
    struct stamp_list *list)
{
	struct parameter *values = ARENA_ARRAY(work->arena, count, struct parameter);
	struct named     *rows;
	size_t            n_rows;

	if (count == 0)
		return OK;
	for (size_t i = 0; i < count; i++)
		values[i] = P(((const struct uuid *)ids)[i]);
	TRY(db_rows_many(
	    work->db, &named_shape, (count + CHANGES_MAX) * LISTINGS_OF_ONE, &rows, &n_rows, sql, count, count, values));
	for (size_t i = 0; i < n_rows; i++) {
		add_stamp(list, stamp(work->arena, uuid_text(work->arena, rows[i].id)));
		add_stamp(list, stamp(work->arena, rows[i].slug));
	}
	return OK;
}

#define OF_PRODUCTS "SELECT p.id, p.slug FROM products p WHERE p.id IN ([?])"
#define OF_VARIANTS "SELECT DISTINCT p.id, p.slug FROM variants v JOIN products p ON p.id = v.product_id WHERE v.id IN ([?])"
#define OF_LISTINGS \
	"SELECT DISTINCT c.id, c.slug FROM product_listings l JOIN categories c ON c.id = l.category_id WHERE l.product_id IN ([?])"
/* The same of products that were just listed, without a look at the listings of each. */
#define OF_NEW_LISTINGS \
	"SELECT DISTINCT c.id, c.slug FROM (SELECT DISTINCT p.category_id FROM products p WHERE p.id IN ([?]) AND p.status = 'published') n " \
	"JOIN category_ancestors a ON a.category_id = n.category_id JOIN categories c ON c.id = a.ancestor_id"
#define OF_SHOPS \
	"SELECT DISTINCT p.merchant_id AS id, s.slug FROM products p JOIN merchant_slugs s ON s.merchant_id = p.merchant_id " \
	"WHERE p.id IN ([?])"

/*
 * Slugs and listings as they are after the commit: whoever changes those at the same time and commits later renews
 * SHOWN_STAMP or these stamps later, too.
 */
static const struct problem *
list_stamps(struct work *work, const struct changes *changes, struct stamp_list *list)
{
	TRY(add_named(work, OF_PRODUCTS, changes->listed, changes->n_listed, product_stamp, list));
	TRY(add_named(work, OF_LISTINGS, changes->listed, changes->n_listed, page_stamp, list));
	TRY(add_named(work, OF_SHOPS, changes->listed, changes->n_listed, shop_page_stamp, list));
	TRY(add_named(work, OF_PRODUCTS, changes->counted, changes->n_counted, product_stamp, list));
	return add_named(work, OF_VARIANTS, changes->stocked, changes->n_stocked, product_stamp, list);
}

static void
renew_changed(struct work *work, void *argument)
{
	const struct changes *changes = argument;
	struct stamp_list     list = { .arena = work->arena };

	if (!stamped_used(work))
		return;
	if (changes->n_listed > 0)
		add_stamp(&list, shop_stamp);
	if (changes->sales)
		add_stamp(&list, sales_stamp);
	for (size_t i = 0; i < changes->n_stamps; i++)
		add_stamp(&list, changes->stamps[i]);
	if (changes->everything || list_stamps(work, changes, &list) != OK)
		stamps_renew(work, (const char *const[]) { SHOWN_STAMP }, 1);
	else
		stamps_renew(work, list.names, list.count);
}

static struct changes *
changes_of(struct work *work)
{
	struct changes *changes = work_followed_by(work, renew_changed);

	if (changes == NULL) {
		changes = ARENA_NEW(work->arena, struct changes);
		work_after_commit(work, renew_changed, changes);
	}
	return changes;
}

static struct stamp_list
stamps_of(struct work *work, const struct changes *changes)
{
	return (struct stamp_list) {
		.arena = work->arena, .names = changes->stamps, .count = changes->n_stamps, .room = changes->n_stamps
	};
}

static void
keep_stamps(struct changes *changes, const struct stamp_list *list)
{
	changes->stamps = list->names;
	changes->n_stamps = list->count;
}

static void
note_ids(struct changes *changes, void *into, size_t *count, const void *ids, size_t n)
{
	struct uuid       *noted = into;
	const struct uuid *more = ids;

	for (size_t i = 0; i < n; i++) {
		size_t at = 0;

		while (at < *count && !uuid_equal(noted[at], more[i]))
			at++;
		if (at < *count)
			continue;
		if (*count == CHANGES_MAX) {
			changes->everything = true; /* a job of thousands */
			return;
		}
		noted[(*count)++] = more[i];
	}
}

void
shown_all_changed(struct work *work)
{
	changes_of(work)->everything = true;
}

void
catalog_changed(struct work *work, const struct product_id *products, size_t n)
{
	struct changes *changes = changes_of(work);

	note_ids(changes, changes->listed, &changes->n_listed, products, n);
}

void
catalog_stock_changed(struct work *work, const struct variant_id *variants, size_t n)
{
	struct changes *changes = changes_of(work);

	note_ids(changes, changes->stocked, &changes->n_stocked, variants, n);
}

void
shown_product_changed(struct work *work, struct product_id product)
{
	struct changes *changes = changes_of(work);

	note_ids(changes, changes->counted, &changes->n_counted, &product, 1);
}

void
shown_sales_changed(struct work *work, struct product_id product)
{
	changes_of(work)->sales = true;
	shown_product_changed(work, product);
}

/* A product gets another slug only when it comes back after it was deleted, so no statement has to look once more. */
void
catalog_stock_taken(struct work *work, struct product_id product, const char *slug)
{
	struct changes   *changes = changes_of(work);
	struct stamp_list list = stamps_of(work, changes);

	add_stamp(&list, product_stamp(work->arena, uuid_text(work->arena, product.uuid)));
	add_stamp(&list, product_stamp(work->arena, slug));
	keep_stamps(changes, &list);
}

const struct problem *
shown_listed(struct work *work, const struct product_id *products, size_t count)
{
	struct changes   *changes = changes_of(work);
	struct stamp_list list = stamps_of(work, changes);
	size_t            known = list.count;

	TRY(add_named(work, OF_NEW_LISTINGS, products, count, page_stamp, &list));
	if (list.count > known) /* else all are drafts, or others have been listed there before */
		add_stamp(&list, shop_stamp);
	keep_stamps(changes, &list);
	return OK;
}

/* Locked, so that none of them gets another slug before the commit. */
const struct problem *
shown_unlisting(struct work *work, struct product_id product)
{
	struct changes   *changes = changes_of(work);
	struct stamp_list list = stamps_of(work, changes);

	TRY(add_named(work, OF_LISTINGS " LOCK IN SHARE MODE", &product, 1, page_stamp, &list));
	keep_stamps(changes, &list);
	return OK;
}
