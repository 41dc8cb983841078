/* One product with its variants: two round trips. */
#include "catalog/document.h"

#include "store/db.h"

enum { READ_TRIES = 10 };

/* The cost is for those who may change the product. */
#define PRODUCT_SELECT \
	"SELECT {p}, IF(? OR p.merchant_id = ?, p.cost_price_minor, NULL) AS cost_price_minor, IF(? OR p.merchant_id = ?, p.metadata, NULL) AS metadata, " \
	"{m merchant}, {c category}, {b brand}, JSON_EXTRACT(p.images, '$[0]') AS image " \
	"FROM products p JOIN merchants m ON m.id = p.merchant_id JOIN categories c ON c.id = p.category_id " \
	"LEFT JOIN brands b ON b.id = p.brand_id "

#define PRODUCT_VISIBLE \
	"AND p.deleted_at IS NULL AND ((p.status = 'published' AND m.status = 'active') OR ? OR p.merchant_id = ?)"

static const struct money *
larger(const struct money *a, const struct money *b)
{
	return a == NULL || b->minor > a->minor ? b : a;
}

static const struct money *
smaller(const struct money *a, const struct money *b)
{
	return a == NULL || b->minor < a->minor ? b : a;
}

/* What is to be paid: of the variants in stock, or of all while none is. */
static void
sum_up_variants(struct arena *arena, struct product *product)
{
	const struct money *low = NULL, *high = NULL;

	for (size_t i = 0; i < product->n_variants; i++)
		product->in_stock = product->in_stock || product->variants[i].available > 0;
	for (size_t i = 0; i < product->n_variants; i++) {
		if (product->in_stock && product->variants[i].available <= 0)
			continue;
		low = smaller(low, &product->variants[i].price);
		high = larger(high, &product->variants[i].price);
	}
	product->price_min = low == NULL ? product->price : *low;
	if (high != NULL && high->minor > low->minor) {
		product->price_max = ARENA_NEW(arena, struct money);
		*product->price_max = *high;
	}
}

static const struct problem *
read_variants(struct work *work, struct product *product)
{
	TRY(db_rows(work->db, &variant_shape, VARIANTS_MAX, &product->variants, &product->n_variants,
	    "SELECT {v}, IFNULL(v.price_minor, ?) AS price_minor, ? AS currency, i.on_hand - i.reserved AS available, "
	    "p.version AS product_version FROM products p JOIN variants v ON v.product_id = p.id "
	    "JOIN inventory i ON i.variant_id = v.id WHERE p.id = ? AND v.deleted_at IS NULL ORDER BY v.position, v.id",
	    P(product->price.minor), P(product->currency), P(product->id)));
	sum_up_variants(work->arena, product);
	return OK;
}

/* By its id, or by its slug where that is not NULL. */
static const struct problem *
read_row(struct work *work, struct reach reach, struct product_id id, const char *slug, struct product **product)
{
	if (slug == NULL)
		return db_one(work->db, &product_shape, product, PRODUCT_SELECT "WHERE p.id = ? " PRODUCT_VISIBLE, P(reach.all),
		    P(reach.merchant), P(reach.all), P(reach.merchant), P(id), P(reach.all), P(reach.merchant));
	return db_one(work->db, &product_shape, product, PRODUCT_SELECT "WHERE p.slug = ? " PRODUCT_VISIBLE, P(reach.all),
	    P(reach.merchant), P(reach.all), P(reach.merchant), P(slug), P(reach.all), P(reach.merchant));
}

/*
 * Both statements must see the product in one version, else they are asked again: options of before with variants of after
 * would be a product that there never was.  No variants are believed when they were missing twice.
 */
static const struct problem *
read_whole(struct work *work, struct reach reach, struct product_id id, const char *slug, struct product **product)
{
	int64_t before = 0;

	for (int tries = 0; tries < READ_TRIES; tries++) {
		TRY(read_row(work, reach, id, slug, product));
		TRY(read_variants(work, *product));
		if ((*product)->version == ((*product)->n_variants > 0 ? (*product)->variants[0].product_version : before))
			return OK;
		before = (*product)->version;
	}
	return problem(DATABASE_BUSY, "the product changes all the time; try again");
}

