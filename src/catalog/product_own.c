/*
 * Products by status: drafts, archived and deleted ones too.
 *
 * A seller's products, or one merchant's, come in any ordering: they are few enough to be sorted.  All merchants'
 * together come by the time they were made, which has an index.
 */
#include "catalog/product_own.h"

/* Whose: NULL for everybody's. */
static const struct problem *
choose_merchant(struct work *work, const struct product_query *query, const struct merchant_id **merchant)
{
	struct reach reach = CATALOG_REACH(work);

	*merchant = reach.all ? query->merchant : reach.merchant;
	if (acting_user(work) == NULL)
		return problem(UNAUTHENTICATED, "a valid access token is needed");
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
		return problem_faults(work->arena, PROBLEM_VALIDATION_FAILED, "the query is not valid; see details", &faults);
	return OK;
}

static void
compose_by_status(struct composed *composed, const struct product_query *query, const struct merchant_id *merchant)
{
	const char *status = *query->status <= LISTED_ARCHIVED ? product_status_values[*query->status] : NULL;

	compose_columns(composed, NULL);
	TEXT_ADD(&composed->sql, "FROM products p ");
	if (merchant != NULL)
		text_add_string(&composed->sql, status != NULL ? "FORCE INDEX (ix_products_merchant_status) "
		                                               : "FORCE INDEX (ix_products_merchant) ");
	else
		text_add_string(&composed->sql, status != NULL ? "FORCE INDEX (ix_products_status) "
		                                               : "FORCE INDEX (ix_products_created) ");
	TEXT_ADD(&composed->sql, SUMMARY_JOINS "WHERE (p.deleted_at IS NOT NULL) = ? ");
	compose_parameter(composed, P(*query->status == LISTED_DELETED));
	if (merchant != NULL) {
		TEXT_ADD(&composed->sql, "AND p.merchant_id = ? AND (? IS NULL OR INSTR(p.name, ?) > 0 OR EXISTS("
		    "SELECT 1 FROM variants s WHERE s.sku = ? AND s.product_id = p.id)) ");
		compose_parameter(composed, P(*merchant));
		compose_parameter(composed, P(query->search));
		compose_parameter(composed, P(query->search));
		compose_parameter(composed, P(query->search));
	}
	if (status != NULL) {
		TEXT_ADD(&composed->sql, "AND p.status = ? ");
		compose_parameter(composed, P(status));
	}
}

const struct problem *
list_products_by_status(struct work *work, const struct product_query *query, struct product_results *found)
{
	struct composed           composed = { .sql = text_new(work->arena, 2048) };
	const struct merchant_id *merchant;
	int                       ordering = found->cursor.ordering;

	TRY(choose_merchant(work, query, &merchant));
	TRY(check_query(work, query, merchant));
	if (ordering >= BY_RELEVANCE || (merchant == NULL && ordering / 2 != BY_CREATED / 2))
		return problem(BAD_CURSOR, "the cursor is not valid for this list");
	compose_by_status(&composed, query, merchant);
	compose_keyset(&composed, &found->cursor, "p", "id", found->limit + 1);
	return compose_run(work, &composed, (size_t)found->limit + 1, found);
}
