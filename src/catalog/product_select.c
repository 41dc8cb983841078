#include "catalog/product_select.h"

#include <assert.h>
#include <string.h>

/* The index of each ordering, and its column. */
static const struct {
	const char *index, *column;
} orderings[] = {
	{ "ix_product_listings_price", "price_minor" },
	{ "ix_product_listings_created", "created_at" },
	{ "ix_product_listings_name", "name" },
	{ "ix_product_listings_rating", "rating_average" },
	{ "ix_product_listings_sales", "sales_count" },
};

const char *
ordering_column(int ordering)
{
	return orderings[ordering / 2].column;
}

void
compose_parameter(struct composed *composed, struct parameter parameter)
{
	assert(composed->n < LIST_PARAMETERS_MAX);
	composed->parameters[composed->n++] = parameter;
}

const struct problem *
compose_run(struct work *work, struct composed *composed, size_t limit, struct product_results *found)
{
	return db_rows_(work->db, &product_summary_shape, limit, &found->rows, &found->count,
	    db_compose(work->db, composed->sql.bytes), composed->n, composed->parameters);
}

/* Is the ordering's column sorted downwards when the page goes in the cursor's direction? */
static bool
ordering_descends(const struct cursor *cursor)
{
	return (cursor->ordering % 2 == 1) != cursor->backward;
}

static struct parameter
cursor_key(const struct cursor *cursor)
{
	if (cursor->text != NULL)
		return parameter_text(cursor->text);
	if (cursor->ordering == BY_CREATED || cursor->ordering == BY_CREATED_DOWN)
		return parameter_time((struct instant) { cursor->number });
	return parameter_integer(cursor->number);
}

/* Ratings are decimals of two places; the cursor holds hundredths. */
static const char *
key_mark(const struct cursor *cursor)
{
	return cursor->ordering == BY_RATING || cursor->ordering == BY_RATING_DOWN ? "CAST(? / 100 AS DECIMAL(3, 2))" : "?";
}

void
compose_keyset(struct composed *composed, const struct cursor *cursor, const char *table, const char *id_column, int64_t limit)
{
	bool        down = ordering_descends(cursor);
	const char *column = ordering_column(cursor->ordering);
	const char *behind = down ? "<" : ">", *direction = down ? "DESC" : "ASC", *mark = key_mark(cursor);

	if (cursor->given) {
		text_addf(&composed->sql, "AND (%s.%s %s %s OR (%s.%s = %s AND %s.%s %s ?)) ", table, column, behind, mark, table,
		    column, mark, table, id_column, behind);
		compose_parameter(composed, cursor_key(cursor));
		compose_parameter(composed, cursor_key(cursor));
		compose_parameter(composed, P(cursor->id));
	}
	text_addf(&composed->sql, "ORDER BY %s.%s %s, %s.%s %s LIMIT ?", table, column, direction, table, id_column, direction);
	compose_parameter(composed, P(limit));
}

#define IN_STOCK(product)                                                                      \
	"EXISTS(SELECT 1 FROM variants v JOIN inventory i ON i.variant_id = v.id "             \
	"WHERE v.product_id = " product " AND v.deleted_at IS NULL AND i.on_hand > i.reserved)"

void
compose_columns(struct composed *composed, const bool *in_stock)
{
	TEXT_ADD(&composed->sql, "SELECT STRAIGHT_JOIN {p}, {c category}, {b brand}, JSON_VALUE(p.images, '$[0].url') AS image, ");
	text_add_string(&composed->sql, in_stock == NULL ? IN_STOCK("p.id") : *in_stock ? "TRUE" : "FALSE");
	TEXT_ADD(&composed->sql, " AS in_stock ");
}

void
compose_category(struct composed *composed, const struct product_filters *filters)
{
	if (filters->category_slug != NULL) {
		TEXT_ADD(&composed->sql, "l.category_id = (SELECT id FROM categories WHERE slug = ?) ");
		compose_parameter(composed, P(filters->category_slug));
	} else {
		TEXT_ADD(&composed->sql, "l.category_id = ? ");
		compose_parameter(composed, P(filters->category));
	}
}

