#include "base/ids.h"

#include "base/arena.h"
#include "base/instant.h"
#include "base/seams.h"

enum {
	COUNTER_BITS = 26,      /* 12 behind the version, 14 behind the variant */
	COUNTER_SEED_BITS = 25, /* a new millisecond starts in the lower half, so that 2^25 more ids fit at least */
	REFERENCE_CHARACTERS = 10
};

void
random_bytes(void *into, size_t length)
{
	the_random->fill(into, length);
}

/* The millisecond and the counter of the next id; both only go forward, also when the clock goes back. */
static void
next_tick(uint32_t seed, uint64_t *tick, uint32_t *count)
{
	static uint64_t last_ms;
	static uint32_t counter;
	uint64_t        now_ms = (uint64_t)instant_now().unix_ms;

	if (now_ms > last_ms) {
		last_ms = now_ms;
		counter = seed & ((1u << COUNTER_SEED_BITS) - 1);
	} else if (++counter >> COUNTER_BITS != 0) {
		last_ms++; /* the counter is used up: borrow from the time to come */
		counter = seed & ((1u << COUNTER_SEED_BITS) - 1);
	}
	*tick = last_ms;
	*count = counter;
}

struct uuid
uuid_new(void)
{
	struct uuid uuid;
	uint8_t     random[10];
	uint32_t    seed, counter;
	uint64_t    ms;

	random_bytes(random, sizeof random);
	memcpy(&seed, random, sizeof seed);
	next_tick(seed, &ms, &counter);
	for (int i = 0; i < 6; i++)
		uuid.bytes[i] = (uint8_t)(ms >> (40 - 8 * i));
	uuid.bytes[6] = (uint8_t)(0x70 | counter >> 22); /* version 7 */
	uuid.bytes[7] = (uint8_t)(counter >> 14);
	uuid.bytes[8] = (uint8_t)(0x80 | (counter >> 8 & 0x3f)); /* variant 10 */
	uuid.bytes[9] = (uint8_t)counter;
	memcpy(uuid.bytes + 10, random + 4, 6);
	return uuid;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

struct uuid
uuid_floor(int64_t unix_ms)
{
	struct uuid uuid = { .bytes = { [6] = 0x70, [8] = 0x80 } };

	for (int i = 0; i < 6; i++)
		uuid.bytes[i] = (uint8_t)(unix_ms >> (40 - 8 * i));
	return uuid;
}

bool
uuid_parse(const char *text, struct uuid *into)
{
	struct uuid uuid;

	for (int i = 0; i < 16; i++) {
		int high, low;

		if ((i == 4 || i == 6 || i == 8 || i == 10) && *text++ != '-')
			return false;
		high = hex_value(text[0]);
		if (high < 0 || (low = hex_value(text[1])) < 0)
			return false;
		uuid.bytes[i] = (uint8_t)(high << 4 | low);
		text += 2;
	}
	if (*text != '\0')
		return false;
	*into = uuid;
	return true;
}

void
uuid_write(struct uuid uuid, char into[UUID_TEXT_LENGTH])
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*into++ = '-';
		*into++ = digits[uuid.bytes[i] >> 4];
		*into++ = digits[uuid.bytes[i] & 15];
	}
}

const char *
uuid_text(struct arena *arena, struct uuid uuid)
{
	char *text = arena_alloc(arena, UUID_TEXT_LENGTH + 1);

	uuid_write(uuid, text);
	return text;
}

bool
uuid_equal(struct uuid a, struct uuid b)
{
	return memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}

bool
uuid_is_nil(struct uuid uuid)
{
	return uuid_equal(uuid, (struct uuid) { { 0 } });
}

int
uuid_compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct uuid));
}

static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

bool
is_reference(const char *text, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(text, prefix, length) == 0 && strlen(text) == length + REFERENCE_CHARACTERS &&
	    strspn(text + length, crockford) == REFERENCE_CHARACTERS;
}

const char *
reference_read(struct arena *arena, const char *text)
{
	char *reference = arena_copy(arena, text, strlen(text));

	for (char *c = reference; *c != '\0'; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	return reference;
}

const char *
reference_new(struct arena *arena, const char *prefix)
{
	size_t  length = strlen(prefix);
	char   *reference = arena_alloc(arena, length + REFERENCE_CHARACTERS + 1);
	uint8_t random[REFERENCE_CHARACTERS];

	random_bytes(random, sizeof random);
	memcpy(reference, prefix, length);
	for (size_t i = 0; i < sizeof random; i++)
		reference[length + i] = crockford[random[i] & 31];
	return reference;
}
