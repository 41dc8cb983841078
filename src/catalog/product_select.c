#include "catalog/product_select.h"

#include "catalog/category.h"

const char *
category_condition(const struct product_filters *filters, struct parameter *value)
{
	*value = filters->category_slug != NULL ? P(filters->category_slug) : P(filters->category);
	if (filters->category_slug != NULL)
		return "l.category_id = (SELECT c.id FROM categories c WHERE c.slug = ? AND " CATEGORY_SHOWN("c.id") ")";
	if (uuid_is_nil(filters->category.uuid))
		return "l.category_id = ?";
	return "l.category_id = (SELECT c.id FROM categories c WHERE c.id = ? AND " CATEGORY_SHOWN("c.id") ")";
}

void
where_filters(struct list *list, const struct product_filters *filters)
{
	struct parameter category;
	const char      *of_category = category_condition(filters, &category);

	list_where(list, of_category, category);
	list_filter(list, "l.brand_id = (SELECT id FROM brands WHERE slug = ?)", P(filters->brand_slug));
	list_filter(list, "l.brand_id = ?", P(filters->brand));
	list_filter(list, "l.merchant_id = ?", P(filters->merchant));
	list_filter(list, "l.price_order >= ?", P(filters->price_from));
	list_filter(list, "l.price_order <= ?", P(filters->price_until));
	list_filter(list, "l.rating_average >= CAST(? / 100 AS DECIMAL(3, 2))", P(filters->rating_hundredths));
	list_filter(list, "l.is_featured = ?", P(filters->is_featured));
	list_filter(list, "l.in_stock = ?", P(filters->in_stock));
}

/* The index of each ordering, upwards and downwards. */
static const char *const indexes[] = { "ix_product_listings_price", "ix_product_listings_created", "ix_product_listings_name",
	"ix_product_listings_rating", "ix_product_listings_sales" };

/* The index of a filter: by time, or by price where it has one. */
static const char *
filter_index(const struct product_filters *filters, bool by_price)
{
	if (filters->brand != NULL || filters->brand_slug != NULL)
		return by_price ? "ix_product_listings_brand_price" : "ix_product_listings_brand";
	if (filters->merchant != NULL)
		return by_price ? "ix_product_listings_merchant_price" : "ix_product_listings_merchant";
	if (filters->currency != NULL)
		return "ix_product_listings_price";
	if (filters->is_featured != NULL && *filters->is_featured)
		return "ix_product_listings_featured";
	if (filters->rating_hundredths != NULL)
		return "ix_product_listings_rating";
	return NULL;
}

/*
 * The indexes that the server may choose from.  A brand or merchant with a further filter may match next to
 * nothing, for which the ordering's index would be read to its end; so then their own index is forced.
 */
void
add_listing_index(struct list *list, const struct product_filters *filters, int ordering)
{
	bool        by_price = ordering / 2 == BY_PRICE / 2, by_time = ordering / 2 == BY_CREATED / 2;
	const char *own = indexes[ordering / 2], *other = filter_index(filters, by_price);
	bool        of_one = filters->brand != NULL || filters->brand_slug != NULL || filters->merchant != NULL;

	list_append(list, "FORCE INDEX (");
	if (other == NULL || other == own) {
		list_append(list, own);
	} else {
		list_append(list, other);
		if (!(of_one && (by_price || by_time || filters->several))) {
			list_append(list, ",");
			list_append(list, own);
		}
	}
	list_append(list, ")");
}
