/*
 * Products by status: drafts, archived and deleted ones too.
 *
 * A seller's products, or one merchant's, come in any ordering: they are few enough to be sorted.  All merchants'
 * together come by the time they were created, which has an index; with filters that index is walked, a piece at a time.
 */
#include "catalog/product_own.h"

#include "catalog/document.h"
#include "exchange/display.h"

/* Whose: NULL for everybody's. */
static const struct problem *
choose_merchant(struct work *work, const struct product_query *query, const struct merchant_id **merchant)
{
	struct reach reach = CATALOG_REACH(work);

	*merchant = reach.all ? query->merchant : reach.merchant;
	if (acting_user(work) == NULL)
		return problem(UNAUTHENTICATED, "a valid access token is required");
	if (!reach.all && reach.merchant == NULL)
		return problem(FORBIDDEN, "the account lacks the permission");
	if (!reach.all && query->merchant != NULL && !ID_EQUAL(*query->merchant, *reach.merchant))
		return problem(FORBIDDEN, "you can list only your own products by status");
	return OK;
}

/* What stands only in the listings of published products is not offered here. */
static const struct problem *
check_query(struct work *work, const struct product_query *query, const struct merchant_id *merchant)
{
	const struct {
		const char *name;
		const void *value;
	} others[] = { { "min_price", query->min_price }, { "max_price", query->max_price },
		{ "rating_gte", query->rating_gte } };
	struct faults faults = { .count = 0 };
	bool          by_time = query->ordering == NULL || *query->ordering == BY_CREATED || *query->ordering == BY_CREATED_DOWN;

	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (others[i].value != NULL)
			faults_add(&faults, others[i].name, "cannot be combined with status");
	if (merchant == NULL && !by_time)
		faults_add(&faults, "ordering", "must be created_at or -created_at unless merchant is given");
	if (faults.count > 0)
		return problem_faults(work->arena, PROBLEM_VALIDATION_FAILED, "the query is invalid; see details", &faults);
	return OK;
}

static const char *
index_hint(bool of_merchant, bool of_status)
{
	if (of_merchant)
		return of_status ? "FORCE INDEX (ix_products_merchant_status)" : "FORCE INDEX (ix_products_merchant)";
	return of_status ? "FORCE INDEX (ix_products_status)" : "FORCE INDEX (ix_products_created)";
}

#define BOTH_WAYS(name, column, member, mark) { column, member, "p.id", false, mark }, { column, member, "p.id", true, mark },
static const struct list_order orderings[] = { PRODUCT_ORDERINGS(BOTH_WAYS, "p", ".price_minor", "base_price") };

/* The state of products that are not listed is written nowhere. */
#define OF_VARIANTS(state) \
	"(SELECT " state " FROM variants v JOIN inventory i ON i.variant_id = v.id WHERE v.product_id = p.id " \
	"AND v.deleted_at IS NULL)"
#define OWN_SELECT \
	"SELECT STRAIGHT_JOIN {p}, {c category}, {b brand}, JSON_EXTRACT(p.images, '$[0]') AS image, " \
	"p.price_minor AS base_price_minor, IFNULL(" OF_VARIANTS(STATE_PRICE) ", p.price_minor) AS price_minor, " OF_VARIANTS( \
	    STATE_PRICE_MAX) " AS price_max_minor, IFNULL(" OF_VARIANTS(STATE_IN_STOCK) ", FALSE) AS in_stock"

/* Of everybody's products so many are looked at for a page: it may be short and still have a neighbour. */
enum { OWN_WALK_ROWS = 5000 };

/* A category with all below it, by id or slug. */
static void
where_category_named(struct list *list, const char *named)
{
	struct category_id id;
	bool               by_id = uuid_parse(named, &id.uuid);

	list_where(list,
	    "EXISTS(SELECT 1 FROM category_ancestors a WHERE a.category_id = p.category_id AND a.ancestor_id = "
	    "IF(?, ?, (SELECT n.id FROM categories n WHERE n.slug = ?)))",
	    P(by_id), P(id), P(named));
}

static void
where_brand_named(struct list *list, const char *named)
{
	struct brand_id id;

	if (uuid_parse(named, &id.uuid))
		list_where(list, "p.brand_id = ?", P(id));
	else
		list_where(list, "p.brand_id = (SELECT n.id FROM brands n WHERE n.slug = ?)", P(named));
}

/* What is looked at on the way; false: nothing is. */
static bool
where_narrowed(struct list *list, const struct product_query *query)
{
	if (query->search != NULL)
		list_where(list,
		    "(INSTR(p.name, ?) > 0 OR EXISTS(SELECT 1 FROM variants s WHERE s.sku_folded = ? AND s.product_id = p.id))",
		    P(query->search), P(query->search));
	if (query->category != NULL)
		where_category_named(list, query->category);
	if (query->brand != NULL)
		where_brand_named(list, query->brand);
	list_filter(list, "p.currency = ?", P(query->currency));
	list_filter(list, "p.is_featured = ?", P(query->is_featured));
	list_filter(list, "IFNULL(" OF_VARIANTS(STATE_IN_STOCK) ", FALSE) = ?", P(query->in_stock));
	return query->search != NULL || query->category != NULL || query->brand != NULL || query->currency != NULL ||
	    query->is_featured != NULL || query->in_stock != NULL || *query->status == LISTED_DELETED;
}

const struct problem *
find_products_by_status(struct work *work, const struct product_query *query, const struct page_request *page,
    struct product_summary **rows, struct listed *listed)
{
	struct list               list = list_begin(work, OWN_SELECT, "FROM products p");
	struct list               walked = list_begin(work, "SELECT p.id AS id, p.created_at AS created_at", "FROM products p");
	const char               *status = *query->status <= LISTED_ARCHIVED ? product_status_values[*query->status] : NULL;
	const struct merchant_id *merchant;
	bool                      narrowed;

	TRY(choose_merchant(work, query, &merchant));
	TRY(check_query(work, query, merchant));
	if (merchant == NULL && page->ordering / 2 != BY_CREATED / 2)
		return problem(BAD_CURSOR, "the cursor is invalid for this list");
	list_append(&list, index_hint(merchant != NULL, status != NULL));
	list_append(&list, "JOIN categories c ON c.id = p.category_id LEFT JOIN brands b ON b.id = p.brand_id");
	list_where(&list, "(p.deleted_at IS NOT NULL) = ?", P(*query->status == LISTED_DELETED));
	list_filter(&list, "p.merchant_id = ?", P(merchant));
	list_filter(&list, "p.status = ?", P(status));
	narrowed = where_narrowed(&list, query);
	if (merchant != NULL || !narrowed)
		return list_page(&list, &product_summary_shape, orderings, page, rows, listed);
	list_append(&walked, index_hint(false, status != NULL));
	list_filter(&walked, "p.status = ?", P(status));
	return list_page_walked(&list, &walked, OWN_WALK_ROWS, &product_summary_shape, orderings, page, rows, listed);
}

const struct problem *
list_products_by_status(struct work *work, const struct product_query *query, const struct page_request *page,
    struct text *products, struct listed *listed)
{
	struct product_summary *rows;
	struct display          display;

	TRY(find_products_by_status(work, query, page, &rows, listed));
	TRY(display_open(work, query->display_currency, &display));
	for (size_t i = 0; i < listed->count; i++)
		rows[i].display_price = display_price(&display, rows[i].price);
	shape_print_array(&product_summary_shape, rows, listed->count, products);
	return OK;
}
