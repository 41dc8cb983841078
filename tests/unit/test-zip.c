/* Archives that unzip reads. */
#include "base/arena.h"
#include "base/unzip.h"
#include "base/zip.h"
#include "tests/printed.h"
#include "tests/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static struct arena *arena;
static char          path[] = "/tmp/haat-zip-XXXXXX";

static void
test_files_are_read_back(void)
{
	enum { PIECE = 100000, PIECES = 50 };
	int         fd = open(path, O_RDWR | O_TRUNC | O_CLOEXEC);
	struct zip *zip = zip_new(arena, fd);
	char       *noise = arena_alloc(arena, PIECE);
	unsigned    state = 1;

	CHECK(zip_begin(zip, "empty.json"));
	CHECK(zip_begin(zip, "words.json") && zip_add(zip, "[1, ", 4) && zip_add(zip, "2]\n", 3));
	CHECK(zip_begin(zip, "\xe0\xa6\xa2.bin"));
	for (int i = 0; i < PIECES; i++) { /* that does not pack */
		for (int j = 0; j < PIECE; j++) {
			state = state * 1103515245 + 12345;
			noise[j] = (char)(state >> 16);
		}
		CHECK(zip_add(zip, noise, PIECE));
	}
	CHECK(zip_finish(zip));
	close(fd);
	CHECK_TEXT(printed_by(arena_format(arena, "unzip -tqq %s", path)), "");
	CHECK_TEXT(printed_by(arena_format(arena, "unzip -p %s words.json", path)), "[1, 2]");
	CHECK_TEXT(printed_by(arena_format(arena, "unzip -p %s empty.json", path)), "");
	CHECK_TEXT(printed_by(arena_format(arena, "unzip -p %s '*.bin' | wc -c", path)), "5000000");
}

/* The archive of one file, in memory with its length. */
static char *
archive_of(const char *text, size_t *length)
{
	enum { ROOM = 4096 };
	int         fd = open(path, O_RDWR | O_TRUNC | O_CLOEXEC);
	struct zip *zip = zip_new(arena, fd);
	char       *bytes = arena_alloc(arena, ROOM);

	CHECK(zip_begin(zip, "rates.csv") && zip_add(zip, text, strlen(text)) && zip_finish(zip));
	*length = (size_t)pread(fd, bytes, ROOM, 0);
	close(fd);
	return bytes;
}

/* What is wrong, or the file. */
static const char *
unpacked(const char *bytes, size_t length, size_t most)
{
	char       *plain = NULL;
	size_t      plain_length;
	const char *fault = unzip_only(arena, bytes, length, most, &plain, &plain_length);

	return fault != NULL ? fault : plain;
}

static void
test_the_only_file_is_unpacked(void)
{
	static const char text[] = "Date, USD\n";
	size_t            length;
	char             *bytes = archive_of(text, &length);
	int               wrong = 0;

	CHECK(unzip_is_archive(bytes, length));
	CHECK(!unzip_is_archive("PK", 2));
	CHECK_TEXT(unpacked(bytes, length, sizeof text - 1), text);
	CHECK_TEXT(unpacked(bytes, length, sizeof text - 2), "is too large unpacked");
	for (size_t i = 0; i < length; i++)
		CHECK_TEXT(unpacked(bytes, i, 100), "is cut off, or no archive");
	/* Another byte is noticed, or does not matter. */
	for (size_t i = 0; i < length * 8; i++) {
		char  *other = arena_copy(arena, bytes, length), *plain;
		size_t plain_length;

		other[i / 8] = (char)(other[i / 8] ^ 1 << i % 8);
		wrong += unzip_only(arena, other, length, 100, &plain, &plain_length) == NULL && strcmp(plain, text) != 0;
	}
	CHECK_INT(wrong, 0);
	bytes = archive_of("", &length);
	CHECK_TEXT(unpacked(bytes, length, 100), "");
}

/* A file that is in the archive as it is: six bytes from 30 on, named "a". */
static void
test_a_stored_file_is_unpacked(void)
{
	char bytes[] = "PK\3\4\12\0\0\0\0\0\0\0\0\0\302\101\044\065\3\0\0\0\3\0\0\0\1\0\0\0a"
		       "abc"
		       "PK\1\2\12\0\12\0\0\0\0\0\0\0\0\0\302\101\044\065\3\0\0\0\3\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0a"
		       "PK\5\6\0\0\0\0\1\0\1\0\57\0\0\0\42\0\0\0\0";

	CHECK_TEXT(unpacked(bytes, sizeof bytes, 100), "abc");
	bytes[40] = 1;
	CHECK_TEXT(unpacked(bytes, sizeof bytes, 100), "abc");
	bytes[42] = 1;
	CHECK_TEXT(unpacked(bytes, sizeof bytes, 100), "is packed in a way that is not known here");
}

static void
test_two_files_are_not_one(void)
{
	int         fd = open(path, O_RDWR | O_TRUNC | O_CLOEXEC);
	struct zip *zip = zip_new(arena, fd);
	char       *bytes = arena_alloc(arena, 4096);

	CHECK(zip_begin(zip, "a") && zip_begin(zip, "b") && zip_finish(zip));
	CHECK_TEXT(unpacked(bytes, (size_t)pread(fd, bytes, 4096, 0), 100), "must hold exactly one file");
	close(fd);
}

static void
test_what_cannot_be_written_fails_to_the_end(void)
{
	int         fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct zip *zip = zip_new(arena, fd);

	CHECK(!zip_begin(zip, "a"));
	CHECK(!zip_add(zip, "b", 1));
	errno = 0;
	CHECK(!zip_finish(zip));
	CHECK_INT(errno, ENOSPC);
	close(fd);
}

int
main(void)
{
	static const struct test tests[] = {
		{ "files are read back", test_files_are_read_back },
		{ "the only file is unpacked", test_the_only_file_is_unpacked },
		{ "a stored file is unpacked", test_a_stored_file_is_unpacked },
		{ "two files are not one", test_two_files_are_not_one },
		{ "what cannot be written fails to the end", test_what_cannot_be_written_fails_to_the_end },
	};
	int result, fd = mkstemp(path);

	close(fd);
	arena = arena_new(1 << 24);
	result = run_suite("zip", tests, sizeof tests / sizeof *tests);
	arena_free(arena);
	unlink(path);
	return result;
}
