/*
 * What is on show, filtered and ordered, page by page.
 *
 * A page is one range of one index of product_listings: the category (nil: the whole shop), the ordering's column, the
 * product; the products of its dozen rows are read by primary key.  A filter brings its own index into the choice: few
 * rows match, then they are sorted; many do, then the ordering's index meets them soon.
 */
#include "catalog/product_list.h"

#include <assert.h>

static const char *const ordering_values[] = { "price", "-price", "created_at", "-created_at", "name", "-name", "rating",
	"-rating", "sales", "-sales", NULL };
static const char *const status_values[] = { "draft", "published", "archived", "any", "deleted", NULL };

static const struct member product_query_members[] = {
	LIST_QUERY(struct product_query),
	M_TEXT(struct product_query, category, "category", 150, .min = 1, .example = "\"kitchen\"",
	    .description = "Id or slug; what stands below it counts too."),
	M_TEXT(struct product_query, brand, "brand", 150, .min = 1, .example = "\"kashphul\"", .description = "Id or slug."),
	M_ID(struct product_query, merchant, "merchant"),
	M_TEXT(struct product_query, currency, "currency", 3, .format = FORMAT_CURRENCY),
	M_DECIMAL(struct product_query, min_price, "min_price", .min = 0, .description = "With currency."),
	M_DECIMAL(struct product_query, max_price, "max_price", .min = 0, .description = "With currency."),
	M_BOOLEAN(struct product_query, is_featured, "is_featured"),
	M_BOOLEAN(struct product_query, in_stock, "in_stock"),
	M_DECIMAL(struct product_query, rating_gte, "rating_gte", .min = 0, .example = "\"4\"", .description = "0 to 5."),
	M_BOOLEAN(struct product_query, facets, "facets",
	    .description = "Also count brands, categories and prices of all that match, of the newest 10000; not in a search."),
	M_TEXT(struct product_query, search, "search", 200, .min = 1, .example = "\"pitcher\"",
	    .description = "Words of name, description or brand, or a whole SKU; the best of what is found, at most 1000."),
	M_ENUM(struct product_query, status, "status", status_values,
	    .description = "A seller's own products or, for staff, all; the storefront's list leaves it out."),
	M_ENUM(struct product_query, ordering, "ordering", ordering_values,
	    .description = "- for descending; -created_at when left out, the best match first in a search."),
};
SHAPE_SHARED(struct product_query, product_list_query_shape, "ProductQuery", product_query_members);

static const struct member product_page_members[] = {
	PAGE_MEMBERS_(struct product_page, product_summary_shape),
	M_OBJECT(struct product_page, facets, "facets", product_facets_shape, .omitted = true, .description = "When asked for."),
};
SHAPE_SHARED(struct product_page, product_page_shape, "ProductPage", product_page_members);

void
compose_parameter(struct composed *composed, struct parameter parameter)
{
	assert(composed->n < LIST_PARAMETERS_MAX);
	composed->parameters[composed->n++] = parameter;
}

const struct problem *
compose_run(struct work *work, struct composed *composed, size_t limit, struct product_page *page)
{
	return db_rows_(work->db, &product_summary_shape, limit, &page->results, &page->n_results,
	    db_compose(work->db, composed->sql.bytes), composed->n, composed->parameters);
}

