/* Documents are read, and their holes filled: see document.h. */
#include "catalog/document_print.h"

#include "base/text.h"
#include "exchange/display.h"
#include "store/db.h"

/* ---- filling the holes ---- */

struct holes {
	const struct money *price, *price_max, *display_price;
	bool                in_stock;
	int64_t             sales_count;
	const char         *available; /* of each variant, with commas between */
};

static void
fill_money(struct text *out, const struct money *money)
{
	char   text[MONEY_TEXT_SIZE + 2];
	size_t length;

	if (money == NULL) {
		TEXT_ADD(out, "null");
		return;
	}
	length = money_write(*money, text + 1);
	text[0] = text[length + 1] = '"';
	text_add(out, text, length + 2);
}

/* A display price is in no document, since each reader may want another: it stands behind the price that it is of. */
static void
fill_price(struct text *out, const struct holes *holes)
{
	fill_money(out, holes->price);
	if (holes->display_price == NULL)
		return;
	TEXT_ADD(out, ",\"display_price\":");
	fill_money(out, holes->display_price->currency[0] == '\0' ? NULL : holes->display_price);
}

static void
fill_available(struct text *out, struct holes *holes)
{
	size_t length = strcspn(holes->available, ",");

	text_add(out, holes->available, length);
	holes->available += length + (holes->available[length] == ',');
}

static void
fill(char live, struct text *out, void *argument)
{
	struct holes *holes = argument;

	switch (live) {
	case LIVE_PRICE:
		fill_price(out, holes);
		break;
	case LIVE_PRICE_MAX:
		fill_money(out, holes->price_max);
		break;
	case LIVE_IN_STOCK:
		text_add_string(out, holes->in_stock ? "true" : "false");
		break;
	case LIVE_SALES_COUNT:
		text_add_integer(out, holes->sales_count);
		break;
	case LIVE_AVAILABLE:
		fill_available(out, holes);
		break;
	default:
		break;
	}
}

/* ---- rows of lists ---- */

static const struct member listed_product_members[] = {
	M_ID(struct listed_product, id, "id", .column = "product_id"),
	M_INTEGER(struct listed_product, form, "form", 0, UINT32_MAX),
	M_BYTES(struct listed_product, summary, "summary", SUMMARY_BYTES),
	M_BOOLEAN(struct listed_product, in_stock, "in_stock"),
	M_MONEY(struct listed_product, price, "price"),
	M_MONEY(struct listed_product, price_max, "price_max"),
	M_TEXT(struct listed_product, currency, "currency", 3, .required = true),
	M_TEXT(struct listed_product, name, "name", 200, .computed = true),
	M_TEXT(struct listed_product, rating, "rating", 4, .computed = true),
	M_TEXT(struct listed_product, price_order, "price_order", 22, .computed = true),
	M_TIME(struct listed_product, created_at, "created_at", .computed = true),
	M_INTEGER(struct listed_product, sales_count, "sales_count", 0, INT64_MAX, .computed = true),
};
SHAPE_SHARED(struct listed_product, listed_product_shape, "ListedProduct", listed_product_members);

/* Those that are out of date, from the tables, by id. */
static const struct problem *
read_fresh(struct work *work, const struct listed_product *rows, size_t count, struct product **fresh, size_t *n_fresh)
{
	struct product_id *ids = ARENA_ARRAY(work->arena, count, struct product_id);
	size_t             n = 0;

	for (size_t i = 0; i < count; i++)
		if (rows[i].form != document_form())
			ids[n++] = rows[i].id;
	return read_shown_products(work, ids, n, fresh, n_fresh);
}

static const struct product *
find_fresh(const struct product *fresh, size_t n_fresh, struct product_id id)
{
	for (size_t i = 0; i < n_fresh; i++)
		if (ID_EQUAL(fresh[i].id, id))
			return &fresh[i];
	return NULL;
}

/* One that is out of date and is not to be read any more has gone since: it is left out. */
const struct problem *
print_summaries(
    struct work *work, const struct listed_product *rows, size_t count, const char *display_currency, struct text *out)
{
	struct display  display;
	struct product *fresh;
	size_t          n_fresh;
	bool            first = true;

