/* The program that makes pictures' sizes: what it may not have, and how it ends when it takes too much. */
#include "media/child.h"
#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MEMORY = 256 << 20, FILE_MOST = 1 << 20 };

static enum child_outcome
run_program(const char *program, const char *option, const char *text, int64_t seconds)
{
	const char *const command[] = { program, option, text, NULL };

	return child_run(&(struct child) { command, "/tmp", MEMORY, FILE_MOST, seconds });
}

static void
an_end_is_told(void)
{
	CHECK_INT(run_program("sh", "-c", "exit 0", 5), CHILD_DONE);
	CHECK_INT(run_program("sh", "-c", "exit 3", 5), CHILD_FAILED);
	CHECK_INT(run_program("no-such-program", "-c", "exit 0", 5), CHILD_NOT_STARTED);
	CHECK_INT(run_program("perl", "-MPOSIX", "-eabort", 5), CHILD_FAILED);
}

static void
a_hang_is_ended_with_all_it_has_started(void)
{
	CHECK_INT(run_program("sh", "-c", "sleep 100 & sleep 100", 1), CHILD_OUT_OF_TIME);
	CHECK_INT(run_program("perl", "-e", "1 while 1", 1), CHILD_OUT_OF_TIME);
}

static void
memory_and_files_end(void)
{
	CHECK_INT(run_program("perl", "-e", "my $x = 'a' x (100 << 20);", 5), CHILD_DONE);
	CHECK_INT(run_program("perl", "-e", "my $x = 'a' x (1000 << 20);", 5), CHILD_FAILED);
	CHECK_INT(run_program("sh", "-c", "f=/tmp/haat-child-$$; trap 'rm -f $f' EXIT; head -c 9000000 /dev/zero >$f", 5),
	    CHILD_FAILED);
}

static void
there_is_no_network(void)
{
	CHECK_INT(run_program("perl", "-e", "exit(socket(my $s, 2, 1, 0) ? 0 : $! + 0)", 5), CHILD_FAILED);
	CHECK_INT(run_program("perl", "-e", "exit(socket(my $s, 2, 1, 0) ? 9 : $!{EPERM} ? 0 : 8)", 5), CHILD_DONE);
}

/* Whatever it becomes, it ends nobody else, and stays in the group that is ended with it. */
static void
it_signals_nobody_and_leaves_no_group(void)
{
	static const int calls[] = { SYS_kill, SYS_tkill, SYS_tgkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_pidfd_open,
		SYS_pidfd_send_signal, SYS_setsid, SYS_setpgid };
	char             program[200];

	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		/* In a child: the first of a group could not begin a session anyway. */
		snprintf(program, sizeof program,
		    "if (fork) { wait; exit($? >> 8) } exit(syscall(%d, 0, 0, 0, 0) == -1 && $!{EPERM} ? 0 : 9)", calls[i]);
		CHECK_INT(run_program("perl", "-e", program, 5), CHILD_DONE);
	}
}

static void
it_inherits_nothing(void)
{
	setenv("HAAT_SECRET", "x", 1);
	CHECK_INT(run_program("sh", "-c", "test -z \"$HAAT_SECRET\" && test ! -e /proc/self/fd/7", 5), CHILD_DONE);
	CHECK_INT(dup2(0, 7), 7);
	CHECK_INT(run_program("sh", "-c", "test ! -e /proc/self/fd/7", 5), CHILD_DONE);
	close(7);
}

SUITE("media child", TEST(an_end_is_told), TEST(a_hang_is_ended_with_all_it_has_started), TEST(memory_and_files_end),
    TEST(there_is_no_network), TEST(it_signals_nobody_and_leaves_no_group), TEST(it_inherits_nothing))
