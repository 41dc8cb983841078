#include "base/write_all.h"

#include <errno.h>
#include <unistd.h>

/* Nothing taken, and no error either, is a device that is full. */
static bool
goes_on(ssize_t written, size_t *done)
{
	if (written < 0)
		return errno == EINTR;
	if (written == 0)
		errno = ENOSPC;
	*done += (size_t)written;
	return written > 0;
}

bool
write_all(int fd, const void *bytes, size_t length)
{
	for (size_t done = 0; done < length;)
		if (!goes_on(write(fd, (const char *)bytes + done, length - done), &done))
			return false;
	return true;
}

bool
write_all_at(int fd, const void *bytes, size_t length, int64_t at)
{
	for (size_t done = 0; done < length;)
		if (!goes_on(pwrite(fd, (const char *)bytes + done, length - done, at + (int64_t)done), &done))
			return false;
	return true;
}
