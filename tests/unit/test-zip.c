/* Archives that unzip reads. */
#include "base/arena.h"
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
