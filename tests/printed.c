#include "tests/printed.h"

#include "tests/suite.h"

#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int
run(const char *command, int output)
{
	char *const                arguments[] = { "sh", "-c", (char *)(uintptr_t)command, NULL };
	posix_spawn_file_actions_t actions;
	int                        status = -1;
	pid_t                      pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	if (posix_spawn(&pid, "/bin/sh", &actions, NULL, arguments, environ) == 0)
		waitpid(pid, &status, 0);
	posix_spawn_file_actions_destroy(&actions);
	return status;
}

/* What was printed lives until the program ends. */
static struct printed {
	struct printed *next;
	char            text[];
} * all_printed;

const char *
printed_by(const char *command)
{
	int             output = memfd_create("printed", MFD_CLOEXEC);
	off_t           length;
	struct printed *printed;

	REQUIRE(output >= 0);
	CHECK_INT(run(command, output), 0);
	length = lseek(output, 0, SEEK_END);
	printed = calloc(1, sizeof *printed + (size_t)length + 1);
	REQUIRE(printed != NULL);
	printed->next = all_printed;
	all_printed = printed;
	CHECK_INT(pread(output, printed->text, (size_t)length, 0), length);
	close(output);
	while (length > 0 && printed->text[length - 1] == '\n')
		printed->text[--length] = '\0';
	return printed->text;
}
