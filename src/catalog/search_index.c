/* What the search knows of a product: its words with their scores. */
#include "catalog/search.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/shape.h"
#include "base/text.h"
#include "catalog/product.h"
#include "catalog/search_words.h"
#include "store/db.h"

#include <stdlib.h>

enum {
	FORM = 1, /* of a document: another one is written anew */
	WORDS_MAX = 400,
	PART_WORDS_MAX = 100,
	ROWS_OF_A_STATEMENT = 200,
	POSTING_COLUMNS = 8,
	/* A word of the name counts more the fewer there are, so that a name that is whole what was typed comes first. */
	SCORE_NAME = 1000,
	SCORE_WHOLE_NAME = 1000,
	SCORE_BRAND = 500,
	SCORE_CATEGORY = 400,
	SCORE_SPECS = 200,
	SCORE_DESCRIPTION = 100,
	SCORE_POPULAR_MAX = 8
};

struct source {
	struct product_id   id;
	const char         *name, *description, *brand_name, *category_name, *deep_categories, *specs;
	struct merchant_id  merchant;
	struct brand_id    *brand;
	struct category_id *levels[SEARCH_LEVELS];
	int64_t             sales_count, *document, *digest;
	bool                listed;
};

static const struct member source_members[] = {
	M_ID(struct source, id, "id"),
	M_TEXT(struct source, name, "name", 200),
	M_TEXT(struct source, description, "description", 20000, .multiline = true),
	M_SPECS(struct source),
	M_ID(struct source, merchant, "merchant_id"),
	M_ID(struct source, brand, "brand_id"),
	M_INTEGER(struct source, sales_count, "sales_count", 0, INT64_MAX),
	M_TEXT(struct source, brand_name, "brand", 120, .computed = true),
	M_TEXT(struct source, category_name, "category", 120, .computed = true),
	M_ID(struct source, levels[0], "category_1", .computed = true),
	M_ID(struct source, levels[1], "category_2", .computed = true),
	M_ID(struct source, levels[2], "category_3", .computed = true),
	M_TEXT(struct source, deep_categories, "deep_categories", 600, .computed = true),
	M_INTEGER(struct source, document, "document", 1, UINT32_MAX, .computed = true),
	M_INTEGER(struct source, digest, "digest", 0, INT64_MAX, .computed = true),
	M_BOOLEAN(struct source, listed, "listed", .computed = true),
};
SHAPE(struct source, source_shape, "SearchSource", source_members);

struct posting {
	struct listed_word *word;
	int64_t             score;
};

/* One product on its way into the tables. */
struct document {
	struct source  *source;
	struct posting *postings;
	size_t          count;
	int64_t         id, digest;
};

int64_t
search_scope(struct uuid id)
{
	int64_t number = 0;

	for (int i = 12; i < 16; i++)
		number = number << 8 | id.bytes[i];
	return number == 0 ? 1 : number;
}

void
search_pack(int64_t word, unsigned char packed[SEARCH_PACKED_WORD])
{
	packed[0] = (unsigned char)(128 | word >> 28);
	for (int i = 1; i < SEARCH_PACKED_WORD; i++)
		packed[i] = (unsigned char)(word >> (28 - 7 * i) & 127);
}

#define LEVEL(distance) \
	"(SELECT a.ancestor_id FROM category_ancestors a WHERE a.category_id = p.category_id AND a.distance = c.depth - " distance \
	")"

static const struct problem *
read_sources(struct work *work, const struct product_id *products, size_t count, struct source **sources, size_t *n)
{
	struct parameter *ids = ARENA_ARRAY(work->arena, count, struct parameter);

	for (size_t i = 0; i < count; i++)
		ids[i] = P(products[i]);
	return db_rows_many(work->db, &source_shape, count, sources, n,
	    "SELECT {p}, b.name AS brand, c.name AS category, " LEVEL("1") " AS category_1, " LEVEL("2") " AS category_2, " LEVEL(
		"3") " AS category_3, "
		     "(SELECT GROUP_CONCAT(HEX(a.ancestor_id) ORDER BY a.distance DESC) FROM category_ancestors a "
		     "WHERE a.category_id = p.category_id AND c.depth - a.distance > 3) AS deep_categories, "
		     "d.number AS document, IF(" SEARCH_DOCUMENT_FOLLOWS
		     ", d.digest, NULL) AS digest, l.product_id IS NOT NULL AS listed FROM products p "
		     "JOIN categories c ON c.id = p.category_id LEFT JOIN brands b ON b.id = p.brand_id "
		     "LEFT JOIN product_listings l ON l.category_id = x'00000000000000000000000000000000' AND l.product_id = p.id "
		     "LEFT JOIN search_documents d ON d.product_id = p.id WHERE p.id IN ([?])",
	    count, count, ids);
}

