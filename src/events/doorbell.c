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
address_of(const char *run_directory, const char *lane, struct sockaddr_un *address)
{
	int length;

	*address = (struct sockaddr_un) { .sun_family = AF_UNIX };
	length = snprintf(address->sun_path, sizeof address->sun_path, "%s/doorbell-%s", run_directory, lane);
	return length > 0 && (size_t)length < sizeof address->sun_path;
}

int
doorbell_bind(const char *run_directory, const char *lane)
{
	struct sockaddr_un address;
	int                fd, error;

	if (!address_of(run_directory, lane, &address)) {
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

bool
doorbell_is_heard(const char *run_directory, const char *lane)
{
	struct sockaddr_un address;
	int                fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool               heard;

	if (fd < 0)
		return false;
	heard = address_of(run_directory, lane, &address) && connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
	close(fd);
	return heard;
}

void
doorbell_answer(int fd, bool all)
{
	char byte;

	while (recv(fd, &byte, sizeof byte, MSG_DONTWAIT) >= 0 && all) /* else another worker was quicker */
		;
}

/* A full queue of rings, or nobody who listens, is all the same. */
static void
ring(struct work *work, void *lane)
{
	static int         fd = -1;
	struct sockaddr_un address;

	if (fd < 0)
		fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && address_of(work->config->run_directory, lane, &address))
		sendto(fd, "!", 1, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&address, sizeof address);
}

void
doorbell_ring_after_commit(struct work *work, const char *lane)
{
	work_after_commit(work, ring, (void *)lane);
}
