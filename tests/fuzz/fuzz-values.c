/* Single values: what is read prints back to the same value, and there is one text for it. */
#include "base/encoding.h"
#include "base/ids.h"
#include "base/instant.h"
#include "base/money.h"
#include "base/shape.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"

#include <json-c/json.h>
#include <string.h>
#include <unistr.h>

static void
decimals(const char *text, size_t length)
{
	static const char *const currencies[] = { "JPY", "BDT", "KWD", "CLF" };
	struct decimal           decimal, again;
	struct money             money, money_again;
	char                     written[MONEY_TEXT_SIZE];

	if (!decimal_parse(text, length, &decimal))
		return;
	PROPERTY(strspn(text, "0123456789.-") == length && length <= 20);
	PROPERTY(decimal.scale >= 0 && decimal.scale <= DECIMAL_SCALE_MAX);
	PROPERTY(decimal.digits > -1000000000000000000 && decimal.digits < 1000000000000000000);
	for (size_t i = 0; i < sizeof currencies / sizeof *currencies; i++) {
		if (!decimal_to_money(decimal, currencies[i], &money))
			continue;
		length = money_write(money, written);
		PROPERTY(length < sizeof written && written[length] == '\0');
		if (!decimal_parse(
			written, length, &again)) /* an integer of the currency may have more digits than may be sent */
			continue;
		PROPERTY(decimal_to_money(again, currencies[i], &money_again) && money_again.minor == money.minor);
	}
}

static void
instants(const char *text, const uint8_t *bytes, size_t length)
{
	struct instant instant, again;
	char           written[INSTANT_TEXT_SIZE];
	int64_t        number = 0;

	if (length >= sizeof number) {
		memcpy(&number, bytes, sizeof number);
		instant.unix_ms = number % 253402300800000;
		PROPERTY(instant_from_civil(instant_civil(instant)).unix_ms == instant.unix_ms);
	}
	if (!instant_parse(text, &instant))
		return;
	instant_write(instant, written);
	PROPERTY(instant_parse(written, &again) && again.unix_ms == instant.unix_ms);
}

static void
uuids(const char *text)
{
	struct uuid uuid, again;
	char        written[UUID_TEXT_LENGTH + 1] = { 0 };

	if (!uuid_parse(text, &uuid))
		return;
	uuid_write(uuid, written);
	PROPERTY(uuid_parse(written, &again) && uuid_equal(uuid, again));
	PROPERTY(strcasecmp(text, written) == 0);
}

static void
encodings(const char *text, size_t text_length, const uint8_t *bytes, size_t length)
{
	struct arena  *arena = fuzz_arena();
	const char    *encoded = base64url_encode(arena, bytes, length);
	size_t         decoded_length = 0;
	unsigned char *decoded = base64url_decode(arena, encoded, strlen(encoded), &decoded_length);

	PROPERTY(decoded != NULL && decoded_length == length && memcmp(decoded, bytes, length) == 0);
	encoded = hex_encode(arena, bytes, length);
	PROPERTY(strlen(encoded) == 2 * length && strspn(encoded, "0123456789abcdef") == 2 * length);
	/* One text for one sequence of bytes. */
	decoded = base64url_decode(arena, text, text_length, &decoded_length);
	PROPERTY(decoded == NULL || strcmp(base64url_encode(arena, decoded, decoded_length), text) == 0);
}

static void
percents(const char *text, size_t length)
{
	const char *decoded[] = { percent_decode(fuzz_arena(), text, length, true),
		percent_decode(fuzz_arena(), text, length, false) };

	for (int i = 0; i < 2; i++) {
		struct text out = text_new(fuzz_arena(), length);
		const char *again;

		if (decoded[i] == NULL)
			continue;
		text_add_percent(&out, decoded[i]);
		again = percent_decode(fuzz_arena(), out.bytes, out.length, i == 0);
		PROPERTY(again != NULL && strcmp(again, decoded[i]) == 0);
	}
}

/* Against another implementation of UTF-8, and through JSON. */
static void
texts(const char *text, size_t length)
{
	struct text         json = text_new(fuzz_arena(), length + 8);
	struct json_object *read;

	PROPERTY(utf8_valid(text, length) == (u8_check((const uint8_t *)text, length) == NULL));
	if (!utf8_valid(text, length))
		return;
	PROPERTY(utf8_length(text) == u8_mbsnlen((const uint8_t *)text, length));
	text_add_char(&json, '[');
	text_add_json(&json, text);
	text_add_char(&json, ']');
	read = json_read(fuzz_arena(), json.bytes, json.length);
	PROPERTY(read != NULL);
	PROPERTY(strcmp(json_object_get_string(json_object_array_get_idx(read, 0)), text) == 0);
	for (int format = 0; format < FORMAT__COUNT; format++)
		(void)format_fault((enum text_format)format, text);
}

void
fuzz_one(const uint8_t *bytes, size_t length)
{
	const char *text = arena_copy(fuzz_arena(), bytes, length);
	size_t      text_length = strlen(text);

	decimals(text, text_length);
	instants(text, bytes, length);
	uuids(text);
	encodings(text, text_length, bytes, length);
	percents(text, text_length);
	texts(text, text_length);
}
