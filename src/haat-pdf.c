/*
 * haat-pdf: reads a JSON array of invoices (invoices/invoice.h) from its standard input and writes their PDF to its standard output.
 *
 * It bounds its own memory and time before it reads: a font or a text that makes the typesetting go astray ends this program, and
 * nothing else.  Exit status 0: the PDF is whole.
 */
#include "base/arena.h"
#include "base/shape.h"
#include "base/text.h"
#include "invoices/draw.h"

#include <errno.h>
#include <json-c/json.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { ARENA_BYTES = 64 << 20, INPUT_MAX = 16 << 20, CPU_SECONDS = 20 };

/* AddressSanitizer maps terabytes that it does not use, and what fontconfig keeps to the end is no leak of ours. */
#ifdef __SANITIZE_ADDRESS__
static const struct rlimit memory = { RLIM_INFINITY, RLIM_INFINITY };
const char                *__asan_default_options(void);
const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}
#else
static const struct rlimit memory = { 1u << 30, 1u << 30 };
#endif
static const struct rlimit seconds = { CPU_SECONDS, CPU_SECONDS }, no_core = { 0, 0 };

struct documents {
	struct invoice *invoices;
	size_t          count;
};

static const struct member documents_members[] = {
	M_ARRAY(struct documents, invoices, count, "invoices", invoice_shape, INVOICES_OF_ORDER_MAX),
};
SHAPE(struct documents, documents_shape, "InvoiceDocuments", documents_members);

static int
fail(const char *why)
{
	fprintf(stderr, "haat-pdf: %s\n", why);
	return 1;
}

/* The array as a member of an object, which is what shapes read. */
static bool
read_input(struct text *input)
{
	char    piece[65536];
	ssize_t got;

	TEXT_ADD(input, "{\"invoices\":");
	while ((got = read(STDIN_FILENO, piece, sizeof piece)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 || input->length + (size_t)got > INPUT_MAX)
			return false;
		text_add(input, piece, (size_t)got);
	}
	text_add_char(input, '}');
	return true;
}

static cairo_status_t
write_out(void *closure, const unsigned char *bytes, unsigned length)
{
	(void)closure;
	while (length > 0) {
		ssize_t written = write(STDOUT_FILENO, bytes, length);

		if (written < 0 && errno != EINTR)
			return CAIRO_STATUS_WRITE_ERROR;
		if (written > 0) {
			bytes += written;
			length -= (unsigned)written;
		}
	}
	return CAIRO_STATUS_SUCCESS;
}

int
main(void)
{
	struct arena       *arena = arena_new(ARENA_BYTES);
	struct text         input = text_new(arena, 65536);
	struct documents    documents = { NULL, 0 };
	struct json_object *parsed;
	struct faults       faults;

	if (setrlimit(RLIMIT_AS, &memory) != 0 || setrlimit(RLIMIT_CPU, &seconds) != 0 || setrlimit(RLIMIT_CORE, &no_core) != 0)
		return fail("cannot limit itself");
	if (!read_input(&input))
		return fail("cannot read the invoices, or they are too large");
	parsed = json_read(arena, input.bytes, input.length);
	if (parsed == NULL)
		return fail("the input is no JSON");
	if (!shape_parse(&documents_shape, parsed, arena, &documents, &faults))
		return fail(arena_format(arena, "%s %s", faults.list[0].where, faults.list[0].what));
	if (documents.count == 0)
		return fail("there are no invoices");
	return draw_invoices(documents.invoices, documents.count, write_out, NULL) ? 0 : fail("the PDF could not be made");
}
