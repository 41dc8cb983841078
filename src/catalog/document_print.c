/* Documents are printed: see document.h. */
#include "catalog/document_print.h"

#include "base/text.h"
#include "catalog/catalog.h"
#include "events/job.h"
#include "store/db.h"

int64_t
document_form(void)
{
	static int64_t form;

	if (form == 0)
		form = shape_form(&product_shape) ^ shape_form(&product_summary_shape);
	if (form == 0)
		form = 1;
	return form;
}

struct product_summary
document_summary(const struct product *product)
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

static struct bytes
bytes_of(const struct text *text)
{
	return (struct bytes) { (const unsigned char *)text->bytes, text->length };
}

struct printed_document
document_print(struct arena *arena, const struct product *product)
{
	struct product_summary summary = document_summary(product);
	struct text            list_row = text_new(arena, 1024), whole = text_new(arena, 4096);

	shape_print_stored(&product_summary_shape, &summary, &list_row);
	shape_print_stored(&product_shape, product, &whole);
	return (struct printed_document) { bytes_of(&list_row), bytes_of(&whole) };
}

/* Where the rows are there only what is printed changes; those of new products get their state, too. */
const struct problem *
print_documents(struct work *work, const struct product_id *ids, size_t n)
{
	enum { COLUMNS = 8 };
	struct parameter *values;
	struct product   *products;
	size_t            count;

	TRY(read_shown_products(work, ids, n, &products, &count));
	values = ARENA_ARRAY(work->arena, count * COLUMNS, struct parameter);
	for (size_t i = 0; i < count; i++) {
		struct printed_document printed = document_print(work->arena, &products[i]);
		const struct parameter  row[COLUMNS] = { P(products[i].id), P(document_form()), P(products[i].currency),
			 P(products[i].price_min.minor), P(products[i].price_max == NULL ? NULL : &products[i].price_max->minor),
			 P(products[i].in_stock), P(printed.summary), P(printed.document) };

		memcpy(&values[i * COLUMNS], row, sizeof row);
	}
	return db_run_many(work->db, NULL,
	    "INSERT INTO product_documents (product_id, form, currency, price_minor, price_max_minor, in_stock, summary, document) "
	    "VALUES [(?, ?, ?, ?, ?, ?, ?, ?)] ON DUPLICATE KEY UPDATE form = VALUES(form), summary = VALUES(summary), "
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

static const struct member document_key_members[] = {
	M_ID(struct document_key, id, "id", .column = "product_id"),
	M_INTEGER(struct document_key, form, "form", 0, UINT32_MAX),
};
SHAPE_SHARED(struct document_key, document_key_shape, "DocumentKey", document_key_members);

/*
 * Both rows are locked before anything is read: a change of the product has to wait, and who marks the document as out of
 * date marks what this has printed.  A document that is gone by then has no row to be locked, and is left alone.
 */
static const struct problem *
print_locked(struct work *work, const struct document_key *old, size_t count)
{
	struct parameter    *ids = ARENA_ARRAY(work->arena, count, struct parameter);
	struct product_id   *there = ARENA_ARRAY(work->arena, count, struct product_id);
	struct document_key *locked;
	size_t               n;

	for (size_t i = 0; i < count; i++)
		ids[i] = P(old[i].id);
	TRY(db_rows_many(work->db, &document_key_shape, count, &locked, &n,
	    "SELECT id FROM products WHERE id IN ([?]) ORDER BY id FOR UPDATE", count, count, ids));
	TRY(db_rows_many(work->db, &document_key_shape, count, &locked, &n,
	    "SELECT {} FROM product_documents WHERE product_id IN ([?]) ORDER BY product_id FOR UPDATE", count, count, ids));
	for (size_t i = 0; i < n; i++)
		there[i] = locked[i].id;
	return print_documents(work, there, n);
}

/* The next of the forms up to `last`, behind *at, which moves; at most DOCUMENTS_AT_ONCE, *count of them. */
static const struct problem *
print_batch(struct work *work, struct document_key *at, int64_t last, size_t *count)
{
	struct document_key *old;

	TRY(db_rows(work->db, &document_key_shape, DOCUMENTS_AT_ONCE, &old, count,
	    "SELECT {} FROM product_documents WHERE form <= ? AND (form > ? OR (form = ? AND product_id > ?)) "
	    "ORDER BY form, product_id LIMIT ?",
	    P(last), P(at->form), P(at->form), P(at->id), P(DOCUMENTS_AT_ONCE)));
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
	const struct document_key starts[] = { { .form = 0 }, { .form = document_form() + 1 } };
	const int64_t             lasts[] = { document_form() - 1, UINT32_MAX };

	*printed = 0;
	for (int pass = 0; pass < 2; pass++) {
		struct document_key at = starts[pass];
		size_t              count;

		do {
			struct arena_mark mark = arena_mark(work->arena);

			TRY(print_batch(work, &at, lasts[pass], &count));
			arena_release(work->arena, mark);
			*printed += (int64_t)count;
			TRY(after_batch(work, *printed, argument));
		} while (count == DOCUMENTS_AT_ONCE);
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
