/* Documents are held against what would be printed now: see document.h. */
#include "catalog/document_print.h"

#include "store/db.h"

struct stored_document {
	struct product_id id;
	int64_t           form;
	struct bytes      summary, document;
};

static const struct member stored_document_members[] = {
	M_ID(struct stored_document, id, "id", .column = "product_id"),
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

/* By id, as the documents stand; one that is gone or out of date is not compared. */
static const struct problem *
compare_documents(struct work *work, const struct stored_document *stored, size_t n, bool *same)
{
	struct product_id *ids = ARENA_ARRAY(work->arena, n, struct product_id);
	struct product    *products;
	size_t             count, at = 0;

	for (size_t i = 0; i < n; i++)
		ids[i] = stored[i].id;
	TRY(read_shown_products(work, ids, n, &products, &count));
	for (size_t i = 0; i < n; i++) {
		struct printed_document printed;

		while (at < count && uuid_compare(&products[at].id.uuid, &ids[i].uuid) < 0)
			at++;
		same[i] = stored[i].form != document_form() || at == count || !ID_EQUAL(products[at].id, ids[i]);
		if (same[i])
			continue;
		printed = document_print(work->arena, &products[at]);
		same[i] = is_printed(&stored[i], &printed);
	}
	return OK;
}

/* Looked at again, because the product may have changed between the two reads. */
static const struct problem *
compare_again(struct work *work, struct product_id id, bool *same)
{
	enum { TRIES = 3 };

	for (int tries = 0; tries < TRIES && !*same; tries++) {
		struct stored_document *stored;

		TRY(db_row(
		    work->db, &stored_document_shape, &stored, "SELECT {} FROM product_documents WHERE product_id = ?", P(id)));
		*same = stored == NULL;
		if (stored != NULL)
			TRY(compare_documents(work, stored, 1, same));
	}
	return OK;
}

/* The one before a random one. */
static const struct problem *
random_product(struct work *work, struct product_id *id)
{
	struct document_key *row;
	uint64_t             skip;
	int64_t              count;

	TRY(db_value(work->db, &count, "SELECT COUNT(*) FROM product_documents"));
	random_bytes(&skip, sizeof skip);
	skip = count == 0 ? 0 : skip % (uint64_t)count;
	if (skip == 0)
		return OK;
	TRY(db_row(work->db, &document_key_shape, &row, "SELECT {} FROM product_documents ORDER BY product_id LIMIT 1 OFFSET ?",
	    P((int64_t)skip - 1)));
	if (row != NULL)
		*id = row->id;
	return OK;
}

/* Those behind an id up to another, while any are left to be looked at. */
static const struct problem *
check_range(struct work *work, struct product_id after, struct product_id until, int64_t *left,
    void (*differs)(struct product_id id, void *argument), void *argument)
{
	size_t count;

	do {
		struct arena_mark       mark = arena_mark(work->arena);
		struct stored_document *batch;
		bool                    same[DOCUMENTS_AT_ONCE];

		TRY(db_rows(work->db, &stored_document_shape, DOCUMENTS_AT_ONCE, &batch, &count,
		    "SELECT {} FROM product_documents WHERE product_id > ? AND product_id <= ? ORDER BY product_id LIMIT ?",
		    P(after), P(until), P(*left < DOCUMENTS_AT_ONCE ? *left : DOCUMENTS_AT_ONCE)));
		TRY(compare_documents(work, batch, count, same));
		for (size_t i = 0; i < count; i++) {
			if (!same[i])
				TRY(compare_again(work, batch[i].id, &same[i]));
			if (!same[i])
				differs(batch[i].id, argument);
			after = batch[i].id;
		}
		*left -= (int64_t)count;
		arena_release(work->arena, mark);
	} while (count == DOCUMENTS_AT_ONCE && *left > 0);
	return OK;
}

const struct problem *
check_documents(struct work *work, int64_t limit, void (*differs)(struct product_id id, void *argument), void *argument)
{
	struct product_id first = { .uuid = { { 0 } } }, last, start = first;
	int64_t           left = limit == 0 ? INT64_MAX : limit;

	memset(&last, 0xff, sizeof last);
	if (limit > 0)
		TRY(random_product(work, &start));
	TRY(check_range(work, start, last, &left, differs, argument));
	return left == 0 ? OK : check_range(work, first, start, &left, differs, argument); /* round the end */
}
