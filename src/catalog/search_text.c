#include "catalog/search_text.h"

#include "base/arena.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>
#include <uniwbrk.h>

enum { TEXT_BYTES_MAX = 64 << 10, NEAR_KEYS_MAX = SEARCH_NEAR_MAX + 1 };

/* What a folded text is made of. */
enum kind { SEPARATOR, LETTER, DIGIT, MARK, APOSTROPHE, POINT, SIGN };

#define IS_CATEGORY(character, mask) uc_is_general_category_withtable(character, mask)

/* ---- folding ---- */

/* The library's memory is the heap's, so it is copied and given back at once. */
static uint8_t *
into_arena(struct arena *arena, uint8_t *made, size_t length)
{
	uint8_t *copy;

	if (made == NULL)
		abort(); /* no memory: the text is valid UTF-8 */
	copy = (uint8_t *)arena_copy(arena, made, length);
	free(made);
	return copy;
}

static void
add_character(struct text *text, ucs4_t character)
{
	uint8_t bytes[6];
	int     length = u8_uctomb(bytes, character, sizeof bytes);

	if (length > 0)
		text_add(text, bytes, (size_t)length);
}

/* Joiners, hyphens and directions that nobody sees, and the Arabic stroke that only stretches a word. */
static bool
is_invisible(ucs4_t character)
{
	return character != 0x200b && (character == 0x0640 || IS_CATEGORY(character, UC_CATEGORY_MASK_Cf));
}

/* "™" is no "tm" of the word before it; "㎏" is a "kg". */
static bool
is_mere_symbol(ucs4_t character)
{
	ucs4_t decomposed[UC_DECOMPOSITION_MAX_LENGTH];
	int    tag;

	return IS_CATEGORY(character, UC_CATEGORY_MASK_S) &&
	    (uc_decomposition(character, &tag, decomposed) < 0 || tag == UC_DECOMP_SUPER);
}

/* Marks that may be left out: those of no script, but for kana's, which make other sounds; Hebrew points. */
static bool
is_accent(ucs4_t character)
{
	static const uc_script_t *inherited, *hebrew;

	if (!IS_CATEGORY(character, UC_CATEGORY_MASK_Mn) || character == 0x3099 || character == 0x309a)
		return false;
	if (inherited == NULL) {
		inherited = uc_script_byname("Inherited");
		hebrew = uc_script_byname("Hebrew");
	}
	return uc_is_script(character, inherited) || uc_is_script(character, hebrew);
}

/* Letters that are somebody's letter with a stroke, but do not decompose. */
static void
add_plain(struct text *text, ucs4_t character)
{
	static const struct {
		ucs4_t      from;
		const char *to;
	} strokes[] = { { 0xe6, "ae" }, { 0xf0, "d" }, { 0xf8, "o" }, { 0xfe, "th" }, { 0x111, "d" }, { 0x127, "h" },
		{ 0x131, "i" }, { 0x142, "l" }, { 0x153, "oe" }, { 0x167, "t" } };

	for (size_t i = 0; character < 0x180 && i < sizeof strokes / sizeof *strokes; i++)
		if (strokes[i].from == character) {
			text_add_string(text, strokes[i].to);
			return;
		}
	add_character(text, character);
}

static size_t
ascii_length(const char *text, size_t length)
{
	size_t ascii = 0;

	while (ascii < length && (unsigned char)text[ascii] < 0x80)
		ascii++;
	return ascii;
}

/* The characters of `from`, by what `adds` makes of each, without those that are dropped. */
static struct text
filtered(struct arena *arena, const uint8_t *from, size_t length, bool (*drops)(ucs4_t), bool (*blanks)(ucs4_t),
    void (*adds)(struct text *, ucs4_t))
{
	struct text into = text_new(arena, length + 1);

	for (size_t at = 0; at < length;) {
		ucs4_t character;

		at += (size_t)u8_mbtouc(&character, from + at, length - at);
		if (drops(character))
			continue;
		if (blanks != NULL && blanks(character))
			text_add_char(&into, ' ');
		else
			adds(&into, character);
	}
	return into;
}

