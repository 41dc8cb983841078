#include "tests/store/cutting_proxy.h"

#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static _Atomic int *next_cut; /* shared with the proxy's processes */

static struct sockaddr_un
address_of(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	return address;
}

/* A COM_QUERY packet whose text is COMMIT. */
static bool
is_commit(const char *bytes, ssize_t length)
{
	return length >= 11 && bytes[4] == 3 && memcmp(bytes + 5, "COMMIT", 6) == 0;
}

static void
cut_here(enum cut cut, int client, int server, const char *bytes, ssize_t length)
{
	char answer[4096];

	if (cut == CUT_AND_DELAY) {
		close(client);
		usleep(500000);
	}
	if (cut != CUT_BEFORE_COMMIT && write(server, bytes, (size_t)length) == length && read(server, answer, sizeof answer) < 0)
		_exit(1);
	_exit(0); /* closes both */
}

static void
pump(int client, int server)
{
	static char   bytes[1 << 16];
	struct pollfd polls[2] = { { .fd = client, .events = POLLIN }, { .fd = server, .events = POLLIN } };
	ssize_t       length;

	while (poll(polls, 2, -1) > 0)
		for (int i = 0; i < 2; i++) {
			if (polls[i].revents == 0)
				continue;
			length = read(polls[i].fd, bytes, sizeof bytes);
			if (length <= 0)
				_exit(0);
			if (i == 0 && is_commit(bytes, length)) {
				enum cut cut = (enum cut)atomic_exchange(next_cut, CUT_NOTHING);

				if (cut != CUT_NOTHING)
					cut_here(cut, client, server, bytes, length);
			}
			if (write(polls[1 - i].fd, bytes, (size_t)length) != length)
				_exit(0);
		}
	_exit(0);
}

static void
accept_all(int listener, const char *server_path)
{
	struct sockaddr_un address = address_of(server_path);

	for (;;) {
		int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC), server;

		if (client < 0)
			continue;
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
			if (connect(server, (struct sockaddr *)&address, sizeof address) == 0)
				pump(client, server);
			_exit(1);
		}
		close(client);
	}
}

void
proxy_start(const char *listen_path, const char *server_path)
{
	struct sockaddr_un address = address_of(listen_path);
	int                listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	next_cut = mmap(NULL, sizeof *next_cut, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unlink(listen_path);
	if (next_cut == MAP_FAILED || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
	    listen(listener, 16) != 0)
		abort();
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGCHLD, SIG_IGN);
		accept_all(listener, server_path);
	}
	close(listener);
}

void
proxy_cut(enum cut cut)
{
	atomic_store(next_cut, (int)cut);
}