bool
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
compose_keyset(struct composed *composed, const struct cursor *cursor, const char *table, const char *column,
    const char *id_column, int64_t limit)
{
	bool        down = ordering_descends(cursor);
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
	TEXT_ADD(&composed->sql, "SELECT STRAIGHT_JOIN p.id, p.slug, p.name, p.price_minor, p.compare_at_price_minor, p.currency, "
	    "c.id AS `category.id`, c.name AS `category.name`, c.slug AS `category.slug`, "
	    "b.id AS `brand.id`, b.name AS `brand.name`, b.slug AS `brand.slug`, "
	    "JSON_VALUE(p.images, '$[0].url') AS image, p.rating_average AS rating, p.rating_count, ");
	text_add_string(&composed->sql, in_stock == NULL ? IN_STOCK("p.id") : *in_stock ? "TRUE" : "FALSE");
	TEXT_ADD(&composed->sql, " AS in_stock, p.is_featured, p.status, p.created_at, p.sales_count ");
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

static const struct problem *
list_shown(struct request *request, const struct product_filters *filters, const struct cursor *cursor, int64_t limit,
    struct product_page *page)
{
	struct composed composed = { .sql = text_new(request->work->arena, 2048) };

	compose_columns(&composed, filters->in_stock);
	TEXT_ADD(&composed.sql, "FROM product_listings l ");
	compose_index(&composed, filters, cursor->ordering);
	TEXT_ADD(&composed.sql, "JOIN products p ON p.id = l.product_id " SUMMARY_JOINS "WHERE ");
	compose_category(&composed, filters);
	compose_filters(&composed, filters);
	compose_keyset(&composed, cursor, "l", orderings[cursor->ordering / 2].column, "product_id", limit + 1);
	return compose_run(request->work, &composed, (size_t)limit + 1, page);
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

/* ---- from the query to the filters ---- */

/* Category and brand, each by id or slug. */
static void
name_filters(struct arena *arena, const struct product_query *query, struct product_filters *filters)
{
	struct brand_id brand;

	if (query->category != NULL && !uuid_parse(query->category, &filters->category.uuid))
		filters->category_slug = query->category;
	if (query->brand != NULL && uuid_parse(query->brand, &brand.uuid)) {
		filters->brand = ARENA_NEW(arena, struct brand_id);
		*filters->brand = brand;
	} else {
		filters->brand_slug = query->brand;
	}
}

static void
price_filter(struct arena *arena, const struct product_query *query, const struct decimal *price, const char *name,
    int64_t **minor, struct faults *faults)
{
	struct money money;

	if (price == NULL)
		return;
	if (query->currency == NULL) {
		faults_add(faults, "currency", "is required with min_price and max_price");
	} else if (!decimal_to_money(*price, query->currency, &money)) {
		faults_add(faults, name, "has more digits than the currency");
	} else {
		*minor = ARENA_NEW(arena, int64_t);
		**minor = money.minor;
	}
}

static void
rating_filter(struct arena *arena, const struct decimal *rating, int64_t **hundredths, struct faults *faults)
{
	int64_t value;

	if (rating == NULL)
		return;
	value = rating->digits;
	for (int scale = rating->scale; scale < 2 && value <= 500; scale++)
		value *= 10;
	if (rating->scale > 2 || value > 500) {
		faults_add(faults, "rating_gte", "must be from 0 to 5, with at most two places");
		return;
	}
	*hundredths = ARENA_NEW(arena, int64_t);
	**hundredths = value;
}

static const struct problem *
read_filters(struct work *work, const struct product_query *query, struct product_filters *filters)
{
	struct faults faults = { .count = 0 };

	*filters = (struct product_filters) { .merchant = query->merchant, .currency = query->currency,
		.is_featured = query->is_featured, .in_stock = query->in_stock };
	price_filter(work->arena, query, query->min_price, "min_price", &filters->min_minor, &faults);
	price_filter(work->arena, query, query->max_price, "max_price", &filters->max_minor, &faults);
	rating_filter(work->arena, query->rating_gte, &filters->rating_hundredths, &faults);
	if (faults.count > 0)
		return problem_faults(work->arena, PROBLEM_VALIDATION_FAILED, "some parameters of the query are wrong; see details",
		    &faults);
	name_filters(work->arena, query, filters);
	filters->several = (query->brand != NULL) + (filters->merchant != NULL) + (filters->currency != NULL) +
	    (filters->is_featured != NULL) + (filters->in_stock != NULL) + (filters->rating_hundredths != NULL) > 1;
	return OK;
}

const struct problem *
list_products(struct request *request)
{
	const struct product_query *query = QUERY(request, struct product_query);
	struct product_page         page = { .n_results = 0 };
	struct product_filters      filters;
	struct cursor               cursor;

	if (query->facets && (query->status != NULL || query->search != NULL))
		return problem_at(request->work->arena, PROBLEM_VALIDATION_FAILED, "facets", "do not go with status or search");
	if (query->status != NULL) {
		TRY(list_kept_products(request, query, &page));
		return respond(request, &page);
	}
	TRY(read_filters(request->work, query, &filters));
	if (query->search != NULL) {
		TRY(search_products(request, query, &filters, &page));
		return respond(request, &page);
	}
	TRY(cursor_read(request, query->list.cursor, query->ordering, BY_CREATED_DOWN, &cursor));
	if (cursor.ordering >= BY_RELEVANCE)
		return problem(BAD_CURSOR, "the cursor was not made by this shop for this list");
	TRY(list_shown(request, &filters, &cursor, query->list.limit, &page));
	if (query->facets)
		TRY(count_facets(request->work, &filters, &page.facets));
	page_links(request, &cursor, query->list.limit, page.results, sizeof *page.results, &page.n_results, product_key,
	    &page.next, &page.previous);
	return respond(request, &page);
}