/* ---- the words of a product ---- */

/* The words of one part of the product; those that it has from elsewhere keep their score if that is higher. */
static void
add_words(struct arena *arena, struct vocabulary *vocabulary, size_t product, const char *text, int64_t score, int64_t shared,
    struct document *document)
{
	struct search_word *words;
	size_t              room = WORDS_MAX - document->count, whole = 0;
	size_t              count =
            text == NULL ? 0 : search_cut(arena, text, room < PART_WORDS_MAX || shared == 0 ? room : PART_WORDS_MAX, &words);

	for (size_t i = 0; i < count; i++)
		whole += !words[i].tail;
	for (size_t i = 0; i < count; i++) {
		struct listed_word *word = vocabulary_add(vocabulary, &words[i]);
		int64_t             value = score + (whole > 0 ? shared / (int64_t)whole : 0);

		if (word->product != product) {
			word->product = product;
			word->place = document->count++;
			document->postings[word->place] = (struct posting) { word, value };
		} else if (document->postings[word->place].score < value) {
			document->postings[word->place].score = value;
		}
	}
}

/* Half the binary logarithm, so that only many more sales tell. */
static int64_t
popularity(int64_t sales)
{
	int64_t popular = 0;

	for (; sales > 0 && popular < SCORE_POPULAR_MAX; sales >>= 2)
		popular++;
	return popular;
}

static void
collect(struct arena *arena, struct vocabulary *vocabulary, size_t product, struct document *document)
{
	const struct source *source = document->source;

	document->postings = ARENA_ARRAY(arena, WORDS_MAX, struct posting);
	add_words(arena, vocabulary, product, source->name, SCORE_NAME, SCORE_WHOLE_NAME, document);
	add_words(arena, vocabulary, product, source->brand_name, SCORE_BRAND, 0, document);
	add_words(arena, vocabulary, product, source->category_name, SCORE_CATEGORY, 0, document);
	/* The marks of JSON are no letters. */
	add_words(arena, vocabulary, product, source->specs, SCORE_SPECS, 0, document);
	add_words(arena, vocabulary, product, source->description, SCORE_DESCRIPTION, 0, document);
	for (size_t i = 0; i < document->count; i++)
		document->postings[i].score += popularity(source->sales_count);
}

static int64_t
level_scope(const struct source *source, size_t level)
{
	return source->levels[level] == NULL ? 0 : search_scope(source->levels[level]->uuid);
}

static int64_t
brand_scope(const struct source *source)
{
	return source->brand == NULL ? 0 : search_scope(source->brand->uuid);
}

/* What tells whether the document has to be written. */
static int64_t
digest_of(struct arena *arena, const struct document *document)
{
	struct text   all = text_new(arena, 1000);
	unsigned char hash[32];
	int64_t       digest = 0;

	text_addf(&all, "%d %lld %lld", FORM, (long long)search_scope(document->source->merchant.uuid),
	    (long long)brand_scope(document->source));
	for (size_t i = 0; i < SEARCH_LEVELS; i++)
		text_addf(&all, " %lld", (long long)level_scope(document->source, i));
	if (document->source->deep_categories != NULL)
		text_addf(&all, " %s", document->source->deep_categories);
	for (size_t i = 0; i < document->count; i++) {
		text_add_char(&all, ' ');
		text_add_string(&all, document->postings[i].word->word.text);
		text_add_char(&all, ' ');
		text_add_integer(&all, document->postings[i].score);
	}
	sha256(all.bytes, all.length, hash);
	for (size_t i = 0; i < sizeof digest; i++)
		digest = (int64_t)((uint64_t)digest << 8 | hash[i]);
	return digest & INT64_MAX;
}

static int
by_packed_word(const void *a, const void *b)
{
	return memcmp(a, b, SEARCH_PACKED_WORD);
}

