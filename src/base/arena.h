/*
 * arena.h: the memory of one request, one job, one command.
 *
 * A worker owns one arena and resets it after each request.  What comes from it is zeroed (but for arena_room), aligned for any type and
 * never NULL: over the ceiling, or when malloc fails, the work is abandoned through the handler set with
 * arena_on_exhausted, which must not return (it jumps back to the accept loop, which answers 503).  Nothing that
 * outlives the request may point into the arena; what the arena should close when it is reset (a json-c object, a curl
 * handle) is handed to it with arena_defer at the moment it is made, and is closed even when there is no room to note it.
 *
 * So nothing may be allocated here inside a call of a library that would have to finish what it has begun (the callbacks
 * of libcurl), nor between two calls that belong together: the jump would leave it half-way.
 *
 * Built with --enable-arena-malloc each allocation is a malloc of its exact size, so that AddressSanitizer and
 * valgrind see every overrun.
 */
#ifndef ARENA_H
#define ARENA_H

#include <stddef.h>

struct arena;

/* A new arena that refuses to hold more than `ceiling_bytes` at once.  Aborts when there is no memory at all. */
struct arena *arena_new(size_t ceiling_bytes);

/* What happens instead of returning when the ceiling is reached; without a handler the process aborts. */
void arena_on_exhausted(struct arena *arena, void (*abandon)(void *argument), void *argument);

/* `bytes` zeroed bytes, valid until the next reset. */
void *arena_alloc(struct arena *arena, size_t bytes) __attribute__((returns_nonnull, alloc_size(2)));

/* The same without the zeros, for what is written before it is read: buffers of text, copies. */
void *arena_room(struct arena *arena, size_t bytes) __attribute__((returns_nonnull, alloc_size(2)));

/* An array of `count` elements of `size` bytes; an overflowing product counts as exhausted. */
void *arena_array(struct arena *arena, size_t count, size_t size) __attribute__((returns_nonnull, alloc_size(2, 3)));

/* A copy of `length` bytes with a NUL behind it. */
char *arena_copy(struct arena *arena, const void *bytes, size_t length) __attribute__((returns_nonnull));

/* A copy of a string; NULL stays NULL. */
char *arena_string(struct arena *arena, const char *string);

/* A formatted string. */
char *arena_format(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3), returns_nonnull));

/* Call close(object) at the next reset, last deferred first. */
void arena_defer(struct arena *arena, void (*close)(void *object), void *object);

/* Overwrite `length` bytes at `bytes` with zeros at the next reset: for secrets. */
void arena_scrub(struct arena *arena, void *bytes, size_t length);

/* Bytes handed out since the last reset. */
size_t arena_used(const struct arena *arena);

/* Where the arena stands now: for work in many steps of which each needs its memory only for itself. */
struct arena_mark {
	void  *block, *deferred;
	size_t used, taken;
};
struct arena_mark arena_mark(const struct arena *arena);

/* Give up all that was allocated since the mark, and close what was handed over since. */
void arena_release(struct arena *arena, struct arena_mark mark);

/* Run what was deferred, keep the first block for the next request, give the rest back. */
void arena_reset(struct arena *arena);

void arena_free(struct arena *arena);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, count, type) ((type *)arena_array((arena), (count), sizeof(type)))

#endif
