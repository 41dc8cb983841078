#include "notify/stop.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

int
stop_open(void)
{
	sigset_t signals;
	int      fd;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		abort();
	return fd;
}

bool
stop_asked(int fd)
{
	struct signalfd_siginfo one;

	return read(fd, &one, sizeof one) == sizeof one;
}
