#include "catalog/search_words.h"

#include "base/arena.h"
#include "base/shape.h"
#include "events/job.h"
#include "store/db.h"
#include "store/work.h"

enum {
	ROWS_OF_A_STATEMENT = 100,
	ROOM_MIN = 128,
	NEAR_ROWS_MAX = 400,
	BEGUN_BYTES_MIN = 2,
	RECOUNTED = 500, /* words, in one statement of the recount */
	BOUND_BYTES = SEARCH_WORD_BYTES + 1
};

static const struct member known_word_members[] = {
	M_INTEGER(struct known_word, id, "number", 1, UINT32_MAX),
	M_TEXT(struct known_word, word, "text", SEARCH_WORD_BYTES),
	M_INTEGER(struct known_word, products, "products", 0, UINT32_MAX),
};
SHAPE(struct known_word, known_word_shape, "KnownWord", known_word_members);

/* ---- words that are written ---- */

struct vocabulary {
	struct arena        *arena;
	struct listed_word **slots; /* open addressing, half of them free */
	size_t               room, count;
};

struct vocabulary *
vocabulary_new(struct arena *arena)
{
	struct vocabulary *vocabulary = ARENA_NEW(arena, struct vocabulary);

	*vocabulary =
	    (struct vocabulary) { .arena = arena, .room = ROOM_MIN, .slots = ARENA_ARRAY(arena, ROOM_MIN, struct listed_word *) };
	return vocabulary;
}

/* FNV-1a. */
static size_t
hash_of(const char *text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return (size_t)(hash ^ hash >> 32);
}

static struct listed_word **
slot_of(const struct vocabulary *vocabulary, const char *text)
{
	size_t at = hash_of(text) & (vocabulary->room - 1);

	while (vocabulary->slots[at] != NULL && strcmp(vocabulary->slots[at]->word.text, text) != 0)
		at = (at + 1) & (vocabulary->room - 1);
	return &vocabulary->slots[at];
}

static void
grow(struct vocabulary *vocabulary)
{
	struct listed_word **old = vocabulary->slots;
	size_t               room = vocabulary->room;

	vocabulary->room *= 2;
	vocabulary->slots = ARENA_ARRAY(vocabulary->arena, vocabulary->room, struct listed_word *);
	for (size_t i = 0; i < room; i++)
		if (old[i] != NULL)
			*slot_of(vocabulary, old[i]->word.text) = old[i];
}

struct listed_word *
vocabulary_add(struct vocabulary *vocabulary, const struct search_word *word)
{
	struct listed_word **slot = slot_of(vocabulary, word->text);

	if (*slot != NULL)
		return *slot;
	if (2 * ++vocabulary->count > vocabulary->room) {
		grow(vocabulary);
		slot = slot_of(vocabulary, word->text);
	}
	*slot = ARENA_NEW(vocabulary->arena, struct listed_word);
	(*slot)->word = *word;
	return *slot;
}

static int
by_text(const void *a, const void *b)
{
	const struct listed_word *const *one = a, *const *other = b;

	return strcmp((*one)->word.text, (*other)->word.text);
}

/* The words without a number, in the order of their text: so all writers lock them in one order. */
static struct listed_word **
unnumbered(const struct vocabulary *vocabulary, size_t *count)
{
	struct listed_word **words = ARENA_ARRAY(vocabulary->arena, vocabulary->count + 1, struct listed_word *);

	*count = 0;
	for (size_t i = 0; i < vocabulary->room; i++)
		if (vocabulary->slots[i] != NULL && vocabulary->slots[i]->id == 0)
			words[(*count)++] = vocabulary->slots[i];
	qsort(words, *count, sizeof(struct listed_word *), by_text);
	return words;
}

static const struct problem *
number_words(struct work *work, struct vocabulary *vocabulary, struct listed_word **words, size_t count)
{
	struct parameter  *texts = ARENA_ARRAY(work->arena, count, struct parameter);
	struct known_word *known;
	size_t             n;

	for (size_t i = 0; i < count; i++)
		texts[i] = P(words[i]->word.text);
	TRY(db_rows_many(work->db, &known_word_shape, count, &known, &n, "SELECT {} FROM search_words WHERE text IN ([?])", count,
	    count, texts));
	for (size_t i = 0; i < n; i++)
		(*slot_of(vocabulary, known[i].word))->id = known[i].id;
	return OK;
}

