/*
 * What sellers and staff keep, on show or not: drafts, archived and deleted products too.
 *
 * A seller's products, or one merchant's, come in any ordering: they are few enough to be sorted.  All merchants'
 * together come by the time they were made, which has an index.
 */
#include "catalog/product_list.h"

static const char *const columns[] = { "price_minor", "created_at", "name", "rating_average", "sales_count" };

/* Whose: NULL for everybody's. */
static const struct problem *
whose_products(struct request *request, const struct product_query *query, const struct merchant_id **merchant)
{
	struct keeper keeper = product_keeper(request);

	*merchant = keeper.staff ? query->merchant : keeper.merchant;
	if (uuid_is_nil(request->work->viewer.user.uuid))
		return problem(UNAUTHENTICATED, "a valid access token is needed");
	if (!keeper.staff && keeper.merchant == NULL)
		return problem(FORBIDDEN, "the account lacks the permission");
	if (!keeper.staff && query->merchant != NULL && !ID_EQUAL(*query->merchant, *keeper.merchant))
		return problem(FORBIDDEN, "only one's own products can be listed by status");
	return OK;
}

/* What the other list does with listings is not offered here. */
static const struct problem *
check_query(struct request *request, const struct product_query *query, const struct merchant_id *merchant)
{
	struct faults faults = { .count = 0 };
	bool          by_time = query->ordering == NULL || *query->ordering == BY_CREATED || *query->ordering == BY_CREATED_DOWN;

	if (query->category != NULL)
		faults_add(&faults, "category", "does not go with status");
	if (query->brand != NULL)
		faults_add(&faults, "brand", "does not go with status");
	if (query->currency != NULL)
		faults_add(&faults, "currency", "does not go with status");
	if (query->min_price != NULL)
		faults_add(&faults, "min_price", "does not go with status");
	if (query->max_price != NULL)
		faults_add(&faults, "max_price", "does not go with status");
	if (query->rating_gte != NULL)
		faults_add(&faults, "rating_gte", "does not go with status");
	if (query->is_featured != NULL)
		faults_add(&faults, "is_featured", "does not go with status");
	if (query->in_stock != NULL)
		faults_add(&faults, "in_stock", "does not go with status");
	if (merchant == NULL && !by_time)
		faults_add(&faults, "ordering", "must be created_at or -created_at unless merchant is given");
	if (merchant == NULL && query->search != NULL)
		faults_add(&faults, "search", "goes with status only when merchant is given");
	if (faults.count > 0)
		return problem_faults(request->work->arena, PROBLEM_VALIDATION_FAILED,
		    "some parameters of the query are wrong; see details", &faults);
	return OK;
}

static void
compose_kept(struct composed *composed, const struct product_query *query, const struct merchant_id *merchant)
{
	const char *status = *query->status <= KEPT_ARCHIVED ? product_status_values[*query->status] : NULL;

	compose_columns(composed, NULL);
	TEXT_ADD(&composed->sql, "FROM products p ");
	if (merchant != NULL)
		text_add_string(&composed->sql, status != NULL ? "FORCE INDEX (ix_products_merchant_status) "
		                                               : "FORCE INDEX (ix_products_merchant) ");
	else
		text_add_string(&composed->sql, status != NULL ? "FORCE INDEX (ix_products_status) "
		                                               : "FORCE INDEX (ix_products_created) ");
	TEXT_ADD(&composed->sql, SUMMARY_JOINS "WHERE (p.deleted_at IS NOT NULL) = ? ");
	compose_parameter(composed, P(*query->status == KEPT_DELETED));
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
list_kept_products(struct request *request, const struct product_query *query, struct product_page *page)
{
	struct composed           composed = { .sql = text_new(request->work->arena, 2048) };
	const struct merchant_id *merchant;
	struct cursor             cursor;
	int64_t                   limit = query->list.limit;

	TRY(whose_products(request, query, &merchant));
	TRY(check_query(request, query, merchant));
	TRY(cursor_read(request, query->list.cursor, query->ordering, BY_CREATED_DOWN, &cursor));
	if (cursor.ordering >= BY_RELEVANCE || (merchant == NULL && cursor.ordering / 2 != BY_CREATED / 2))
		return problem(BAD_CURSOR, "the cursor was not made by this shop for this list");
	compose_kept(&composed, query, merchant);
	compose_keyset(&composed, &cursor, "p", columns[cursor.ordering / 2], "id", limit + 1);
	TRY(compose_run(request->work, &composed, (size_t)limit + 1, page));
	page_links(request, &cursor, limit, page->results, sizeof *page->results, &page->n_results, product_key, &page->next,
	    &page->previous);
	return OK;
}
