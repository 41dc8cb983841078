/*
 * Records of CSV: read in one piece and read in small ones they are the same, each record moves on, and what settlement files say
 * comes out of it whole or not at all.
 */
#include "base/csv.h"
#include "base/text.h"
#include "settlements/format.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum { FORMATS_MAX = 8 };

/* All records as one text: cells end in \1, records in \2, bad ones are \3. */
static const char *
read_whole(const uint8_t *bytes, size_t length, size_t piece)
{
	struct arena  *arena = fuzz_arena();
	char          *buffer = arena_alloc(arena, length + 1);
	struct text    out = text_new(arena, length + 64);
	struct csv     csv = { 0 };
	size_t         from = 0, to = 0, used;
	enum csv_found found;

	do {
		to = to + piece < length ? to + piece : length;
		memcpy(buffer, bytes, length);
		while (
		    (found = csv_next(&csv, buffer + from, to - from, to == length, &used)) == CSV_RECORD || found == CSV_BAD) {
			PROPERTY(used > 0 && from + used <= to);
			PROPERTY(found != CSV_RECORD || (csv.count > 0 && csv.count <= CSV_CELLS_MAX));
			for (size_t i = 0; i < csv.count; i++)
				text_addf(&out, "%s\1", csv.cells[i]);
			text_add_char(&out, found == CSV_BAD ? '\3' : '\2');
			from += used;
			memcpy(buffer + from, bytes + from, length - from);
		}
		PROPERTY(found == CSV_END || to < length || to - from == 0);
	} while (to < length);
	PROPERTY(found == CSV_END);
	return out.bytes;
}

static void
read_settlement(const uint8_t *bytes, size_t length, enum settlement_provider provider)
{
	static const char *const paystack[] = { "id:id", "reference:reference", "amount:amount", "fees:fees", "currency:currency",
		"paid_at:paid_at", NULL };
	struct arena            *arena = fuzz_arena();
	char                    *buffer = arena_copy(arena, bytes, length);
	struct csv               csv = { 0 };
	struct settlement_format format;
	struct settlement_record record;
	const char              *fault;
	size_t                   from = 0, used;
	enum csv_found           found;

	settlement_format_begin(&format, provider, paystack);
	while ((found = csv_next(&csv, buffer + from, length - from, true, &used)) != CSV_END) {
		from += used;
		if (found != CSV_RECORD)
			continue;
		switch (settlement_format_read(&format, arena, &csv, &record, &fault)) {
		case SETTLEMENT_ROW:
			PROPERTY(record.key[0] != '\0' && strlen(record.key) <= SETTLEMENT_KEY_MAX);
			PROPERTY(currency_exponent(record.gross.currency) >= 0);
			break;
		case SETTLEMENT_MALFORMED:
		case SETTLEMENT_REFUSED:
			PROPERTY(fault != NULL);
			break;
		case SETTLEMENT_HEADER:
		case SETTLEMENT_NOTHING:
			break;
		}
	}
}

void
fuzz_one(const uint8_t *bytes, size_t length)
{
	const char *whole;

	if (length > 16 * 1024)
		return;
	whole = read_whole(bytes, length, length + 1);
	for (size_t piece = 1; piece < 40 && length < 2000; piece += 13)
		PROPERTY(strcmp(whole, read_whole(bytes, length, piece)) == 0);
	for (int provider = 0; provider < SETTLEMENT_PROVIDER__COUNT; provider++)
		read_settlement(bytes, length, (enum settlement_provider)provider);
}
