#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

enum { FIRST_BLOCK_BYTES = 64 * 1024, ALIGNMENT = 16 };

struct block {
	struct block *next;
	size_t        used, size;
	_Alignas(ALIGNMENT) unsigned char bytes[];
};

/* Something to do at the reset; allocated from the arena itself. */
struct deferred {
	struct deferred *next;
	void (*close)(void *object);
	void  *object;
	size_t scrub_bytes; /* when close is NULL */
};

struct arena {
	struct block    *first, *current;
	struct deferred *deferred;
	size_t           taken, ceiling;
	void (*abandon)(void *argument);
	void *abandon_argument;
};

static _Noreturn void
exhausted(struct arena *arena)
{
	if (arena->abandon != NULL)
		arena->abandon(arena->abandon_argument);
	abort();
}

static struct block *
block_new(struct arena *arena, size_t bytes)
{
	struct block *block = malloc(sizeof *block + bytes);

	if (block == NULL)
		exhausted(arena);
	*block = (struct block) { .size = bytes };
	return block;
}

struct arena *
arena_new(size_t ceiling_bytes)
{
	struct arena *arena = calloc(1, sizeof *arena);

	if (arena == NULL)
		abort();
	arena->ceiling = ceiling_bytes;
	arena->first = arena->current = block_new(arena, ARENA_MALLOC ? 0 : FIRST_BLOCK_BYTES);
	return arena;
}

void
arena_on_exhausted(struct arena *arena, void (*abandon)(void *argument), void *argument)
{
	arena->abandon = abandon;
	arena->abandon_argument = argument;
}

/* Room for `bytes` in a block of its own: large allocations, and all of them under --enable-arena-malloc. */
static struct block *
add_block(struct arena *arena, size_t bytes)
{
	struct block *block = block_new(arena, bytes);

	arena->current->next = block;
	arena->current = block;
	return block;
}

static size_t
round_up(size_t bytes)
{
	return (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

static bool
has_room(const struct arena *arena, size_t bytes)
{
	return round_up(bytes) >= bytes && round_up(bytes) <= arena->ceiling - arena->taken;
}

void *
arena_room(struct arena *arena, size_t bytes)
{
	size_t        rounded = round_up(bytes);
	struct block *block = arena->current;
	void         *start;

	if (!has_room(arena, bytes))
		exhausted(arena);
	if (ARENA_MALLOC)
		block = add_block(arena, bytes);
	else if (rounded > block->size - block->used)
		block = add_block(arena, rounded > FIRST_BLOCK_BYTES ? rounded : FIRST_BLOCK_BYTES);
	start = block->bytes + block->used;
	block->used += rounded;
	arena->taken += rounded;
	return start;
}

void *
arena_alloc(struct arena *arena, size_t bytes)
{
	return memset(arena_room(arena, bytes), 0, bytes);
}

void *
arena_array(struct arena *arena, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		exhausted(arena);
	return arena_alloc(arena, bytes);
}

char *
arena_copy(struct arena *arena, const void *bytes, size_t length)
{
	char *copy = arena_room(arena, length + 1);

	if (length > 0)
		memcpy(copy, bytes, length);
	copy[length] = '\0';
	return copy;
}

char *
arena_string(struct arena *arena, const char *string)
{
	return string == NULL ? NULL : arena_copy(arena, string, strlen(string));
}

char *
arena_format(struct arena *arena, const char *format, ...)
{
	va_list args, again;
	char   *string;
	int     length;

	va_start(args, format);
	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, args);
	assert(length >= 0);
	string = arena_room(arena, (size_t)length + 1);
	vsnprintf(string, (size_t)length + 1, format, again);
	va_end(again);
	va_end(args);
	return string;
}

/* What was handed over is the arena's: without room to note it, it goes before the work is abandoned. */
void
arena_defer(struct arena *arena, void (*close)(void *object), void *object)
{
	struct deferred *deferred;

	if (!has_room(arena, sizeof *deferred))
		close(object);
	deferred = ARENA_NEW(arena, struct deferred);
	*deferred = (struct deferred) { .next = arena->deferred, .close = close, .object = object };
	arena->deferred = deferred;
}

void
arena_scrub(struct arena *arena, void *bytes, size_t length)
{
	struct deferred *deferred;

	if (!has_room(arena, sizeof *deferred))
		explicit_bzero(bytes, length);
	deferred = ARENA_NEW(arena, struct deferred);
	*deferred = (struct deferred) { .next = arena->deferred, .object = bytes, .scrub_bytes = length };
	arena->deferred = deferred;
}

size_t
arena_used(const struct arena *arena)
{
	return arena->taken;
}

static void
close_deferred(struct arena *arena, const struct deferred *until)
{
	while (arena->deferred != until) {
		struct deferred *deferred = arena->deferred;

		arena->deferred = deferred->next;
		if (deferred->close != NULL)
			deferred->close(deferred->object);
		else
			explicit_bzero(deferred->object, deferred->scrub_bytes);
	}
}

struct arena_mark
arena_mark(const struct arena *arena)
{
	return (struct arena_mark) { arena->current, arena->deferred, arena->current->used, arena->taken };
}

void
arena_release(struct arena *arena, struct arena_mark mark)
{
	struct block *last = mark.block, *next;

	close_deferred(arena, mark.deferred);
	for (struct block *block = last->next; block != NULL; block = next) {
		next = block->next;
		free(block);
	}
	last->next = NULL;
	last->used = mark.used;
	arena->current = last;
	arena->taken = mark.taken;
}

void
arena_reset(struct arena *arena)
{
	arena_release(arena, (struct arena_mark) { arena->first, NULL, 0, 0 });
}

void
arena_free(struct arena *arena)
{
	arena_reset(arena);
	free(arena->first);
	free(arena);
}
