#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>

enum { MEMORY_MAX = 256 << 20 };

struct arena *
fuzz_arena(void)
{
	static struct arena *arena;

	if (arena == NULL)
		arena = arena_new(MEMORY_MAX);
	return arena;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	fuzz_one(bytes, length);
	arena_reset(fuzz_arena());
	return 0;
}

const char *
fuzz_part(const uint8_t **bytes, size_t *length)
{
	const uint8_t *zero = *length == 0 ? NULL : memchr(*bytes, 0, *length);
	size_t         part = zero == NULL ? *length : (size_t)(zero - *bytes), taken = part + (zero != NULL);
	const char    *text = arena_copy(fuzz_arena(), *bytes, part);

	*bytes += taken;
	*length -= taken;
	return text;
}

_Noreturn void
fuzz_broken(const char *what, const char *file, int line)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
	abort();
}
