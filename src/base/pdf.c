#include "base/pdf.h"

#include "base/arena.h"
#include "base/encoding.h"

enum { COLUMNS = 84, ROWS = 60, PAGES_MAX = 200, FIRST_PAGE = 4, OBJECTS_MAX = FIRST_PAGE + 2 * PAGES_MAX };

/* Where each object begins, by its number. */
struct document {
	struct text *pdf;
	size_t       start, offsets[OBJECTS_MAX], count;
};

/* Letters beyond Latin-1, as the fonts number them or as they are written instead. */
static const struct {
	const char *letter, *written;
} letters[] = { { "€", "\x80" }, { "…", "\x85" }, { "‘", "\x91" }, { "’", "\x92" }, { "“", "\x93" }, { "”", "\x94" },
	{ "•", "\x95" }, { "–", "\x96" }, { "—", "\x97" }, { "₹", "Rs." }, { "\t", "    " } };

/* One character in the fonts' numbers; false when they have none. */
static bool
add_letter(struct text *plain, const char *at, size_t length)
{
	unsigned char first = (unsigned char)*at;

	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
		if (strlen(letters[i].letter) == length && memcmp(letters[i].letter, at, length) == 0) {
			text_add_string(plain, letters[i].written);
			return true;
		}
	if (length == 1 && (first >= ' ' || first == '\n')) {
		text_add_char(plain, *at);
		return first != 0x7f;
	}
	if (length != 2 || (first != 0xc2 && first != 0xc3) || (first == 0xc2 && (unsigned char)at[1] < 0xa0))
		return length == 1 && first == '\r';
	text_add_char(plain, (char)(first == 0xc2 ? (unsigned char)at[1] : (unsigned char)at[1] + 0x40));
	return true;
}

static bool
add_plain(struct text *plain, const char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		size_t length = utf8_character(text, left);

		if (length == 0 || !add_letter(plain, text, length))
			return false;
		text += length;
		left -= length;
	}
	return true;
}

/* The length of the line that begins here; *next is where the following one does. */
static size_t
line_of(const char *at, const char **next)
{
	size_t length = strcspn(at, "\n"), cut;

	if (length <= COLUMNS) {
		*next = at + length + (at[length] == '\n');
		return length;
	}
	for (cut = COLUMNS; cut > 0 && at[cut] != ' ';)
		cut--;
	length = cut == 0 ? COLUMNS : cut;
	*next = at + length + (at[length] == ' ');
	return length;
}

static void
begin_object(struct document *document)
{
	document->offsets[++document->count] = document->pdf->length - document->start;
	text_addf(document->pdf, "%zu 0 obj\n", document->count);
}

/* A page and what stands on it; where the next one begins. */
static const char *
add_page(struct document *document, const char *at)
{
	struct text content = text_new(document->pdf->arena, 4096);

	TEXT_ADD(&content, "BT /F 10 Tf 12 TL 45 800 Td\n");
	for (int row = 0; row < ROWS && *at != '\0'; row++) {
		const char *next;
		size_t      length = line_of(at, &next);

		text_add_char(&content, '(');
		for (size_t i = 0; i < length; i++) {
			if (strchr("()\\", at[i]) != NULL)
				text_add_char(&content, '\\');
			text_add_char(&content, at[i]);
		}
		TEXT_ADD(&content, ") '\n");
		at = next;
	}
	TEXT_ADD(&content, "ET\n");
	begin_object(document);
	text_addf(document->pdf,
	    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 3 0 R >> >> /Contents %zu 0 R >>\n"
	    "endobj\n",
	    document->count + 1);
	begin_object(document);
	text_addf(document->pdf, "<< /Length %zu >>\nstream\n", content.length);
	text_add(document->pdf, content.bytes, content.length);
	TEXT_ADD(document->pdf, "endstream\nendobj\n");
	return at;
}

static size_t
count_pages(const char *at)
{
	size_t rows = 0;

	for (; *at != '\0'; rows++)
		line_of(at, &at);
	return rows == 0 ? 1 : (rows + ROWS - 1) / ROWS;
}

static void
add_head(struct document *document, size_t pages)
{
	TEXT_ADD(document->pdf, "%PDF-1.4\n");
	begin_object(document);
	TEXT_ADD(document->pdf, "<< /Type /Catalog /Pages 2 0 R >>\nendobj\n");
	begin_object(document);
	TEXT_ADD(document->pdf, "<< /Type /Pages /Kids [");
	for (size_t i = 0; i < pages; i++)
		text_addf(document->pdf, " %zu 0 R", FIRST_PAGE + 2 * i);
	text_addf(document->pdf, " ] /Count %zu >>\nendobj\n", pages);
	begin_object(document);
	TEXT_ADD(document->pdf, "<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>\nendobj\n");
}

static void
add_index(struct document *document)
{
	size_t at = document->pdf->length - document->start;

	text_addf(document->pdf, "xref\n0 %zu\n0000000000 65535 f \n", document->count + 1);
	for (size_t i = 1; i <= document->count; i++)
		text_addf(document->pdf, "%010zu 00000 n \n", document->offsets[i]);
	text_addf(document->pdf, "trailer\n<< /Size %zu /Root 1 0 R >>\nstartxref\n%zu\n%%%%EOF\n", document->count + 1, at);
}

bool
pdf_add(struct text *pdf, const char *text)
{
	struct document *document = ARENA_NEW(pdf->arena, struct document);
	struct text      plain = text_new(pdf->arena, strlen(text) + 1);
	const char      *at;
	size_t           pages;

	if (!add_plain(&plain, text) || (pages = count_pages(plain.bytes)) > PAGES_MAX)
		return false;
	*document = (struct document) { .pdf = pdf, .start = pdf->length };
	add_head(document, pages);
	at = plain.bytes;
	for (size_t i = 0; i < pages; i++)
		at = add_page(document, at);
	add_index(document);
	return true;
}