static void
compose_filter(struct composed *composed, const char *condition, struct parameter value)
{
	if (value.kind == PARAMETER_NULL)
		return;
	text_add_string(&composed->sql, condition);
	compose_parameter(composed, value);
}

void
compose_filters(struct composed *composed, const struct product_filters *filters)
{
	compose_filter(composed, "AND l.brand_id = (SELECT id FROM brands WHERE slug = ?) ", P(filters->brand_slug));
	compose_filter(composed, "AND l.brand_id = ? ", P(filters->brand));
	compose_filter(composed, "AND l.merchant_id = ? ", P(filters->merchant));
	compose_filter(composed, "AND l.currency = ? ", P(filters->currency));
	compose_filter(composed, "AND l.price_minor >= ? ", P(filters->min_minor));
	compose_filter(composed, "AND l.price_minor <= ? ", P(filters->max_minor));
	compose_filter(composed, "AND l.rating_average >= CAST(? / 100 AS DECIMAL(3, 2)) ", P(filters->rating_hundredths));
	compose_filter(composed, "AND l.is_featured = ? ", P(filters->is_featured));
	compose_filter(composed, "AND ? = " IN_STOCK("l.product_id") " ", P(filters->in_stock));
}

/* The indexes that a filter brings: by time, and by price where it has one. */
static const char *
filter_index(const struct product_filters *filters, bool by_price)
{
	if (filters->brand != NULL || filters->brand_slug != NULL)
		return by_price ? "ix_product_listings_brand_price" : "ix_product_listings_brand";
	if (filters->merchant != NULL)
		return by_price ? "ix_product_listings_merchant_price" : "ix_product_listings_merchant";
	if (filters->currency != NULL)
		return "ix_product_listings_currency";
	if (filters->is_featured != NULL && *filters->is_featured)
		return "ix_product_listings_featured";
	if (filters->rating_hundredths != NULL)
		return "ix_product_listings_rating";
	return NULL;
}

/*
 * The indexes that the server may choose from.  A brand or merchant with a further filter may have next to nothing, which
 * the ordering's index would look for through the whole shop; so then it is their own index.
 */
void
compose_index(struct composed *composed, const struct product_filters *filters, int ordering)
{
	bool        by_price = ordering / 2 == BY_PRICE / 2, by_time = ordering / 2 == BY_CREATED / 2;
	const char *own = orderings[ordering / 2].index, *other = filter_index(filters, by_price);
	bool        of_one = filters->brand != NULL || filters->brand_slug != NULL || filters->merchant != NULL;

	TEXT_ADD(&composed->sql, "FORCE INDEX (");
	if (other == NULL || other == own) {
		text_add_string(&composed->sql, own);
	} else {
		text_add_string(&composed->sql, other);
		if (!(of_one && (by_price || by_time || filters->several)))
			text_addf(&composed->sql, ", %s", own);
	}
	TEXT_ADD(&composed->sql, ") ");
}

/* "4.50" as 450. */
static int64_t
rating_hundredths(const char *rating)
{
	struct decimal decimal;
	int64_t        hundredths;

	if (!decimal_parse(rating, strlen(rating), &decimal))
		return 0;
	hundredths = decimal.digits;
	for (int scale = decimal.scale; scale < 2; scale++)
		hundredths *= 10;
	return hundredths;
}

void
product_key(const void *row, int ordering, struct cursor *into)
{
	const struct product_summary *summary = row;

	into->id = summary->id.uuid;
	switch ((enum product_ordering)ordering) {
	case BY_PRICE:
	case BY_PRICE_DOWN:
		into->number = summary->price.minor;
		break;
	case BY_CREATED:
	case BY_CREATED_DOWN:
		into->number = summary->created_at.unix_ms;
		break;
	case BY_NAME:
	case BY_NAME_DOWN:
		into->text = summary->name;
		break;
	case BY_RATING:
	case BY_RATING_DOWN:
		into->number = rating_hundredths(summary->rating);
		break;
	case BY_SALES:
	case BY_SALES_DOWN:
		into->number = summary->sales_count;
		break;
	case BY_RELEVANCE:
		into->number = summary->position;
		break;
	}
}