static const uint8_t *
folded(struct arena *arena, const char *text, size_t *length)
{
	struct text  seen;
	uint8_t     *made;
	const size_t given = strnlen(text, TEXT_BYTES_MAX);

	if (ascii_length(text, given) == given) {
		char *lowered = arena_copy(arena, text, given);

		for (char *at = lowered; *at != '\0'; at++)
			*at = *at >= 'A' && *at <= 'Z' ? (char)(*at + 'a' - 'A') : *at;
		*length = given;
		return (const uint8_t *)lowered;
	}
	seen = filtered(arena, (const uint8_t *)text, given, is_invisible, is_mere_symbol, add_character);
	made = u8_casefold((const uint8_t *)seen.bytes, seen.length, NULL, UNINORM_NFKD, NULL, length);
	made = into_arena(arena, made, *length);
	seen = filtered(arena, made, *length, is_accent, NULL, add_plain);
	made = u8_normalize(UNINORM_NFC, (const uint8_t *)seen.bytes, seen.length, NULL, length);
	return into_arena(arena, made, *length);
}

/* ---- cutting ---- */

/* A script that is written without blanks; NULL: another one. */
static const uc_script_t *
script_of_signs(ucs4_t character)
{
	static const char *const  names[] = { "Han", "Hiragana", "Katakana", "Thai", "Lao", "Khmer", "Myanmar" };
	static const uc_script_t *scripts[sizeof names / sizeof *names];

	if (character < 0xe00)
		return NULL;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (scripts[i] == NULL)
			scripts[i] = uc_script_byname(names[i]);
		/* Kana and Han stand in one word, and the mark of a long vowel in it. */
		if (uc_is_script(character, scripts[i]) || (i == 2 && character == 0x30fc))
			return scripts[i <= 2 ? 0 : i];
	}
	return NULL;
}

static enum kind
kind_of(ucs4_t character)
{
	if (character < 0x80) {
		if (character >= 'a' && character <= 'z')
			return LETTER;
		if (character >= '0' && character <= '9')
			return DIGIT;
		return character == '\'' ? APOSTROPHE : character == '.' || character == ',' ? POINT : SEPARATOR;
	}
	if (character == 0x2019 || character == 0x02bc)
		return APOSTROPHE;
	if (IS_CATEGORY(character, UC_CATEGORY_MASK_M))
		return MARK;
	if (IS_CATEGORY(character, UC_CATEGORY_MASK_L))
		return script_of_signs(character) != NULL ? SIGN : LETTER;
	return IS_CATEGORY(character, UC_CATEGORY_MASK_N) ? DIGIT : SEPARATOR;
}

struct cutting {
	struct arena       *arena;
	const uint8_t      *bytes;
	const char         *breaks; /* true before a byte: a word may end there */
	size_t              length, at;
	struct search_word *words;
	size_t              count, max;
};

/* The character at `at`, and where the next one begins. */
static enum kind
look(const struct cutting *cutting, size_t at, size_t *next)
{
	ucs4_t character;

	if (at >= cutting->length)
		return SEPARATOR;
	*next = at + (size_t)u8_mbtouc(&character, cutting->bytes + at, cutting->length - at);
	return kind_of(character);
}

static void
add_word(struct cutting *cutting, const char *bytes, size_t length, size_t letters, bool tail)
{
	if (length > SEARCH_WORD_BYTES) {
		length = SEARCH_WORD_BYTES;
		while (length > 0 && ((unsigned char)bytes[length] & 0xc0) == 0x80)
			length--;
		letters = 0;
	}
	for (size_t i = 0; i < cutting->count; i++)
		if (strlen(cutting->words[i].text) == length && memcmp(cutting->words[i].text, bytes, length) == 0) {
			cutting->words[i].tail &= tail;
			return;
		}
	if (cutting->count < cutting->max)
		cutting->words[cutting->count++] =
		    (struct search_word) { .text = arena_copy(cutting->arena, bytes, length), .letters = letters, .tail = tail };
}

/* A word of letters and digits from where it stands; apostrophes join, points do so between digits. */
static void
cut_letters(struct cutting *cutting)
{
	struct text word = text_new(cutting->arena, SEARCH_WORD_BYTES);
	enum kind   kind, before = SEPARATOR;
	size_t      letters = 0, next = cutting->at, behind;
	bool        has_digits = false;

	for (; cutting->at < cutting->length; cutting->at = next) {
		kind = look(cutting, cutting->at, &next);
		if (word.length > 0 && cutting->breaks[cutting->at] && kind != MARK)
			break;
		if (kind == APOSTROPHE || kind == POINT) {
			enum kind after = cutting->breaks[next < cutting->length ? next : cutting->at]
			    ? SEPARATOR
			    : look(cutting, next, &behind);

			if (kind == APOSTROPHE ? after != LETTER : before != DIGIT || after != DIGIT)
				break;
			if (kind == APOSTROPHE)
				continue;
		} else if (kind == SEPARATOR || kind == SIGN) {
			break;
		}
		text_add(&word, cutting->bytes + cutting->at, next - cutting->at);
		letters++;
		has_digits |= kind == DIGIT;
		before = kind;
	}
	add_word(cutting, word.bytes, word.length, has_digits ? 0 : letters, false);
}

