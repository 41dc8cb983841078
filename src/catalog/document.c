/* Printed products: see document.h. */
#include "catalog/document.h"

#include "base/config.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "events/job.h"
#include "store/db.h"

#include <stdlib.h>

enum { PRINTED_AT_ONCE = 50, SUMMARY_BYTES = 65535, DOCUMENT_BYTES = 16000000 };

/* Of what is printed: another number after a change of a shape, so that what an older program printed is not shown. */
static int64_t
present_form(void)
{
	static int64_t form;

	if (form == 0)
		form = shape_form(&product_shape) ^ shape_form(&product_summary_shape);
	if (form == 0)
		form = 1;
	return form;
}

/* ---- filling the holes ---- */

struct holes {
	struct arena       *arena;
	const struct money *price, *price_max;
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
		fill_money(out, holes->price);
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

static struct product_summary
summary_of(const struct product *product)
{
	return (struct product_summary) { .id = product->id,
		.slug = product->slug,
		.name = product->name,
		.price = product->price_min,
		.price_max = product->price_max,
		.compare_at_price = product->compare_at_price,
		.currency = product->currency,
		.category = product->category,
		.brand = product->brand,
		.image = product->image,
		.rating = product->rating,
		.rating_count = product->rating_count,
		.in_stock = product->in_stock,
		.is_featured = product->is_featured,
		.status = product->status };
}

/* Those that are out of date, from the tables, by id. */
static const struct problem *
read_fresh(struct work *work, const struct listed_product *rows, size_t count, struct product **fresh, size_t *n_fresh)
{
	struct product_id *ids = ARENA_ARRAY(work->arena, count, struct product_id);
	size_t             n = 0;

	for (size_t i = 0; i < count; i++)
		if (rows[i].form != present_form())
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
print_summaries(struct work *work, const struct listed_product *rows, size_t count, struct text *out)
{
	struct product *fresh;
	size_t          n_fresh;
	bool            first = true;

	TRY(read_fresh(work, rows, count, &fresh, &n_fresh));
	text_add_char(out, '[');
	for (size_t i = 0; i < count; i++) {
		const struct listed_product *row = &rows[i];
		const struct product        *product = NULL;
		struct holes holes = { .price = &row->price, .price_max = row->price_max, .in_stock = row->in_stock };

		if (row->form != present_form() && (product = find_fresh(fresh, n_fresh, row->id)) == NULL)
			continue;
		if (!first)
			text_add_char(out, ',');
		first = false;
		if (product == NULL) {
			shape_fill((const char *)row->summary.bytes, row->summary.length, out, fill, &holes);
		} else {
			struct product_summary summary = summary_of(product);

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
show_fresh(struct work *work, const char *id_or_slug, struct shown_product *shown)
{
	struct text     json = text_new(work->arena, 4096);
	struct product *product;

	TRY(read_shown_product(work, id_or_slug, &product));
	shape_print(&product_shape, product, &json);
	*shown = (struct shown_product) { product->id, product->version, json.bytes, json.length };
	return OK;
}

const struct problem *
show_product(struct work *work, const char *id_or_slug, struct shown_product *shown)
{
	struct document_row *row;
	struct holes         holes;
	struct text          json;

	if (id_or_slug == NULL)
		return problem(NOT_FOUND, "product not found");
	TRY(read_document(work, id_or_slug, &row));
	if (row == NULL || row->form != present_form())
		return show_fresh(work, id_or_slug, shown);
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

/* ---- printing ---- */

struct printed_document {
	struct bytes summary, document;
};

static struct bytes
bytes_of(const struct text *text)
{
	return (struct bytes) { (const unsigned char *)text->bytes, text->length };
}

static struct printed_document
print_product(struct arena *arena, const struct product *product)
{
	struct product_summary summary = summary_of(product);
	struct text            list_row = text_new(arena, 1024), whole = text_new(arena, 4096);

	shape_print_stored(&product_summary_shape, &summary, &list_row);
	shape_print_stored(&product_shape, product, &whole);
	return (struct printed_document) { bytes_of(&list_row), bytes_of(&whole) };
}

/* The rows are there: only what is printed changes. */
const struct problem *
print_documents(struct work *work, const struct product_id *ids, size_t n)
{
	enum { COLUMNS = 7 };
	struct parameter *values;
	struct product   *products;
	size_t            count;

	TRY(read_shown_products(work, ids, n, &products, &count));
	values = ARENA_ARRAY(work->arena, count * COLUMNS, struct parameter);
	for (size_t i = 0; i < count; i++) {
		struct printed_document printed = print_product(work->arena, &products[i]);
		const struct parameter  row[COLUMNS] = { P(products[i].id), P(present_form()), P(products[i].currency),
			 P(products[i].price_min.minor), P(products[i].in_stock), P(printed.summary), P(printed.document) };

		memcpy(&values[i * COLUMNS], row, sizeof row);
	}
	return db_run_many(work->db, NULL,
	    "INSERT INTO product_documents (product_id, form, currency, price_minor, in_stock, summary, document) "
	    "VALUES [(?, ?, ?, ?, ?, ?, ?)] ON DUPLICATE KEY UPDATE form = VALUES(form), summary = VALUES(summary), "
	    "document = VALUES(document)",
	    count, COLUMNS, values);
}

const struct problem *
mark_documents_(struct work *work, const char *sql, size_t n, const struct parameter *parameters)
{
	int64_t changed;

	TRY(db_run_(work->db, &changed, sql, n, parameters));
	return changed == 0 ? OK : job_enqueue(work, JOB_PRINT_DOCUMENTS, "print_documents", NULL, NULL, NULL);
}

struct old_document {
	struct product_id id;
	int64_t           form;
};

static const struct member old_document_members[] = {
	M_ID(struct old_document, id, "id", .column = "product_id"),
	M_INTEGER(struct old_document, form, "form", 0, UINT32_MAX),
};
SHAPE(struct old_document, old_document_shape, "OldDocument", old_document_members);

/*
 * Both rows are locked before anything is read: a change of the product has to wait, and who marks the document as out of
 * date marks what this has printed.  A document that is gone by then has no row to be locked, and is left alone.
 */
static const struct problem *
print_locked(struct work *work, const struct old_document *old, size_t count)
{
	struct parameter    *ids = ARENA_ARRAY(work->arena, count, struct parameter);
	struct product_id   *there = ARENA_ARRAY(work->arena, count, struct product_id);
	struct old_document *locked;
	size_t               n;

	for (size_t i = 0; i < count; i++)
		ids[i] = P(old[i].id);
	TRY(db_rows_many(work->db, &old_document_shape, count, &locked, &n,
	    "SELECT id FROM products WHERE id IN ([?]) ORDER BY id FOR UPDATE", count, count, ids));
	TRY(db_rows_many(work->db, &old_document_shape, count, &locked, &n,
	    "SELECT {} FROM product_documents WHERE product_id IN ([?]) ORDER BY product_id FOR UPDATE", count, count, ids));
	for (size_t i = 0; i < n; i++)
		there[i] = locked[i].id;
	return print_documents(work, there, n);
}

/* The next of the forms up to `last`, behind *at, which moves; at most PRINTED_AT_ONCE, *count of them. */
static const struct problem *
print_batch(struct work *work, struct old_document *at, int64_t last, size_t *count)
{
	struct old_document *old;

	TRY(db_rows(work->db, &old_document_shape, PRINTED_AT_ONCE, &old, count,
	    "SELECT {} FROM product_documents WHERE form <= ? AND (form > ? OR (form = ? AND product_id > ?)) "
	    "ORDER BY form, product_id LIMIT ?",
	    P(last), P(at->form), P(at->form), P(at->id), P(PRINTED_AT_ONCE)));
	if (*count == 0)
		return OK;
	*at = old[*count - 1];
	return db_transaction(work, print_locked(work, old, *count));
}

const struct problem *
print_old_documents(struct work *work,
    const struct problem *(*after_batch)(struct work *work, int64_t printed, const void *argument), const void *argument,
    int64_t *printed)
{
	const struct old_document starts[] = { { .form = 0 }, { .form = present_form() + 1 } };
	const int64_t             lasts[] = { present_form() - 1, UINT32_MAX };

	*printed = 0;
	for (int pass = 0; pass < 2; pass++) {
		struct old_document at = starts[pass];
		size_t              count;

		do {
			struct arena_mark mark = arena_mark(work->arena);

			TRY(print_batch(work, &at, lasts[pass], &count));
			arena_release(work->arena, mark);
			*printed += (int64_t)count;
			TRY(after_batch(work, *printed, argument));
		} while (count == PRINTED_AT_ONCE);
	}
	return OK;
}

static const struct problem *
beat(struct work *work, int64_t printed, const void *job)
{
	(void)printed;
	return job_heartbeat(work, job);
}

const struct problem *
print_documents_job(struct work *work, const struct job *job)
{
	int64_t printed;

	return print_old_documents(work, beat, job, &printed);
}

/* ---- checking ---- */

struct stored_document {
	int64_t      form;
	struct bytes summary, document;
};

static const struct member stored_document_members[] = {
	M_INTEGER(struct stored_document, form, "form", 0, UINT32_MAX),
	M_BYTES(struct stored_document, summary, "summary", SUMMARY_BYTES),
	M_BYTES(struct stored_document, document, "document", DOCUMENT_BYTES),
};
SHAPE(struct stored_document, stored_document_shape, "StoredDocument", stored_document_members);

static bool
is_printed(const struct stored_document *stored, const struct printed_document *printed)
{
	return stored->summary.length == printed->summary.length && stored->document.length == printed->document.length &&
	    memcmp(stored->summary.bytes, printed->summary.bytes, printed->summary.length) == 0 &&
	    memcmp(stored->document.bytes, printed->document.bytes, printed->document.length) == 0;
}

/* Asked again, because the product may have changed between the two reads; one that is gone or out of date is not compared. */
static const struct problem *
compare_document(struct work *work, struct product_id id, bool *same)
{
	enum { TRIES = 3 };

	*same = false;
	for (int tries = 0; tries < TRIES && !*same; tries++) {
		struct stored_document *stored;
		struct printed_document printed;
		struct product         *product;
		size_t                  count;

		TRY(db_row(
		    work->db, &stored_document_shape, &stored, "SELECT {} FROM product_documents WHERE product_id = ?", P(id)));
		TRY(read_shown_products(work, &id, 1, &product, &count));
		*same = stored == NULL || stored->form != present_form() || count == 0;
		if (*same)
			break;
		printed = print_product(work->arena, product);
		*same = is_printed(stored, &printed);
	}
	return OK;
}

/* The one before a random one. */
static const struct problem *
random_product(struct work *work, struct product_id *id)
{
	struct old_document *row;
	uint64_t             skip;
	int64_t              count;

	TRY(db_value(work->db, &count, "SELECT COUNT(*) FROM product_documents"));
	random_bytes(&skip, sizeof skip);
	skip = count == 0 ? 0 : skip % (uint64_t)count;
	if (skip == 0)
		return OK;
	TRY(db_row(work->db, &old_document_shape, &row, "SELECT {} FROM product_documents ORDER BY product_id LIMIT 1 OFFSET ?",
	    P((int64_t)skip - 1)));
	if (row != NULL)
		*id = row->id;
	return OK;
}

const struct problem *
check_documents(struct work *work, int64_t limit, void (*differs)(struct product_id id, void *argument), void *argument)
{
	struct product_id after = { .uuid = { { 0 } } };
	int64_t           left = limit == 0 ? INT64_MAX : limit;
	size_t            count;

	if (limit > 0)
		TRY(random_product(work, &after));
	do {
		struct arena_mark    mark = arena_mark(work->arena);
		struct old_document *batch;

		TRY(db_rows(work->db, &old_document_shape, PRINTED_AT_ONCE, &batch, &count,
		    "SELECT {} FROM product_documents WHERE product_id > ? ORDER BY product_id LIMIT ?", P(after),
		    P(left < PRINTED_AT_ONCE ? left : PRINTED_AT_ONCE)));
		for (size_t i = 0; i < count; i++) {
			bool same;

			TRY(compare_document(work, batch[i].id, &same));
			if (!same)
				differs(batch[i].id, argument);
			after = batch[i].id;
		}
		left -= (int64_t)count;
		arena_release(work->arena, mark);
	} while (count == PRINTED_AT_ONCE && left > 0);
	return OK;
}

/* ---- stock that crosses zero ---- */

static const struct problem *
lock_documents(struct work *work, const struct variant_id *variants, size_t n, struct old_document **rows, size_t *count)
{
	struct parameter    *ids = ARENA_ARRAY(work->arena, n, struct parameter);
	struct old_document *products;
	size_t               n_products;

	for (size_t i = 0; i < n; i++)
		ids[i] = P(variants[i]);
	TRY(db_rows_many(work->db, &old_document_shape, n, &products, &n_products,
	    "SELECT DISTINCT product_id AS id FROM variants WHERE id IN ([?])", n, n, ids));
	for (size_t i = 0; i < n_products; i++)
		ids[i] = P(products[i].id);
	*count = 0;
	if (n_products == 0)
		return OK;
	return db_rows_many(work->db, &old_document_shape, n_products, rows, count,
	    "SELECT {} FROM product_documents WHERE product_id IN ([?]) ORDER BY product_id FOR UPDATE", n_products, n_products,
	    ids);
}

const struct problem *
catalog_stock_crossed(struct work *work, const struct variant_id *variants, size_t n)
{
	struct old_document *rows;
	struct parameter    *ids;
	size_t               count;

	if (n == 0)
		return OK;
	TRY(lock_documents(work, variants, n, &rows, &count));
	ids = ARENA_ARRAY(work->arena, count, struct parameter);
	for (size_t i = 0; i < count; i++)
		ids[i] = P(rows[i].id);
	for (size_t i = 0; i < count; i++)
		catalog_changed(work, &rows[i].id, 1);
	/* Another's crossing that was waited for is committed now, and seen. */
	TRY(db_run_many(work->db, NULL,
	    "UPDATE product_documents d JOIN (SELECT p.id, " STATE_PRICE " AS price_minor, " STATE_PRICE_MAX
	    " AS price_max_minor, " STATE_IN_STOCK " AS in_stock FROM products p " STATE_JOINS
	    " WHERE p.id IN ([?]) GROUP BY p.id) s ON s.id = d.product_id "
	    "SET d.price_minor = s.price_minor, d.price_max_minor = s.price_max_minor, d.in_stock = s.in_stock",
	    count, 1, ids));
	return db_run_many(work->db, NULL,
	    "UPDATE product_listings l JOIN product_documents d ON d.product_id = l.product_id "
	    "SET l.price_minor = d.price_minor, l.price_order = " PRICE_ORDER(
		"d.currency", "d.price_minor") ", l.in_stock = d.in_stock WHERE l.product_id IN ([?])",
	    count, 1, ids);
}
