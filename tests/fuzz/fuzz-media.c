/*
 * Uploads: whatever is in them, they are looked into without a crash and within bounds; what is taken has dimensions that may be
 * decoded and keeps its length, and what was blanked once is taken again as it is.
 */
#include "media/content.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void
look_again(int fd, size_t length, const struct content *before)
{
	char          *blanked = arena_alloc(fuzz_arena(), length + 1), *after = arena_alloc(fuzz_arena(), length + 1);
	struct content content;

	PROPERTY(pread(fd, blanked, length, 0) == (ssize_t)length);
	PROPERTY(content_read(fd, (int64_t)length, &content) == NULL);
	PROPERTY(pread(fd, after, length, 0) == (ssize_t)length);
	PROPERTY(memcmp(blanked, after, length) == 0 && strcmp(content.type, before->type) == 0);
}

void
fuzz_one(const uint8_t *bytes, size_t length)
{
	int            fd = memfd_create("upload", MFD_CLOEXEC);
	struct content content;
	struct stat    status;

	if (length > 64 * 1024 || fd < 0 || write(fd, bytes, length) != (ssize_t)length) {
		close(fd);
		return;
	}
	if (content_read(fd, (int64_t)length, &content) == NULL) {
		PROPERTY(content.kind == MEDIA_VIDEO ||
		    (content.width > 0 && content.height > 0 && content.width * content.height <= MEDIA_PIXELS_MAX));
		look_again(fd, length, &content);
	}
	PROPERTY(fstat(fd, &status) == 0 && status.st_size == (off_t)length);
	close(fd);
}
