/*
 * Products by status: drafts, archived and deleted ones too.
 *
 * A seller's products, or one merchant's, come in any ordering: they are few enough to be sorted.  All merchants'
 * together come by the time they were created, which has an index.
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

/* The filters of the published list need its listings, so they are not offered here. */
static const struct problem *
check_query(struct work *work, const struct product_query *query, const struct merchant_id *merchant)
{
	const struct {
		const char *name;
		const void *value;
	} others[] = { { "category", query->category }, { "brand", query->brand }, { "currency", query->currency },
		{ "min_price", query->min_price }, { "max_price", query->max_price }, { "rating_gte", query->rating_gte },
		{ "is_featured", query->is_featured }, { "in_stock", query->in_stock } };
	struct faults faults = { .count = 0 };
	bool          by_time = query->ordering == NULL || *query->ordering == BY_CREATED || *query->ordering == BY_CREATED_DOWN;

	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (others[i].value != NULL)
			faults_add(&faults, others[i].name, "cannot be combined with status");
	if (merchant == NULL && !by_time)
		faults_add(&faults, "ordering", "must be created_at or -created_at unless merchant is given");
	if (merchant == NULL && query->search != NULL)
		faults_add(&faults, "search", "cannot be combined with status unless merchant is given");
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

const struct problem *
find_products_by_status(struct work *work, const struct product_query *query, const struct page_request *page,
    struct product_summary **rows, struct listed *listed)
{
	struct list               list = list_begin(work, OWN_SELECT, "FROM products p");
	const char               *status = *query->status <= LISTED_ARCHIVED ? product_status_values[*query->status] : NULL;
	const struct merchant_id *merchant;

	TRY(choose_merchant(work, query, &merchant));
	TRY(check_query(work, query, merchant));
	if (merchant == NULL && page->ordering / 2 != BY_CREATED / 2)
		return problem(BAD_CURSOR, "the cursor is invalid for this list");
	list_append(&list, index_hint(merchant != NULL, status != NULL));
	list_append(&list, "JOIN categories c ON c.id = p.category_id LEFT JOIN brands b ON b.id = p.brand_id");
	list_where(&list, "(p.deleted_at IS NOT NULL) = ?", P(*query->status == LISTED_DELETED));
	list_filter(&list, "p.merchant_id = ?", P(merchant));
	if (query->search != NULL)
		list_where(&list,
		    "(INSTR(p.name, ?) > 0 OR EXISTS(SELECT 1 FROM variants s WHERE s.sku_folded = ? AND s.product_id = p.id))",
		    P(query->search), P(query->search));
	list_filter(&list, "p.status = ?", P(status));
	return list_page(&list, &product_summary_shape, orderings, page, rows, listed);
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