/* The end of the sign that begins at `at`, with its marks; its script. */
static size_t
sign_end(const struct cutting *cutting, size_t at, const uc_script_t **script)
{
	ucs4_t character;
	size_t end = at + (size_t)u8_mbtouc(&character, cutting->bytes + at, cutting->length - at), next = end;

	*script = kind_of(character) == SIGN ? script_of_signs(character) : NULL;
	while (look(cutting, end, &next) == MARK)
		end = next;
	return end;
}

/* A run of signs of one script from where it stands. */
static void
cut_signs(struct cutting *cutting)
{
	const char        *bytes = (const char *)cutting->bytes;
	const uc_script_t *script, *next_script;
	size_t             first = cutting->at, second = sign_end(cutting, first, &script), end;
	bool               alone = true;

	while (second < cutting->length) {
		end = sign_end(cutting, second, &next_script);
		if (next_script != script)
			break;
		add_word(cutting, bytes + first, end - first, 0, false);
		first = second;
		second = end;
		alone = false;
	}
	add_word(cutting, bytes + first, second - first, 0, !alone);
	cutting->at = second;
}

size_t
search_cut(struct arena *arena, const char *text, size_t max, struct search_word **words)
{
	struct cutting cutting = { .arena = arena, .max = max };
	size_t         next;
	char          *breaks;

	cutting.bytes = folded(arena, text, &cutting.length);
	cutting.breaks = breaks = arena_alloc(arena, cutting.length + 1);
	cutting.words = *words = ARENA_ARRAY(arena, max, struct search_word);
	u8_wordbreaks(cutting.bytes, cutting.length, breaks);
	while (cutting.at < cutting.length && cutting.count < max) {
		enum kind kind = look(&cutting, cutting.at, &next);

		if (kind == LETTER || kind == DIGIT)
			cut_letters(&cutting);
		else if (kind == SIGN)
			cut_signs(&cutting);
		else
			cutting.at = next;
	}
	return cutting.count;
}

/* ---- words that are near ---- */

static size_t
step(const char *at)
{
	ucs4_t character;

	return (size_t)u8_mbtouc(&character, (const uint8_t *)at, strlen(at));
}

bool
search_is_near(const char *a, const char *b)
{
	size_t same = 0, first_a, first_b, next_a, next_b;

	while (a[same] != '\0' && a[same] == b[same])
		same++;
	while (same > 0 && ((unsigned char)a[same] & 0xc0) == 0x80)
		same--; /* to the beginning of the characters that differ */
	while (same > 0 && ((unsigned char)b[same] & 0xc0) == 0x80)
		same--;
	a += same;
	b += same;
	if (*a == '\0' || *b == '\0')
		return *a == *b || (*a == '\0' ? b[step(b)] : a[step(a)]) == '\0';
	first_a = step(a);
	first_b = step(b);
	if (strcmp(a + first_a, b + first_b) == 0 || strcmp(a, b + first_b) == 0 || strcmp(a + first_a, b) == 0)
		return true;
	next_a = a[first_a] == '\0' ? 0 : step(a + first_a);
	next_b = b[first_b] == '\0' ? 0 : step(b + first_b);
	return next_a == first_b && next_b == first_a && memcmp(a, b + first_b, first_a) == 0 &&
	    memcmp(a + first_a, b, next_a) == 0 && strcmp(a + first_a + next_a, b + first_b + next_b) == 0;
}

size_t
search_near_keys(struct arena *arena, const struct search_word *word, const char ***keys)
{
	size_t length = strlen(word->text), count = 0;

	*keys = ARENA_ARRAY(arena, NEAR_KEYS_MAX, const char *);
	(*keys)[count++] = word->text;
	for (size_t at = 0, next; at < length && count < NEAR_KEYS_MAX; at = next) {
		char *key = arena_room(arena, length);

		next = at + step(word->text + at);
		/* Of a letter that is doubled the second one says nothing new. */
		if (at >= next - at && memcmp(word->text + at - (next - at), word->text + at, next - at) == 0)
			continue;
		memcpy(key, word->text, at);
		memcpy(key + at, word->text + next, length - next);
		key[length - (next - at)] = '\0';
		(*keys)[count++] = key;
	}
	return count;
}
