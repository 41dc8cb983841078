#include "base/zip.h"

#include "base/arena.h"
#include "base/instant.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum {
	LOCAL_HEAD = 30,
	DIRECTORY_HEAD = 46,
	DIRECTORY_END = 22,
	CHECKSUM_AT = 14,    /* in a file's head: checksum, packed and plain size */
	FORMAT_VERSION = 20, /* 2.0: deflate */
	UTF8_NAME = 1 << 11,
	DEFLATED = 8,
	FIRST_YEAR = 1980,
	ROOM = 32 * 1024,
};

struct entry {
	const char *name;
	uint32_t    checksum, at;
	uint64_t    packed, plain;
};

struct zip {
	struct arena *arena;
	int           fd, error; /* error: of errno; 0: all went well */
	uint64_t      at;        /* where the next byte goes */
	uint32_t      time;      /* of all files, as DOS keeps it */
	z_stream      stream;
	bool          open; /* a file is being written */
	size_t        count;
	struct entry  entries[ZIP_FILES_MAX];
	unsigned char packed[ROOM];
};

static bool
fail(struct zip *zip, int error)
{
	if (zip->error == 0)
		zip->error = error;
	errno = zip->error;
	return false;
}

static bool
write_at(struct zip *zip, const unsigned char *bytes, size_t length, uint64_t at)
{
	while (length > 0) {
		ssize_t written = pwrite(zip->fd, bytes, length, (off_t)at);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return fail(zip, written == 0 ? EIO : errno);
		bytes += written;
		length -= (size_t)written;
		at += (uint64_t)written;
	}
	return true;
}

static bool
append(struct zip *zip, const unsigned char *bytes, size_t length)
{
	if (zip->at + length > UINT32_MAX)
		return fail(zip, EFBIG);
	if (!write_at(zip, bytes, length, zip->at))
		return false;
	zip->at += length;
	return true;
}

/* Little-endian, one behind the other. */
static unsigned char *
put(unsigned char *to, int bytes, uint64_t value)
{
	for (; bytes > 0; bytes--, value >>= 8)
		*to++ = (unsigned char)value;
	return to;
}

/* What a file's head and its line of the directory have in common. */
static unsigned char *
put_entry(unsigned char *to, const struct zip *zip, const struct entry *entry)
{
	to = put(to, 2, FORMAT_VERSION);
	to = put(to, 2, UTF8_NAME);
	to = put(to, 2, DEFLATED);
	to = put(to, 4, zip->time);
	to = put(to, 4, entry->checksum);
	to = put(to, 4, entry->packed);
	to = put(to, 4, entry->plain);
	to = put(to, 2, strlen(entry->name));
	return put(to, 2, 0); /* further members */
}

static uint32_t
dos_time(struct instant at)
{
	struct civil civil = instant_civil(at);

	return (uint32_t)((civil.year - FIRST_YEAR) << 25 | civil.month << 21 | civil.day << 16 | civil.hour << 11 |
	    civil.minute << 5 | civil.second / 2);
}

static void
end_stream(void *stream)
{
	deflateEnd(stream);
}

struct zip *
zip_new(struct arena *arena, int fd)
{
	struct zip *zip = ARENA_NEW(arena, struct zip);

	*zip = (struct zip) { .arena = arena, .fd = fd, .time = dos_time(instant_now()) };
	/* Without zlib's own head and checksum: the archive has them. */
	if (deflateInit2(&zip->stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		fail(zip, ENOMEM);
	else
		arena_defer(arena, end_stream, &zip->stream);
	return zip;
}

static bool
pack(struct zip *zip, const void *bytes, size_t length, int flush)
{
	struct entry *entry = &zip->entries[zip->count - 1];

	zip->stream.next_in = (unsigned char *)(uintptr_t)bytes;
	zip->stream.avail_in = (unsigned)length;
	do {
		zip->stream.next_out = zip->packed;
		zip->stream.avail_out = ROOM;
		deflate(&zip->stream, flush);
		entry->packed += ROOM - zip->stream.avail_out;
		if (!append(zip, zip->packed, ROOM - zip->stream.avail_out))
			return false;
	} while (zip->stream.avail_out == 0);
	return true;
}

/* Its sizes are known now: they stand in its head. */
static bool
end_file(struct zip *zip)
{
	struct entry *entry = &zip->entries[zip->count - 1];
	unsigned char sizes[12];

	zip->open = false;
	if (!pack(zip, "", 0, Z_FINISH))
		return false;
	put(put(put(sizes, 4, entry->checksum), 4, entry->packed), 4, entry->plain);
	return write_at(zip, sizes, sizeof sizes, entry->at + CHECKSUM_AT);
}

bool
zip_begin(struct zip *zip, const char *name)
{
	struct entry *entry = &zip->entries[zip->count];
	unsigned char head[LOCAL_HEAD];

	assert(zip->count < ZIP_FILES_MAX && strlen(name) < UINT16_MAX);
	if (zip->error != 0 || (zip->open && !end_file(zip)))
		return fail(zip, zip->error);
	*entry = (struct entry) { .name = arena_copy(zip->arena, name, strlen(name)), .at = (uint32_t)zip->at };
	put_entry(put(head, 4, 0x04034b50), zip, entry);
	zip->count++;
	zip->open = true;
	deflateReset(&zip->stream);
	return append(zip, head, sizeof head) && append(zip, (const unsigned char *)name, strlen(name));
}

bool
zip_add(struct zip *zip, const void *bytes, size_t length)
{
	struct entry *entry;

	if (zip->error != 0)
		return fail(zip, zip->error);
	assert(zip->open);
	entry = &zip->entries[zip->count - 1];
	entry->plain += length;
	if (entry->plain > UINT32_MAX)
		return fail(zip, EFBIG);
	entry->checksum = (uint32_t)crc32_z(entry->checksum, bytes, length);
	return pack(zip, bytes, length, Z_NO_FLUSH);
}

static bool
write_directory(struct zip *zip)
{
	uint64_t      from = zip->at;
	unsigned char head[DIRECTORY_HEAD], end[DIRECTORY_END], *to;

	for (const struct entry *entry = zip->entries; entry < zip->entries + zip->count; entry++) {
		to = put_entry(put(put(head, 4, 0x02014b50), 2, FORMAT_VERSION), zip, entry);
		to = put(to, 10, 0); /* comment, disk, attributes: none */
		put(to, 4, entry->at);
		if (!append(zip, head, sizeof head) || !append(zip, (const unsigned char *)entry->name, strlen(entry->name)))
			return false;
	}
	to = put(put(end, 4, 0x06054b50), 4, 0); /* disks: this one */
	to = put(put(to, 2, zip->count), 2, zip->count);
	to = put(put(to, 4, zip->at - from), 4, from);
	put(to, 2, 0); /* comment */
	return append(zip, end, sizeof end);
}

bool
zip_finish(struct zip *zip)
{
	if (zip->error != 0 || (zip->open && !end_file(zip)))
		return fail(zip, zip->error);
	return write_directory(zip);
}