/* All words with their scores, as search_documents has them beside the rest: in the order of their numbers. */
static struct bytes
packed_words(struct arena *arena, const struct document *document)
{
	unsigned char *packed = arena_room(arena, document->count * SEARCH_PACKED_BYTES + 1);

	for (size_t i = 0; i < document->count; i++) {
		unsigned char *at = packed + i * SEARCH_PACKED_BYTES;

		search_pack(document->postings[i].word->id, at);
		at[SEARCH_PACKED_WORD] = (unsigned char)(document->postings[i].score >> 7 & 127);
		at[SEARCH_PACKED_WORD + 1] = (unsigned char)(document->postings[i].score & 127);
	}
	qsort(packed, document->count, SEARCH_PACKED_BYTES, by_packed_word);
	return (struct bytes) { packed, document->count * SEARCH_PACKED_BYTES };
}

/* ---- writing ---- */

/* Runs a statement with a group of ids. */
static const struct problem *
run_for(struct work *work, const char *sql, const struct parameter *ids, size_t count)
{
	return db_run_many(work->db, NULL, sql, count, 1, ids);
}

static const struct problem *
forget(struct work *work, const struct document *documents, size_t count)
{
	struct parameter *ids = ARENA_ARRAY(work->arena, count, struct parameter);

	for (size_t i = 0; i < count; i++)
		ids[i] = P(documents[i].id);
	TRY(run_for(work, "DELETE FROM search_postings WHERE document IN ([?])", ids, count));
	return run_for(work, "DELETE FROM search_documents WHERE number IN ([?])", ids, count);
}

struct numbered {
	int64_t           id;
	struct product_id product;
};

static const struct member numbered_members[] = {
	M_INTEGER(struct numbered, id, "number", 1, UINT32_MAX),
	M_ID(struct numbered, product, "product_id"),
};
SHAPE(struct numbered, numbered_shape, "NumberedDocument", numbered_members);

/* The words; *numbers are those of the documents. */
static const struct problem *
write_words(struct work *work, const struct document *documents, size_t count, struct numbered **numbers, size_t *n)
{
	enum { COLUMNS = 3 };
	struct parameter *values = ARENA_ARRAY(work->arena, count * COLUMNS, struct parameter);

	for (size_t i = 0; i < count; i++) {
		values[i * COLUMNS] = P(documents[i].source->id);
		values[i * COLUMNS + 1] = P(documents[i].digest);
		values[i * COLUMNS + 2] = P(packed_words(work->arena, &documents[i]));
	}
	return db_rows_many(work->db, &numbered_shape, count, numbers, n,
	    "INSERT INTO search_documents (product_id, digest, words) VALUES [(?, ?, ?)] ON DUPLICATE KEY UPDATE "
	    "digest = VALUES(digest), words = VALUES(words) RETURNING number, product_id",
	    count, count * COLUMNS, values);
}

static int
by_product(const void *a, const void *b)
{
	return uuid_compare(&((const struct numbered *)a)->product.uuid, &((const struct numbered *)b)->product.uuid);
}

/* Beside its words what it is filtered and ordered by, as the whole shop's listing has it; triggers of that follow its changes. */
static const struct problem *
write_documents(struct work *work, struct document *documents, size_t count)
{
	struct parameter *products = ARENA_ARRAY(work->arena, count, struct parameter);
	struct numbered  *numbers;
	size_t            n;

	TRY(write_words(work, documents, count, &numbers, &n));
	qsort(numbers, n, sizeof *numbers, by_product);
	for (size_t i = 0; i < count; i++) {
		const struct numbered  wanted = { .product = documents[i].source->id };
		const struct numbered *found = bsearch(&wanted, numbers, n, sizeof wanted, by_product);

		products[i] = P(documents[i].source->id);
		documents[i].id = found == NULL ? 0 : found->id;
	}
	return run_for(work,
	    "UPDATE search_documents d JOIN products p ON p.id = d.product_id JOIN product_listings l "
	    "ON l.category_id = x'00000000000000000000000000000000' AND l.product_id = p.id "
	    "SET d.categories = (SELECT GROUP_CONCAT(a.ancestor_id ORDER BY a.distance DESC SEPARATOR '') FROM category_ancestors a "
	    "WHERE a.category_id = p.category_id), d.merchant_id = l.merchant_id, d.brand_id = l.brand_id, "
	    "d.price_order = l.price_order, d.in_stock = l.in_stock, d.is_featured = l.is_featured, "
	    "d.rating_average = l.rating_average, d.sales_count = l.sales_count, d.created_at = l.created_at, d.name = l.name "
	    "WHERE d.product_id IN ([?])",
	    products, count);
}

