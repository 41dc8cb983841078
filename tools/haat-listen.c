/*
 * haat-listen: gives a program a listening Unix socket as its standard input, as a systemd socket unit would.
 *
 *   haat-listen SOCKET MODE -- PROGRAM [ARGUMENT...]
 *
 * Binds SOCKET (an old file of that name is replaced), sets its permissions to the octal MODE, listens with a backlog of
 * 511 and becomes PROGRAM.  For ./dev and the tests; an installed haat has systemd do this.
 */
#include <errno.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 511 };

static int
fail(const char *what, const char *subject)
{
	fprintf(stderr, "haat-listen: cannot %s '%s': %s\n", what, subject, strerror(errno));
	return 1;
}

static bool
parse_mode(const char *text, mode_t *mode)
{
	char         *end;
	unsigned long value = strtoul(text, &end, 8);

	*mode = (mode_t)value;
	return end != text && *end == '\0' && value <= 0777;
}

/* The socket is made with no permissions for others, so that nobody connects before its mode is set. */
static int
listen_on(const char *path, mode_t mode)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int                fd;
	mode_t             before;
	bool               bound;

	if (strlen(path) >= sizeof address.sun_path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	if ((fd = socket(AF_UNIX, SOCK_STREAM, 0)) < 0)
		return -1;
	unlink(path);
	before = umask(0177);
	bound = bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
	umask(before);
	if (!bound || chmod(path, mode) != 0 || listen(fd, BACKLOG) != 0)
		return -1;
	return fd;
}

int
main(int argc, char **argv)
{
	mode_t mode;
	int    fd;

	if (argc < 5 || strcmp(argv[3], "--") != 0 || !parse_mode(argv[2], &mode)) {
		fputs("usage: haat-listen SOCKET MODE -- PROGRAM [ARGUMENT...]\n", stderr);
		return 2;
	}
	if ((fd = listen_on(argv[1], mode)) < 0)
		return fail("listen on", argv[1]);
	if (fd != STDIN_FILENO && (dup2(fd, STDIN_FILENO) < 0 || close(fd) != 0))
		return fail("pass on", argv[1]);
	execvp(argv[4], argv + 4);
	return fail("start", argv[4]);
}
