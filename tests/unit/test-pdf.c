/* Texts as PDF documents. */
#include "base/arena.h"
#include "base/pdf.h"
#include "tests/suite.h"

#include <stdlib.h>
#include <string.h>

static const char *
pdf_of(struct arena *arena, const char *text)
{
	struct text pdf = text_new(arena, 64);

	return pdf_add(&pdf, text) ? pdf.bytes : NULL;
}

/* The index names the place of each object. */
static void
check_index(const char *pdf)
{
	const char *start = strstr(pdf, "startxref\n"), *index, *line;
	long        count;

	REQUIRE(start != NULL);
	index = pdf + strtol(start + strlen("startxref\n"), NULL, 10);
	REQUIRE(strncmp(index, "xref\n0 ", 7) == 0);
	count = strtol(index + 7, NULL, 10);
	CHECK(count > 5);
	line = strchr(index + 7, '\n') + 1;
	for (long i = 1; i < count; i++) {
		const char *object = pdf + strtol(line + 20 * i, NULL, 10);
		char       *behind;

		CHECK_INT(strtol(object, &behind, 10), i);
		CHECK(strncmp(behind, " 0 obj\n", 7) == 0);
	}
	CHECK(strncmp(pdf, "%PDF-1.4\n", 9) == 0);
	CHECK(strcmp(pdf + strlen(pdf) - 6, "%%EOF\n") == 0);
}

static void
test_document(void)
{
	struct arena *arena = arena_new(1 << 20);
	const char   *pdf = pdf_of(arena, "Delivered (signed)\non 2 January"), *stream;

	REQUIRE(pdf != NULL);
	check_index(pdf);
	CHECK(strstr(pdf, "(Delivered \\(signed\\)) '\n(on 2 January) '\n") != NULL);
	CHECK(strstr(pdf, "/Count 1 ") != NULL);
	stream = strstr(pdf, "stream\n") + 7;
	CHECK_INT(strtol(strstr(pdf, "/Length ") + 8, NULL, 10), strstr(stream, "endstream") - stream);
	arena_free(arena);
}

static void
test_lines_and_pages(void)
{
	struct arena *arena = arena_new(1 << 20);
	struct text   words = text_new(arena, 64);
	const char   *pdf;

	for (int i = 0; i < 2000; i++)
		text_add_string(&words, "word ");
	pdf = pdf_of(arena, words.bytes);
	REQUIRE(pdf != NULL);
	check_index(pdf);
	CHECK(strstr(pdf, "/Count 2 ") != NULL); /* 17 words on a line */
	CHECK(strstr(pdf, "(word word word word word word word word word word word word word word word word word) '") != NULL);
	CHECK(pdf_of(arena, "") != NULL);
	words = text_new(arena, 64);
	for (int i = 0; i < 200; i++)
		text_add_char(&words, 'x');
	CHECK(strstr(pdf_of(arena, words.bytes), "xxxx) '\n(xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx) '") != NULL);
	words = text_new(arena, 64);
	for (int i = 0; i < 20000; i++)
		text_add_char(&words, '\n');
	CHECK(pdf_of(arena, words.bytes) == NULL);
	arena_free(arena);
}

static void
test_letters(void)
{
	struct arena *arena = arena_new(1 << 20);

	CHECK(strstr(pdf_of(arena, "Café “A” – 5 € ₹90\ttab"),
		  "(Caf\xe9 \x93"
		  "A\x94 \x96 5 \x80 Rs.90    tab) '") != NULL);
	CHECK(pdf_of(arena, "a\r\nb") != NULL);
	CHECK(pdf_of(arena, "টাকা") == NULL);
	CHECK(pdf_of(arena, "a\x01") == NULL && pdf_of(arena, "a\x7f") == NULL && pdf_of(arena, "\xc2\x85") == NULL);
	arena_free(arena);
}

SUITE("pdf", TEST(test_document), TEST(test_lines_and_pages), TEST(test_letters))