struct rows {
	struct parameter *values;
	size_t            count;
};

static void
add_rows(const struct document *document, struct rows *rows)
{
	const struct source *source = document->source;

	for (size_t i = 0; i < document->count; i++) {
		const struct parameter row[POSTING_COLUMNS] = { P(document->id), P(document->postings[i].word->id),
			P(document->postings[i].score), P(search_scope(source->merchant.uuid)), P(brand_scope(source)),
			P(level_scope(source, 0)), P(level_scope(source, 1)), P(level_scope(source, 2)) };

		memcpy(rows->values + rows->count++ * POSTING_COLUMNS, row, sizeof row);
	}
}

static const struct problem *
write_postings(struct work *work, const struct document *documents, size_t count)
{
	struct parameter *ids = ARENA_ARRAY(work->arena, count, struct parameter);
	struct rows       rows = { .count = 0 };
	size_t            room = 0, step;

	for (size_t i = 0; i < count; i++) {
		ids[i] = P(documents[i].id);
		room += documents[i].count;
	}
	rows.values = ARENA_ARRAY(work->arena, room * POSTING_COLUMNS, struct parameter);
	for (size_t i = 0; i < count; i++)
		add_rows(&documents[i], &rows);
	TRY(run_for(work, "DELETE FROM search_postings WHERE document IN ([?])", ids, count));
	for (size_t from = 0; from < rows.count; from += step) {
		step = rows.count - from < ROWS_OF_A_STATEMENT ? rows.count - from : ROWS_OF_A_STATEMENT;
		TRY(db_run_many(work->db, NULL,
		    "INSERT INTO search_postings (document, word, score, merchant, brand, category_1, category_2, category_3) "
		    "VALUES [(?, ?, ?, ?, ?, ?, ?, ?)]",
		    step, POSTING_COLUMNS, rows.values + from * POSTING_COLUMNS));
	}
	return OK;
}

static const struct problem *
refresh(struct work *work, const struct product_id *products, size_t count)
{
	struct vocabulary *vocabulary = vocabulary_new(work->arena);
	struct document   *changed, *gone;
	struct source     *sources;
	size_t             n, n_changed = 0, n_gone = 0;

	TRY(read_sources(work, products, count, &sources, &n));
	changed = ARENA_ARRAY(work->arena, n, struct document);
	gone = ARENA_ARRAY(work->arena, n, struct document);
	for (size_t i = 0; i < n; i++) {
		struct document document = { .source = &sources[i],
			.id = sources[i].document == NULL ? 0 : *sources[i].document };

		if (!sources[i].listed) {
			if (document.id != 0)
				gone[n_gone++] = document;
			continue;
		}
		collect(work->arena, vocabulary, i + 1, &document);
		document.digest = digest_of(work->arena, &document);
		if (sources[i].digest == NULL || *sources[i].digest != document.digest)
			changed[n_changed++] = document;
	}
	if (n_gone > 0)
		TRY(forget(work, gone, n_gone));
	if (n_changed == 0)
		return OK;
	TRY(vocabulary_number(work, vocabulary));
	TRY(write_documents(work, changed, n_changed));
	return write_postings(work, changed, n_changed);
}

const struct problem *
search_refresh_many(struct work *work, const struct product_id *products, size_t count)
{
	for (size_t from = 0, step; from < count; from += step) {
		step = count - from < SEARCH_PRODUCTS ? count - from : SEARCH_PRODUCTS;
		TRY(refresh(work, products + from, step));
	}
	return OK;
}

const struct problem *
search_refresh(struct work *work, struct product_id product)
{
	return refresh(work, &product, 1);
}

/* ---- categories ---- */

const struct problem *
search_refresh_category(struct work *work, struct category_id category, const char *name)
{
	struct search_word *words;
	size_t              count = search_cut(work->arena, name, PART_WORDS_MAX, &words);
	struct parameter   *rows = ARENA_ARRAY(work->arena, 2 * count, struct parameter);

	for (size_t i = 0; i < count; i++) {
		rows[2 * i] = P(words[i].text);
		rows[2 * i + 1] = P(category);
	}
	TRY(db_run(work->db, NULL, "DELETE FROM search_categories WHERE category_id = ?", P(category)));
	return db_run_many(work->db, NULL, "INSERT INTO search_categories (word, category_id) VALUES [(?, ?)]", count, 2, rows);
}
