/* What is ordered together with a product: see bought_together.h. */
#include "catalog/bought_together.h"

#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/document.h"
#include "catalog/recommend.h"
#include "store/db.h"

/* Of those that are bought with it most often, so many are looked at: what is sold out or not shown any more is left out. */
enum { LOOKED_AT = 200 };

const struct problem *
find_bought_together(
    struct work *work, const char *id_or_slug, int64_t limit, const char *display_currency, struct text *products)
{
	struct product_name   *product;
	struct listed_product *rows;
	size_t                 count;

	TRY(catalog_find(work, id_or_slug, &product));
	TRY(db_rows(work->db, &listed_product_shape, RECOMMENDATIONS_MAX, &rows, &count,
	    "SELECT {d} FROM (SELECT b.other_id, b.orders_count FROM product_pairs b FORCE INDEX (ix_product_pairs_count) "
	    "WHERE b.product_id = ? AND b.orders_count > 0 ORDER BY b.orders_count DESC, b.other_id DESC LIMIT ?) s "
	    "JOIN product_documents d ON d.product_id = s.other_id WHERE d.in_stock "
	    "ORDER BY s.orders_count DESC, s.other_id DESC LIMIT ?",
	    P(product->id), P(LOOKED_AT), P(limit)));
	return print_summaries(work, rows, count, display_currency, products);
}
