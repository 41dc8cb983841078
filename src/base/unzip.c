/* An archive is read from its end, where its directory is. */
#include "base/unzip.h"

#include "base/arena.h"

#include <stdint.h>
#include <string.h>
#include <zlib.h>

enum {
	LOCAL_HEAD = 30,
	DIRECTORY_HEAD = 46,
	DIRECTORY_END = 22,
	COMMENT_MAX = 65535,
	STORED = 0,
	DEFLATED = 8,
	ENCRYPTED = 1,
};

static const char local_sign[] = { 'P', 'K', 3, 4 }, directory_sign[] = { 'P', 'K', 1, 2 }, end_sign[] = { 'P', 'K', 5, 6 };

/* A file, as the directory tells of it. */
struct entry {
	unsigned flags, method;
	uint32_t checksum, packed, plain, at;
};

static uint32_t
number_at(const char *bytes, int size)
{
	uint32_t number = 0;

	for (int i = size; i > 0; i--)
		number = number << 8 | (unsigned char)bytes[i - 1];
	return number;
}

bool
unzip_is_archive(const char *bytes, size_t length)
{
	return length >= sizeof local_sign && memcmp(bytes, local_sign, sizeof local_sign) == 0;
}

/* What ends the archive, behind which there is nothing but its comment; NULL: nothing does. */
static const char *
find_end(const char *bytes, size_t length)
{
	for (size_t comment = 0; comment <= COMMENT_MAX && comment + DIRECTORY_END <= length; comment++) {
		const char *end = bytes + length - DIRECTORY_END - comment;

		if (memcmp(end, end_sign, sizeof end_sign) == 0 && number_at(end + 20, 2) == comment)
			return end;
	}
	return NULL;
}

static const char *
read_directory(const char *bytes, size_t length, struct entry *entry)
{
	const char *end = find_end(bytes, length), *head;
	uint32_t    at;

	if (end == NULL)
		return "is cut off, or no archive";
	if (number_at(end + 10, 2) != 1)
		return "must hold exactly one file";
	at = number_at(end + 16, 4);
	if (at > (size_t)(end - bytes) || (size_t)(end - bytes) - at < DIRECTORY_HEAD)
		return "has a damaged directory";
	head = bytes + at;
	if (memcmp(head, directory_sign, sizeof directory_sign) != 0)
		return "has a damaged directory";
	*entry = (struct entry) { .flags = number_at(head + 8, 2),
		.method = number_at(head + 10, 2),
		.checksum = number_at(head + 16, 4),
		.packed = number_at(head + 20, 4),
		.plain = number_at(head + 24, 4),
		.at = number_at(head + 42, 4) };
	return NULL;
}

/* The file's packed bytes, which all stand within the archive; NULL: they do not. */
static const char *
packed_bytes(const char *bytes, size_t length, const struct entry *entry)
{
	size_t head_length;

	if (entry->at > length || length - entry->at < LOCAL_HEAD)
		return NULL;
	head_length = LOCAL_HEAD + number_at(bytes + entry->at + 26, 2) + number_at(bytes + entry->at + 28, 2);
	if (memcmp(bytes + entry->at, local_sign, sizeof local_sign) != 0 || length - entry->at < head_length ||
	    length - entry->at - head_length < entry->packed)
		return NULL;
	return bytes + entry->at + head_length;
}

/* False unless they are exactly what the directory says. */
static bool
inflate_all(const char *packed, const struct entry *entry, char *plain)
{
	z_stream stream = { .next_in = (unsigned char *)packed,
		.avail_in = entry->packed,
		.next_out = (unsigned char *)plain,
		.avail_out = entry->plain };
	bool     whole;

	if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
		return false;
	whole = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.total_out == entry->plain;
	inflateEnd(&stream);
	return whole;
}

const char *
unzip_only(struct arena *arena, const char *bytes, size_t length, size_t most, char **plain, size_t *plain_length)
{
	struct entry entry;
	const char  *fault = read_directory(bytes, length, &entry), *packed;

	if (fault != NULL)
		return fault;
	if ((entry.flags & ENCRYPTED) != 0 || (entry.method != STORED && entry.method != DEFLATED))
		return "is packed in a way that is not known here";
	if (entry.plain > most)
		return "is too large unpacked";
	packed = packed_bytes(bytes, length, &entry);
	if (packed == NULL || (entry.method == STORED && entry.packed != entry.plain))
		return "has a damaged directory";
	*plain = arena_alloc(arena, (size_t)entry.plain + 1);
	*plain_length = entry.plain;
	if (entry.method == STORED)
		memcpy(*plain, packed, entry.plain);
	else if (!inflate_all(packed, &entry, *plain))
		return "is damaged";
	if (crc32(0, (const unsigned char *)*plain, entry.plain) != entry.checksum)
		return "is damaged";
	return NULL;
}
