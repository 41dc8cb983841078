#include "events/doorbell.h"

#include "base/config.h"
#include "store/work.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static bool
address_of(const char *run_directory, struct sockaddr_un *address)
{
	int length;

	*address = (struct sockaddr_un) { .sun_family = AF_UNIX };
	length = snprintf(address->sun_path, sizeof address->sun_path, "%s/doorbell", run_directory);
	return length > 0 && (size_t)length < sizeof address->sun_path;
}

int
doorbell_bind(const char *run_directory)
{
	struct sockaddr_un address;
	int                fd, error;

	if (!address_of(run_directory, &address)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	unlink(address.sun_path);
	if (bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && chmod(address.sun_path, 0660) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

void
doorbell_answer(int fd)
{
	char byte;

	if (recv(fd, &byte, sizeof byte, MSG_DONTWAIT) < 0)
		return; /* another worker was quicker */
}

/* A full queue of rings, or nobody who listens, is all the same. */
static void
ring(struct work *work, void *argument)
{
	static int         fd = -1;
	struct sockaddr_un address;

	(void)argument;
	if (fd < 0)
		fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && address_of(work->config->run_directory, &address))
		sendto(fd, "!", 1, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&address, sizeof address);
}

void
doorbell_ring_after_commit(struct work *work)
{
	work_after_commit(work, ring, NULL);
}
