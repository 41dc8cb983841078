#include "http/unpack.h"

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { PIECE = 32 * 1024, HEAD = 2, GZIP_WINDOW = 15 + 16 };

enum coding { CODING_UNKNOWN, CODING_PLAIN, CODING_GZIP };

struct unpack {
	const struct problem *(*write)(const char *bytes, size_t length, void *argument);
	void       *argument;
	enum coding coding;
	z_stream    stream;
	char        head[HEAD]; /* until the coding is known */
	size_t      held;
	int64_t     in, out;
	bool        ended; /* the last member of gzip */
	char        piece[PIECE];
};

static void
end(void *object)
{
	inflateEnd(&((struct unpack *)object)->stream);
}

struct unpack *
unpack_new(struct arena *arena, const struct problem *(*write)(const char *bytes, size_t length, void *argument), void *argument)
{
	struct unpack *unpack = ARENA_NEW(arena, struct unpack);

	unpack->write = write;
	unpack->argument = argument;
	if (inflateInit2(&unpack->stream, GZIP_WINDOW) != Z_OK)
		abort();
	arena_defer(arena, end, unpack);
	return unpack;
}

static const struct problem *
inflate_some(struct unpack *unpack, const char *bytes, size_t length)
{
	unpack->stream.next_in = (Bytef *)(uintptr_t)bytes;
	unpack->stream.avail_in = (uInt)length;
	while (unpack->stream.avail_in > 0) {
		size_t got;
		int    status;

		if (unpack->ended && inflateReset(&unpack->stream) != Z_OK) /* one member behind the other */
			abort();
		unpack->stream.next_out = (Bytef *)unpack->piece;
		unpack->stream.avail_out = PIECE;
		status = inflate(&unpack->stream, Z_NO_FLUSH);
		if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
			return problem(BAD_REQUEST, "the file is no valid gzip");
		unpack->ended = status == Z_STREAM_END;
		got = PIECE - unpack->stream.avail_out;
		unpack->out += (int64_t)got;
		if (unpack->out > unpack->in * UNPACK_TIMES + PIECE)
			return problem(BODY_TOO_LARGE, "the file unpacks to more than 10 times its size");
		if (got > 0)
			TRY(unpack->write(unpack->piece, got, unpack->argument));
		else if (status == Z_BUF_ERROR)
			break;
	}
	return OK;
}

static const struct problem *
pass(struct unpack *unpack, const char *bytes, size_t length)
{
	if (length == 0)
		return OK;
	return unpack->coding == CODING_GZIP ? inflate_some(unpack, bytes, length)
					     : unpack->write(bytes, length, unpack->argument);
}

const struct problem *
unpack_feed(struct unpack *unpack, const char *bytes, size_t length)
{
	unpack->in += (int64_t)length;
	while (unpack->coding == CODING_UNKNOWN && length > 0) {
		unpack->head[unpack->held++] = *bytes++;
		length--;
		if (unpack->held < HEAD)
			continue;
		unpack->coding = memcmp(unpack->head, "\x1f\x8b", HEAD) == 0 ? CODING_GZIP : CODING_PLAIN;
		TRY(pass(unpack, unpack->head, HEAD));
	}
	return pass(unpack, bytes, length);
}

const struct problem *
unpack_finish(struct unpack *unpack)
{
	if (unpack->coding == CODING_UNKNOWN)
		return pass(unpack, unpack->head, unpack->held);
	if (unpack->coding == CODING_GZIP && !unpack->ended)
		return problem(BAD_REQUEST, "the file is no whole gzip");
	return OK;
}
