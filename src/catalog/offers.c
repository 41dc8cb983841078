/* Variants as buyers meet them: catalog_offers. */
#include "catalog/catalog.h"

#include "base/text.h"
#include "store/db.h"

#include <assert.h>

static const struct member offer_members[] = {
	M_ID(struct offer, variant, "variant_id"),
	M_ID(struct offer, product, "product_id"),
	M_ID(struct offer, merchant, "merchant_id"),
	M_ID(struct offer, category, "category_id"),
	M_TEXT(struct offer, name, "name", 200, .required = true),
	M_TEXT(struct offer, slug, "slug", 230, .required = true),
	M_TEXT(struct offer, sku, "sku", 64, .required = true),
	M_MAP(struct offer, options, "options", 3, .required = true),
	M_TEXT(struct offer, image, "image", 1000),
	M_TEXT(struct offer, tax_class, "tax_class", 32, .required = true),
	M_MONEY(struct offer, price, "price"),
	M_BOOLEAN(struct offer, on_sale, "on_sale"),
	M_INTEGER(struct offer, available, "available", 0, INT64_MAX),
};
SHAPE_SHARED(struct offer, offer_shape, "Offer", offer_members);

#define OFFER_SELECT                                                                           \
	"SELECT v.id AS variant_id, p.id AS product_id, p.merchant_id, p.category_id, p.name, p.slug, v.sku, v.options, " \
	"JSON_VALUE(p.images, '$[0].url') AS image, p.tax_class, IFNULL(v.price_minor, p.price_minor) AS price_minor, " \
	"p.currency, v.deleted_at IS NULL AND p.deleted_at IS NULL AND p.status = 'published' AND m.status = 'active' AS on_sale, " \
	"i.on_hand - i.reserved AS available "                                                 \
	"FROM variants v JOIN products p ON p.id = v.product_id JOIN merchants m ON m.id = p.merchant_id " \
	"JOIN inventory i ON i.variant_id = v.id WHERE v.id IN ("

/* A statement takes 1, 2, 4, ... ids, so that few texts serve any number; the last id fills the rest. */
static size_t
room_for(size_t count)
{
	size_t room = 1;

	while (room < count)
		room *= 2;
	return room > OFFERS_MAX ? OFFERS_MAX : room;
}

static const struct problem *
read_offers(struct work *work, const struct variant_id *variants, size_t count, struct offer **rows, size_t *n_rows)
{
	size_t            room = room_for(count);
	struct parameter *ids = ARENA_ARRAY(work->arena, room, struct parameter);
	struct text       sql = text_new(work->arena, 1024);

	TEXT_ADD(&sql, OFFER_SELECT);
	for (size_t i = 0; i < room; i++) {
		text_add_string(&sql, i == 0 ? "?" : ", ?");
		ids[i] = P(variants[i < count ? i : count - 1]);
	}
	text_add_char(&sql, ')');
	return db_rows_(work->db, &offer_shape, room, rows, n_rows, db_compose(work->db, sql.bytes), room, ids);
}

const struct problem *
catalog_offers(struct work *work, const struct variant_id *variants, size_t count, struct offer ***offers)
{
	struct offer *rows;
	size_t        n_rows;

	assert(count <= OFFERS_MAX);
	*offers = ARENA_ARRAY(work->arena, count, struct offer *);
	if (count == 0)
		return OK;
	TRY(read_offers(work, variants, count, &rows, &n_rows));
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < n_rows && (*offers)[i] == NULL; j++)
			if (ID_EQUAL(rows[j].variant, variants[i]))
				(*offers)[i] = &rows[j];
	return OK;
}
