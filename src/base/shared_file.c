#include "base/shared_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* What an operator's tool makes as root is the workers' own, as their run directory is. */
static void
give_to_owner(const char *path, int fd)
{
	char        directory[4096];
	struct stat owner;
	const char *slash = strrchr(path, '/');

	if (geteuid() != 0 || slash == NULL)
		return;
	snprintf(directory, sizeof directory, "%.*s", (int)(slash - path), path);
	if (stat(directory, &owner) != 0 || fchown(fd, owner.st_uid, owner.st_gid) != 0)
		errno = 0; /* then they say that they cannot share it */
}

void *
shared_file_map(const char *path, size_t bytes, int *kept_fd)
{
	int   fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0660);
	void *mapped = MAP_FAILED;
	int   error;

	if (fd < 0)
		return NULL;
	give_to_owner(path, fd);
	error = ftruncate(fd, (off_t)bytes) == 0 ? posix_fallocate(fd, 0, (off_t)bytes) : errno;
	if (error == 0) {
		mapped = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		error = errno;
	}
	if (kept_fd != NULL && mapped != MAP_FAILED)
		*kept_fd = fd;
	else
		close(fd);
	errno = error;
	return mapped == MAP_FAILED ? NULL : mapped;
}
