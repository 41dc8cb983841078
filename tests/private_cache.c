#include "tests/private_cache.h"

#include "base/config.h"

#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static char  directory[] = "/tmp/haat-limit.XXXXXX", socket_path[64];
static pid_t server, owner;

static bool
connects(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int                fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool               connected;

	snprintf(address.sun_path, sizeof address.sun_path, "%s", socket_path);
	connected = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
	close(fd);
	return connected;
}

void
private_cache_stop(void)
{
	if (server == 0 || getpid() != owner)
		return;
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	unlink(socket_path);
	server = 0;
}

void
private_cache_signal(int signal_number)
{
	kill(server, signal_number);
	if (signal_number == SIGSTOP)
		waitpid(server, NULL, WUNTRACED);
}

static void
clear_up(void)
{
	private_cache_stop();
	if (getpid() == owner)
		rmdir(directory);
}

static bool
start(void)
{
	struct passwd *user = getpwuid(getuid());

	if (owner == 0) {
		owner = getpid();
		if (mkdtemp(directory) == NULL)
			return false;
		snprintf(socket_path, sizeof socket_path, "%s/socket", directory);
		atexit(clear_up);
	}
	server = fork();
	if (server == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execlp("memcached", "memcached", "-u", user->pw_name, "-s", socket_path, "-m", "8", "-t", "1", (char *)NULL);
		_exit(errno == ENOENT ? 77 : 1);
	}
	while (!connects()) {
		if (waitpid(server, NULL, WNOHANG) == server) {
			server = 0;
			return false;
		}
		usleep(2000);
	}
	return true;
}

bool
private_cache_start(struct config *config)
{
	if (server == 0 && !start())
		return false;
	config->cache.servers = socket_path;
	config->cache.prefix = "test:";
	config->cache.timeout_ms = 300;
	config->cache.circuit_failures = 3;
	config->cache.circuit_open_seconds = 1;
	return true;
}