static const struct problem *
insert_words(struct work *work, struct listed_word **words, size_t count)
{
	struct parameter *texts = ARENA_ARRAY(work->arena, count, struct parameter);

	for (size_t i = 0; i < count; i++)
		texts[i] = P(words[i]->word.text);
	return db_run_many(work->db, NULL, "INSERT IGNORE INTO search_words (text) VALUES [(?)]", count, 1, texts);
}

static const struct problem *
insert_near_keys(struct work *work, struct listed_word **words, size_t count)
{
	struct parameter *rows = ARENA_ARRAY(work->arena, count * 2 * (SEARCH_NEAR_MAX + 1), struct parameter);
	size_t            n = 0, step;

	for (size_t i = 0; i < count; i++) {
		const char **keys;
		size_t       n_keys = 0;

		if (words[i]->word.letters >= SEARCH_NEAR_MIN && words[i]->word.letters <= SEARCH_NEAR_MAX)
			n_keys = search_near_keys(work->arena, &words[i]->word, &keys);
		for (size_t k = 0; k < n_keys; k++, n++) {
			rows[2 * n] = P(keys[k]);
			rows[2 * n + 1] = P(words[i]->id);
		}
	}
	for (size_t from = 0; from < n; from += step) {
		step = n - from < ROWS_OF_A_STATEMENT ? n - from : ROWS_OF_A_STATEMENT;
		TRY(db_run_many(work->db, NULL, "INSERT IGNORE INTO search_near_words (near_key, word) VALUES [(?, ?)]", step, 2,
		    rows + 2 * from));
	}
	return OK;
}

/* Number what is there, in pieces; with `make` what is not there is made. */
static const struct problem *
number_all(struct work *work, struct vocabulary *vocabulary, bool make)
{
	size_t               count, step;
	struct listed_word **words = unnumbered(vocabulary, &count);

	for (size_t from = 0; from < count; from += step) {
		step = count - from < ROWS_OF_A_STATEMENT ? count - from : ROWS_OF_A_STATEMENT;
		if (make)
			TRY(insert_words(work, words + from, step));
		TRY(number_words(work, vocabulary, words + from, step));
		if (make)
			TRY(insert_near_keys(work, words + from, step));
	}
	return OK;
}

const struct problem *
vocabulary_number(struct work *work, struct vocabulary *vocabulary)
{
	TRY(number_all(work, vocabulary, false));
	return number_all(work, vocabulary, true);
}

/* ---- words that are searched for ---- */

const struct problem *
find_exact_words(struct work *work, struct search_term *terms, size_t count)
{
	struct parameter  *texts = ARENA_ARRAY(work->arena, count, struct parameter);
	struct known_word *known;
	size_t             n;

	for (size_t i = 0; i < count; i++)
		texts[i] = P(terms[i].word.text);
	TRY(db_rows_many(work->db, &known_word_shape, count, &known, &n, "SELECT {} FROM search_words WHERE text IN ([?])", count,
	    count, texts));
	for (size_t i = 0; i < n; i++)
		for (size_t term = 0; term < count; term++)
			if (strcmp(terms[term].word.text, known[i].word) == 0)
				terms[term].exact = known[i];
	return OK;
}

/* The most used ones are kept. */
static void
add_other(struct search_term *term, const struct known_word *word)
{
	size_t at = term->n_others;

	if (word->id == term->exact.id || word->products == 0)
		return;
	for (size_t i = 0; i < term->n_others; i++)
		if (term->others[i].id == word->id)
			return;
	while (at > 0 && term->others[at - 1].products < word->products)
		at--;
	if (at == SEARCH_OTHERS_MAX)
		return;
	term->n_others += term->n_others < SEARCH_OTHERS_MAX;
	memmove(&term->others[at + 1], &term->others[at], (term->n_others - at - 1) * sizeof term->others[0]);
	term->others[at] = *word;
}

/* A letter may be missing: so one letter less than a word that is filed will do. */
static bool
may_be_near(const struct search_word *word)
{
	return word->letters + 1 >= SEARCH_NEAR_MIN && word->letters <= SEARCH_NEAR_MAX;
}

