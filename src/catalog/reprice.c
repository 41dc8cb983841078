#include "catalog/reprice.h"

#include "catalog/product_write.h"
#include "store/db.h"

static const struct problem *
new_price(struct work *work, int64_t minor, const char *currency, struct decimal percent, struct decimal **price)
{
	int64_t hundred = 100, changed;

	for (int place = 0; place < percent.scale; place++)
		hundred *= 10;
	if (!minor_scale(minor, hundred + percent.digits, hundred, &changed) || changed <= 0)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "percent", "would make a price that is none");
	*price = amount_as_body(&changed, currency, work->arena);
	return OK;
}

/* Those that cost something else than their product. */
static const struct problem *
reprice_variants(struct work *work, const struct locked_product *product, struct decimal percent)
{
	struct variant_row *rows;
	struct variant     *variant;
	size_t              count;

	TRY(db_rows(work->db, &variant_row_shape, VARIANTS_MAX, &rows, &count,
	    "SELECT {v} FROM variants v WHERE v.product_id = ? AND v.deleted_at IS NULL AND v.price_minor IS NOT NULL ORDER BY v.id",
	    P(product->id)));
	for (size_t i = 0; i < count; i++) {
		struct variant_body body = { .price = NULL };

		TRY(new_price(work, *rows[i].price_minor, product->currency, percent, &body.price));
		shape_note(&variant_change_shape, &body, "price");
		TRY(update_variant(work, rows[i].id, &variant_change_shape, &body, NULL, &variant));
	}
	return OK;
}

const struct problem *
reprice_product(struct work *work, struct product_id id, struct decimal percent)
{
	struct product_body    body = { .price = NULL };
	struct locked_product *locked;
	struct product        *product;

	TRY(lock_product(work, id, false, NULL, &locked));
	TRY(new_price(work, locked->price_minor, locked->currency, percent, &body.price));
	TRY(reprice_variants(work, locked, percent));
	shape_note(&product_change_shape, &body, "price");
	return update_product(work, id, &product_change_shape, &body, NULL, &product);
}
