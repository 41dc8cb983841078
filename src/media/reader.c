#include "media/reader.h"

#include "base/write_all.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void
reader_open(struct reader *reader, int fd, int64_t size)
{
	reader->fd = fd;
	reader->size = size;
	reader->start = 0;
	reader->length = 0;
}

static bool
fill(struct reader *reader, int64_t at)
{
	ssize_t got;

	do
		got = pread(reader->fd, reader->window, sizeof reader->window, at);
	while (got < 0 && errno == EINTR);
	reader->start = at;
	reader->length = got > 0 ? (size_t)got : 0;
	return got > 0;
}

int
reader_byte(struct reader *reader, int64_t at)
{
	if (at < 0 || at >= reader->size)
		return -1;
	if ((at < reader->start || at >= reader->start + (int64_t)reader->length) && !fill(reader, at))
		return -1;
	return reader->window[at - reader->start];
}

static int64_t
number(struct reader *reader, int64_t at, size_t bytes, bool big)
{
	uint64_t value = 0;

	for (size_t i = 0; i < bytes; i++) {
		int byte = reader_byte(reader, at + (int64_t)(big ? i : bytes - 1 - i));

		if (byte < 0)
			return -1;
		value = value << 8 | (uint64_t)byte;
	}
	return value > INT64_MAX ? -1 : (int64_t)value;
}

int64_t
reader_big(struct reader *reader, int64_t at, size_t bytes)
{
	return number(reader, at, bytes, true);
}

int64_t
reader_little(struct reader *reader, int64_t at, size_t bytes)
{
	return number(reader, at, bytes, false);
}

bool
reader_has(struct reader *reader, int64_t at, const void *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (reader_byte(reader, at + (int64_t)i) != ((const unsigned char *)bytes)[i])
			return false;
	return true;
}

static bool
write_whole(struct reader *reader, int64_t at, const void *bytes, size_t n)
{
	reader->length = 0; /* the window may no longer be what is there */
	return write_all_at(reader->fd, bytes, n, at);
}

bool
reader_write(struct reader *reader, int64_t at, const void *bytes, size_t n)
{
	return write_whole(reader, at, bytes, n);
}

bool
reader_blank(struct reader *reader, int64_t at, int64_t n)
{
	static const unsigned char zeros[READER_WINDOW];

	while (n > 0) {
		size_t piece = n < (int64_t)sizeof zeros ? (size_t)n : sizeof zeros;

		if (!write_whole(reader, at, zeros, piece))
			return false;
		at += (int64_t)piece;
		n -= (int64_t)piece;
	}
	return true;
}