	TRY(display_open(work, display_currency, &display));
	TRY(read_fresh(work, rows, count, &fresh, &n_fresh));
	text_add_char(out, '[');
	for (size_t i = 0; i < count; i++) {
		const struct listed_product *row = &rows[i];
		const struct product        *product = NULL;
		struct holes                 holes = { .price = &row->price,
					.price_max = row->price_max,
					.display_price = display_price(&display, row->price),
					.in_stock = row->in_stock };

		if (row->form != document_form() && (product = find_fresh(fresh, n_fresh, row->id)) == NULL)
			continue;
		if (!first)
			text_add_char(out, ',');
		first = false;
		if (product == NULL) {
			shape_fill((const char *)row->summary.bytes, row->summary.length, out, fill, &holes);
		} else {
			struct product_summary summary = document_summary(product);

			summary.display_price = display_price(&display, summary.price);
			shape_print(&product_summary_shape, &summary, out);
		}
	}
	text_add_char(out, ']');
	return OK;
}

/* ---- a product whole ---- */

struct document_row {
	struct product_id id;
	int64_t           form, version, sales_count;
	struct bytes      document;
	struct money      price, *price_max;
	const char       *currency, *available;
	bool              in_stock;
};

static const struct member document_row_members[] = {
	M_ID(struct document_row, id, "id", .column = "product_id"),
	M_INTEGER(struct document_row, form, "form", 0, UINT32_MAX),
	M_BYTES(struct document_row, document, "document", DOCUMENT_BYTES),
	M_BOOLEAN(struct document_row, in_stock, "in_stock"),
	M_MONEY(struct document_row, price, "price"),
	M_MONEY(struct document_row, price_max, "price_max"),
	M_TEXT(struct document_row, currency, "currency", 3, .required = true),
	M_TEXT(struct document_row, available, "available", VARIANTS_MAX * 12, .computed = true),
	M_INTEGER(struct document_row, version, "version", 1, INT32_MAX, .computed = true),
	M_INTEGER(struct document_row, sales_count, "sales_count", 0, INT64_MAX, .computed = true),
};
SHAPE(struct document_row, document_row_shape, "DocumentRow", document_row_members);

/* One statement, so the variants whose stock is read are those that were printed. */
#define DOCUMENT_SELECT \
	"SELECT {d}, p.version, p.sales_count, (SELECT GROUP_CONCAT(i.on_hand - i.reserved ORDER BY v.position, v.id) " \
	"FROM variants v JOIN inventory i ON i.variant_id = v.id WHERE v.product_id = d.product_id AND v.deleted_at IS NULL) " \
	"AS available FROM products p JOIN merchants m ON m.id = p.merchant_id JOIN product_documents d ON d.product_id = p.id "
#define DOCUMENT_SHOWN " AND p.deleted_at IS NULL AND p.status = 'published' AND m.status = 'active'"

static const struct problem *
read_document(struct work *work, const char *id_or_slug, struct document_row **row)
{
	struct product_id id;

	if (uuid_parse(id_or_slug, &id.uuid))
		return db_row(work->db, &document_row_shape, row, DOCUMENT_SELECT "WHERE p.id = ?" DOCUMENT_SHOWN, P(id));
	return db_row(work->db, &document_row_shape, row, DOCUMENT_SELECT "WHERE p.slug = ?" DOCUMENT_SHOWN, P(id_or_slug));
}

static const struct problem *
show_fresh(struct work *work, const char *id_or_slug, const char *display_currency, struct shown_product *shown)
{
	struct text     json = text_new(work->arena, 4096);
	struct display  display;
	struct product *product;

	TRY(read_shown_product(work, id_or_slug, &product));
	TRY(display_open(work, display_currency, &display));
	product_displayed(product, &display);
	shape_print(&product_shape, product, &json);
	*shown = (struct shown_product) { product->id, product->version, json.bytes, json.length };
	return OK;
}

const struct problem *
show_product(struct work *work, const char *id_or_slug, const char *display_currency, struct shown_product *shown)
{
	struct document_row *row;
	struct holes         holes;
	struct text          json;

	if (id_or_slug == NULL)
		return problem(NOT_FOUND, "product not found");
	if (display_currency != NULL) /* the prices of variants are printed, and no holes */
		return show_fresh(work, id_or_slug, display_currency, shown);
	TRY(read_document(work, id_or_slug, &row));
	if (row == NULL || row->form != document_form())
		return show_fresh(work, id_or_slug, NULL, shown);
	holes = (struct holes) { .price = &row->price,
		.price_max = row->price_max,
		.in_stock = row->in_stock,
		.sales_count = row->sales_count,
		.available = row->available };
	json = text_new(work->arena, row->document.length + 256);
	shape_fill((const char *)row->document.bytes, row->document.length, &json, fill, &holes);
	*shown = (struct shown_product) { row->id, row->version, json.bytes, json.length };
	return OK;
}