static const struct problem *
find_near_words(struct work *work, struct search_term *terms, size_t count)
{
	struct parameter  *texts = ARENA_ARRAY(work->arena, count * (SEARCH_NEAR_MAX + 1), struct parameter);
	struct known_word *known;
	size_t             n_texts = 0, n;

	for (size_t i = 0; i < count; i++) {
		const char **keys;
		size_t       n_keys = may_be_near(&terms[i].word) ? search_near_keys(work->arena, &terms[i].word, &keys) : 0;

		for (size_t k = 0; k < n_keys; k++)
			texts[n_texts++] = P(keys[k]);
	}
	if (n_texts == 0)
		return OK;
	TRY(db_rows_many(work->db, &known_word_shape, NEAR_ROWS_MAX, &known, &n,
	    "SELECT {w} FROM search_near_words k JOIN search_words w ON w.number = k.word WHERE k.near_key IN ([?]) LIMIT 400",
	    n_texts, n_texts, texts));
	for (size_t i = 0; i < n; i++)
		for (size_t term = 0; term < count; term++)
			if (may_be_near(&terms[term].word) && search_is_near(terms[term].word.text, known[i].word))
				add_other(&terms[term], &known[i]);
	return OK;
}

/* By an index of its length: nobody's invented words hide the used ones behind a short beginning. */
#define BEGUN_BY(head) \
	"SELECT {w} FROM search_words w FORCE INDEX (ix_search_words_" head ") WHERE w." head " = ? AND w.text <> ? " \
	"ORDER BY w.products DESC LIMIT 6"

static const struct problem *
read_begun(struct work *work, const char *text, struct known_word **known, size_t *n)
{
	static const char *const by_head[] = { BEGUN_BY("head2"), BEGUN_BY("head3"), BEGUN_BY("head4") };
	size_t                   length = strlen(text);
	unsigned char           *bound = arena_room(work->arena, BOUND_BYTES);
	struct bytes             behind = { bound, length + 1 };

	if (length - BEGUN_BYTES_MIN < sizeof by_head / sizeof *by_head)
		return db_rows(work->db, &known_word_shape, SEARCH_OTHERS_MAX, known, n, by_head[length - BEGUN_BYTES_MIN],
		    P(text), P(text));
	/* No character of UTF-8 has the byte 0xff: behind all that the word begins. */
	memcpy(bound, text, length);
	bound[length] = 0xff;
	return db_rows(work->db, &known_word_shape, SEARCH_OTHERS_MAX, known, n,
	    "SELECT {w} FROM (SELECT {} FROM search_words WHERE text > ? AND text < ? ORDER BY text LIMIT 500) w "
	    "ORDER BY w.products DESC LIMIT 6",
	    P(text), P(behind));
}

const struct problem *
find_begun_words(struct work *work, struct search_term *term)
{
	size_t             length = strlen(term->word.text), n;
	struct known_word *known;

	if (length < BEGUN_BYTES_MIN || length >= SEARCH_WORD_BYTES)
		return OK;
	TRY(read_begun(work, term->word.text, &known, &n));
	for (size_t i = 0; i < n; i++)
		add_other(term, &known[i]);
	return OK;
}

const struct problem *
find_other_words(struct work *work, struct search_term *terms, size_t count)
{
	TRY(find_near_words(work, terms, count));
	return find_begun_words(work, &terms[count - 1]);
}

/* ---- how many products have each ---- */

static const struct problem *
recount_some(struct work *work, int64_t after)
{
	return db_run(work->db, NULL,
	    "UPDATE search_words w SET w.products = (SELECT COUNT(*) FROM search_postings p FORCE INDEX (ix_search_postings_word) "
	    "WHERE p.word = w.number) WHERE w.number > ? AND w.number <= ?",
	    P(after), P(after + RECOUNTED));
}

const struct problem *
count_search_words(struct work *work, const struct job *job)
{
	int64_t last;

	TRY(db_value(work->db, &last, "SELECT MAX(number) FROM search_words"));
	for (int64_t after = 0; after < last; after += RECOUNTED) {
		TRY(db_transaction(work, recount_some(work, after)));
		if (job != NULL)
			TRY(job_heartbeat(work, job));
	}
	return OK;
}