static const struct problem *
read_named(struct work *work, struct reach reach, const char *id_or_slug, struct product **product)
{
	struct product_id id = { .uuid = { { 0 } } };

	if (id_or_slug == NULL)
		return problem(NOT_FOUND, "product not found");
	return read_whole(work, reach, id, uuid_parse(id_or_slug, &id.uuid) ? NULL : id_or_slug, product);
}

const struct problem *
read_product_by_id(struct work *work, struct product_id id, struct product **product)
{
	return read_whole(work, CATALOG_REACH(work), id, NULL, product);
}

const struct problem *
read_product(struct work *work, const char *id_or_slug, struct product **product)
{
	return read_named(work, CATALOG_REACH(work), id_or_slug, product);
}

/* The variants of products that stand by id, as read_variants reads those of one. */
static const struct problem *
read_variants_of(struct work *work, struct product *products, size_t count)
{
	struct parameter *ids = ARENA_ARRAY(work->arena, count, struct parameter);
	struct variant   *variants;
	size_t            n, next = 0;

	if (count == 0)
		return OK;
	for (size_t i = 0; i < count; i++)
		ids[i] = P(products[i].id);
	TRY(db_rows_many(work->db, &variant_shape, count * VARIANTS_MAX, &variants, &n,
	    "SELECT {v}, v.product_id, IFNULL(v.price_minor, p.price_minor) AS price_minor, p.currency, "
	    "i.on_hand - i.reserved AS available, p.version AS product_version FROM products p "
	    "JOIN variants v ON v.product_id = p.id JOIN inventory i ON i.variant_id = v.id "
	    "WHERE p.id IN ([?]) AND v.deleted_at IS NULL ORDER BY v.product_id, v.position, v.id",
	    count, count, ids));
	for (size_t i = 0; i < count; i++) {
		struct product *product = &products[i];

		while (next < n && uuid_compare(&variants[next].product.uuid, &product->id.uuid) < 0)
			next++;
		product->variants = &variants[next];
		while (next < n && ID_EQUAL(variants[next].product, product->id)) {
			product->n_variants++;
			next++;
		}
		sum_up_variants(work->arena, product);
	}
	return OK;
}

static bool
are_whole(const struct product *products, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (products[i].n_variants == 0 || products[i].variants[0].product_version != products[i].version)
			return false;
	return true;
}

const struct problem *
read_shown_products(struct work *work, const struct product_id *wanted, size_t n, struct product **products, size_t *count)
{
	struct parameter *ids = ARENA_ARRAY(work->arena, n + 6, struct parameter);

	ids[0] = ids[2] = ids[n + 4] = P(false);
	ids[1] = ids[3] = ids[n + 5] = parameter_null();
	for (size_t i = 0; i < n; i++)
		ids[4 + i] = P(wanted[i]);
	*count = 0;
	for (int tries = 0; n > 0 && tries < READ_TRIES; tries++) {
		TRY(db_rows_many(work->db, &product_shape, n, products, count,
		    PRODUCT_SELECT "WHERE p.id IN ([?]) " PRODUCT_VISIBLE " ORDER BY p.id", n, n + 6, ids));
		TRY(read_variants_of(work, *products, *count));
		if (are_whole(*products, *count))
			break;
	}
	return OK;
}

const struct problem *
read_shown_product(struct work *work, const char *id_or_slug, struct product **product)
{
	return read_named(work, (struct reach) { .all = false }, id_or_slug, product);
}

const struct problem *
product_was_shown(struct work *work, const char *id_or_slug, bool *deleted)
{
	struct product_id id;
	int64_t           found = 0;

	if (uuid_parse(id_or_slug, &id.uuid))
		TRY(db_value(work->db, &found,
		    "SELECT 1 FROM products WHERE id = ? AND deleted_at IS NOT NULL AND status = 'published'", P(id)));
	else
		TRY(db_value(work->db, &found,
		    "SELECT 1 FROM products WHERE slug = ? AND deleted_at IS NOT NULL AND status = 'published' LIMIT 1",
		    P(id_or_slug)));
	*deleted = found != 0;
	return OK;
}
