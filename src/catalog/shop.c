/* A shop's public page. */
#include "catalog/shop.h"

#include "store/db.h"

static const struct member shop_members[] = {
	M_ID(struct shop, id, "id"),
	M_TEXT(struct shop, shop_name, "shop_name", 150, .required = true, .example = "\"Dhaka Bells\""),
	M_TEXT(struct shop, slug, "slug", 150, .example = "\"dhaka-bells\"",
	    .description = "Its present one: a slug that the shop had before finds it, too."),
	M_TEXT(struct shop, description, "description", 5000, .required = true, .multiline = true,
	    .example = "\"Bells and brass from Dhaka.\""),
	M_TEXT(struct shop, contact, "contact", 300, .example = "\"hello@dhaka-bells.test\""),
	M_OBJECT(struct shop, logo, "logo", media_shape, .computed = true),
	M_TEXT(struct shop, rating, "rating", 4, .required = true, .computed = true, .example = "\"4.50\"",
	    .description = "The mean of all ratings of its products; 0.00 without any."),
	M_INTEGER(struct shop, rating_count, "rating_count", 0, INT64_MAX, .computed = true),
	M_INTEGER(struct shop, product_count, "product_count", 0, INT64_MAX, .computed = true,
	    .description = "How many products can be bought from it."),
	M_TIME(struct shop, created_at, "created_at"),
};
SHAPE_SHARED(struct shop, shop_shape, "Shop", shop_members);

/* Of the products that everybody sees; its documents are printed of the same (listing.c). */
#define SHOP_SELECT \
	"SELECT {m}, IFNULL(c.rating_count, 0) AS rating_count, IFNULL(c.product_count, 0) AS product_count, " \
	"FORMAT(IFNULL(c.rated / NULLIF(c.rating_count, 0), 0), 2, 'en_US') AS rating FROM merchants m LEFT JOIN " \
	"(SELECT p.merchant_id, COUNT(*) AS product_count, SUM(p.rating_count) AS rating_count, " \
	"SUM(p.rating_sum) AS rated FROM products p JOIN product_documents d ON d.product_id = p.id " \
	"WHERE p.merchant_id = ? AND p.status = 'published' GROUP BY p.merchant_id) c ON c.merchant_id = m.id " \
	"WHERE m.id = ? AND m.status = 'active'"

struct slug_owner {
	struct merchant_id merchant;
};

static const struct member slug_owner_members[] = { M_ID(struct slug_owner, merchant, "merchant_id") };
SHAPE(struct slug_owner, slug_owner_shape, "SlugOwner", slug_owner_members, .noun = "shop");

static const struct problem *
find_shop(struct work *work, const char *id_or_slug, struct merchant_id *id)
{
	struct slug_owner *owner;

	if (uuid_parse(id_or_slug, &id->uuid))
		return OK;
	TRY(db_one(work->db, &slug_owner_shape, &owner, "SELECT {} FROM merchant_slugs WHERE slug = ?", P(id_or_slug)));
	*id = owner->merchant;
	return OK;
}

const struct problem *
read_shop(struct work *work, const char *id_or_slug, struct shop **shop)
{
	struct media_list *logos;
	struct merchant_id id;

	if (id_or_slug == NULL)
		return problem(NOT_FOUND, "shop not found");
	TRY(find_shop(work, id_or_slug, &id));
	TRY(db_one(work->db, &shop_shape, shop, SHOP_SELECT, P(id), P(id)));
	TRY(media_of(work, MEDIA_OF_MERCHANT, &id.uuid, 1, &logos));
	(*shop)->logo = logos[0].n > 0 ? &logos[0].media[0] : NULL;
	return OK;
}
