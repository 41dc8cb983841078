#include "media/child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_STARTED = 127, FILES_MAX = 64 };

/* With these a program could reach others than its own files, or leave the group in which it is ended. */
static const int refused_calls[] = { SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_ptrace, SYS_process_vm_readv,
	SYS_process_vm_writev, SYS_io_uring_setup, SYS_unshare, SYS_setns, SYS_mount, SYS_bpf, SYS_keyctl, SYS_add_key,
	SYS_perf_event_open, SYS_userfaultfd, SYS_pidfd_getfd, SYS_pidfd_open, SYS_pidfd_send_signal, SYS_kill, SYS_tkill,
	SYS_tgkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_setsid, SYS_setpgid };

enum { REFUSED = sizeof refused_calls / sizeof *refused_calls, FILTER_MAX = REFUSED + 8 };

#if defined __x86_64__
#define NATIVE AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define NATIVE AUDIT_ARCH_AARCH64
#else
_Static_assert(false, "the audit architecture of this processor is to be named here");
#endif

/* Calls of another architecture (and of x32, whose numbers have a bit more) mean others by the same numbers. */
static bool
refuse_calls(void)
{
	struct sock_filter filter[FILTER_MAX];
	struct sock_fprog  program = { .filter = filter };
	unsigned short     n = 0;

	filter[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
	filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE, 1, 0);
	filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	filter[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, REFUSED + 1, 0);
	for (unsigned i = 0; i < REFUSED; i++)
		filter[n++] = (struct sock_filter)BPF_JUMP(
		    BPF_JMP | BPF_JEQ | BPF_K, (unsigned)refused_calls[i], (unsigned char)(REFUSED - i), 0);
	filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	program.len = n;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static bool
limit(int resource, int64_t value)
{
	struct rlimit both = { (rlim_t)value, (rlim_t)value };

	return prlimit(0, (__rlimit_resource_t)resource, &both, NULL) == 0;
}

static bool
limit_all(const struct child *child)
{
	return limit(RLIMIT_AS, child->memory_bytes) && limit(RLIMIT_CPU, child->seconds) &&
	    limit(RLIMIT_FSIZE, child->file_bytes) && limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, FILES_MAX);
}

/* Between fork and exec: nothing but system calls. */
static _Noreturn void
become(const struct child *child, pid_t parent)
{
	static char *const environment[] = { "PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "VIPS_CONCURRENCY=1",
		"VIPS_BLOCK_UNTRUSTED=1", "HOME=/nonexistent", "TMPDIR=.", NULL };
	int                nothing = open("/dev/null", O_RDWR);
	sigset_t           none;

	sigemptyset(&none);
	setpgid(0, 0);
	if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(nothing, 1) < 0 || dup2(nothing, 2) < 0 || close_range(3, ~0U, 0) != 0 ||
	    chdir(child->directory) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent || !limit_all(child) ||
	    sigprocmask(SIG_SETMASK, &none, NULL) != 0 || !refuse_calls())
		_exit(NOT_STARTED);
	execvpe(child->command[0], (char *const *)child->command, environment);
	_exit(NOT_STARTED);
}

/* Has it ended by then? */
static bool
wait_for(pid_t pid, int64_t milliseconds)
{
	struct pollfd poll_fd = { .fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN };
	int           ready;

	if (poll_fd.fd < 0)
		return false;
	do
		ready = poll(&poll_fd, 1, (int)milliseconds);
	while (ready < 0 && errno == EINTR);
	close(poll_fd.fd);
	return ready > 0;
}

enum child_outcome
child_run(const struct child *child)
{
	pid_t parent = getpid(), pid = fork();
	bool  in_time;
	int   status = 0;

	if (pid < 0)
		return CHILD_NOT_STARTED;
	if (pid == 0)
		become(child, parent);
	setpgid(pid, pid); /* by whoever is first, so that the group is there to be killed */
	in_time = wait_for(pid, child->seconds * 1000);
	kill(-pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (!in_time)
		return CHILD_OUT_OF_TIME;
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_STARTED)
		return CHILD_NOT_STARTED;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? CHILD_DONE : CHILD_FAILED;
}
