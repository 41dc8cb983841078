#include "http/master.h"

#include "base/config.h"
#include "base/instant.h"
#include "base/log.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	BACKOFF_FIRST_MS = 50,
	STEADY_MS = 2000,         /* a worker that lived so long is none of a crash loop */
	PROCESSES_PER_PLACE = 16, /* with those of earlier replacements that still drain */
	NO_ROLL = -1,
};

enum state { ABSENT, STARTING, SERVING, DRAINING };

struct process {
	enum state state;
	pid_t      pid;
	int        ready_fd; /* STARTING: where it says so */
	unsigned   generation;
	int64_t    started_at_ms;
	int64_t    kill_at_ms; /* STARTING: not ready; DRAINING: not gone; 0: not */
};

/* What one worker index has: its process, a successor, and predecessors that drain. */
struct place {
	struct process processes[PROCESSES_PER_PLACE];
	unsigned       wanted; /* generation */
	unsigned       failures;
	int64_t        start_at_ms; /* not before */
};

struct crew {
	const struct master *master;
	int                  signals_fd;
	sigset_t             before; /* the signal mask that the master was called with */
	bool                 stopping, announced, roll_again;
	int64_t              stop_at_ms; /* 0: nobody has asked */
	int                  rolling;    /* the place that is being replaced, or NO_ROLL */
	unsigned             generation;
	struct place         places[WORKERS_MAX];
};

static int worker_ready_fd = -1;

/* Shared by the master and all its workers. */
static bool *draining;

bool
worker_draining(void)
{
	return draining != NULL && __atomic_load_n(draining, __ATOMIC_RELAXED);
}

void
worker_ready(void)
{
	if (worker_ready_fd < 0)
		return;
	/*
	 * A master that is gone, or that has sent TERM meanwhile, does not listen any more: that is no reason to die of
	 * SIGPIPE before TERM is heard.
	 */
	if (send(worker_ready_fd, "+", 1, MSG_NOSIGNAL) != 1 && errno != EPIPE)
		log_warning("cannot report to the master that the worker is ready", LOG_TEXT("cause", strerror(errno)));
	close(worker_ready_fd);
	worker_ready_fd = -1;
}

/* Tell systemd a state (sd_notify(3)): "READY=1".  Nothing happens when NOTIFY_SOCKET is not set. */
static void
notify_systemd(const char *state)
{
	const char        *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t             length = path == NULL ? 0 : strlen(path);
	int                fd;

	if (length == 0 || length >= sizeof address.sun_path || (fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) < 0)
		return;
	memcpy(address.sun_path, path, length);
	if (*path == '@')
		address.sun_path[0] = '\0'; /* a name in the abstract namespace */
	if (sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) < 0)
		log_warning("cannot notify systemd", LOG_TEXT("cause", strerror(errno)));
	close(fd);
}

static void
notify_reloading(void)
{
	char state[80];

	snprintf(state, sizeof state, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)monotonic_us());
	notify_systemd(state);
}

/* Every process that is there, with the place it stands at. */
#define FOR_EACH_PROCESS(crew, place, process) \
	for (struct place *place = (crew)->places; place < (crew)->places + (crew)->master->workers; place++) \
		for (struct process *process = place->processes; process < place->processes + PROCESSES_PER_PLACE; process++) \
			if (process->state != ABSENT)

static bool
is_live(const struct process *process)
{
	return process->state == STARTING || process->state == SERVING;
}

static _Noreturn void
become_worker(struct crew *crew, int index, int ready_fd, pid_t parent)
{
	sigset_t signals = crew->before;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(0); /* it died before it was asked to tell us */
	close(crew->signals_fd);
	FOR_EACH_PROCESS(crew, place, process)
	if (process->state == STARTING)
		close(process->ready_fd);
	worker_ready_fd = ready_fd;
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_SETMASK, &signals, NULL);
	exit(crew->master->work(index, crew->master->argument));
}

static struct process *
free_process(struct place *place)
{
	for (int i = 0; i < PROCESSES_PER_PLACE; i++)
		if (place->processes[i].state == ABSENT)
			return &place->processes[i];
	return NULL;
}

static int64_t
backoff_ms(unsigned failures)
{
	int64_t delay_ms = failures == 0 ? 0 : (int64_t)BACKOFF_FIRST_MS << (failures < 10 ? failures - 1 : 9);

	return delay_ms < MASTER_BACKOFF_MAX_MS ? delay_ms : MASTER_BACKOFF_MAX_MS;
}

static void
start_worker(struct crew *crew, struct place *place, int64_t now)
{
	struct process *process = free_process(place);
	int             index = (int)(place - crew->places), ready[2];
	pid_t           pid, parent = getpid();

	if (process == NULL)
		return; /* that many still drain: the end of one wakes us */
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ready) != 0) {
		log_error("cannot start a worker", LOG_NUMBER("worker", index), LOG_TEXT("cause", strerror(errno)));
		place->start_at_ms = now + MASTER_BACKOFF_MAX_MS;
		return;
	}
	fflush(NULL); /* or each worker would print it again */
	pid = fork();
	if (pid == 0) {
		close(ready[0]);
		become_worker(crew, index, ready[1], parent);
	}
	close(ready[1]);
	if (pid < 0) {
		log_error("cannot start a worker", LOG_NUMBER("worker", index), LOG_TEXT("cause", strerror(errno)));
		close(ready[0]);
		place->start_at_ms = now + MASTER_BACKOFF_MAX_MS;
		return;
	}
	*process = (struct process) { .state = STARTING,
		.pid = pid,
		.ready_fd = ready[0],
		.generation = place->wanted,
		.started_at_ms = now,
		.kill_at_ms = now + (crew->master->ready_ms > 0 ? crew->master->ready_ms : MASTER_READY_MS) };
}

static void
drain_worker(struct crew *crew, struct process *process, int64_t now)
{
	if (process->state == STARTING)
		close(process->ready_fd);
	process->state = DRAINING;
	process->kill_at_ms = now + (crew->master->drain_ms > 0 ? crew->master->drain_ms : MASTER_DRAIN_MS);
	kill(process->pid, SIGTERM);
}

/* Notes the end of a worker; one that was not asked to end is started again, later each time. */
static void
reap_worker(struct crew *crew, struct place *place, struct process *process, int status, int64_t now)
{
	bool asked = process->state == DRAINING;

	if (process->state == STARTING)
		close(process->ready_fd);
	process->state = ABSENT;
	if (asked)
		return;
	if (now - process->started_at_ms >= STEADY_MS)
		place->failures = 0;
	place->start_at_ms = now + backoff_ms(place->failures++);
	log_warning("worker exited unexpectedly", LOG_NUMBER("worker", place - crew->places), LOG_NUMBER("pid", process->pid),
	    LOG_NUMBER("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0),
	    LOG_NUMBER("status", WIFEXITED(status) ? WEXITSTATUS(status) : 0),
	    LOG_NUMBER("again_in_ms", place->start_at_ms - now));
}

static void
reap(struct crew *crew, int64_t now)
{
	int   status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		FOR_EACH_PROCESS(crew, place, process)
	if (process->pid == pid)
		reap_worker(crew, place, process, status, now);
}

/* The second time there is no more notice. */
static void
note_stop(struct crew *crew, int64_t now)
{
	if (crew->stop_at_ms == 0) {
		notify_systemd("STOPPING=1");
		__atomic_store_n(draining, true, __ATOMIC_RELAXED);
		crew->stop_at_ms = now + crew->master->notice_ms;
	} else if (crew->stop_at_ms > now) {
		crew->stop_at_ms = now;
	}
}

static void
take_signals(struct crew *crew)
{
	struct signalfd_siginfo info;

	while (read(crew->signals_fd, &info, sizeof info) == (ssize_t)sizeof info) {
		if (info.ssi_signo == SIGHUP)
			crew->roll_again = true;
		else if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT)
			note_stop(crew, monotonic_ms());
	}
}

/* A worker has said that it serves: it takes the place, and who had it before drains. */
static void
take_over(struct crew *crew, struct place *place, struct process *successor, int64_t now)
{
	close(successor->ready_fd);
	successor->state = SERVING;
	successor->kill_at_ms = 0;
	for (int i = 0; i < PROCESSES_PER_PLACE; i++)
		if (is_live(&place->processes[i]) && &place->processes[i] != successor)
			drain_worker(crew, &place->processes[i], now);
}

static struct process *
live_of(struct place *place, unsigned generation)
{
	for (int i = 0; i < PROCESSES_PER_PLACE; i++)
		if (is_live(&place->processes[i]) && place->processes[i].generation == generation)
			return &place->processes[i];
	return NULL;
}

/* Goes on with the replacement of one worker after another; says when all are new, or all are there for the first time. */
static void
roll(struct crew *crew)
{
	int workers = (int)crew->master->workers, serving = 0;

	for (int i = 0; i < workers; i++) {
		struct process *process = live_of(&crew->places[i], crew->places[i].wanted);

		serving += process != NULL && process->state == SERVING;
	}
	if (serving < workers)
		return;
	if (crew->rolling != NO_ROLL && ++crew->rolling < workers) {
		crew->places[crew->rolling].wanted = crew->generation;
		return;
	}
	if (crew->rolling != NO_ROLL || !crew->announced)
		notify_systemd("READY=1");
	crew->announced = true;
	crew->rolling = NO_ROLL;
	if (!crew->roll_again)
		return;
	crew->roll_again = false;
	if (crew->master->reload != NULL && !crew->master->reload(crew->master->argument))
		return;
	crew->rolling = 0;
	crew->places[0].wanted = ++crew->generation;
	log_info("replacing the workers", LOG_NUMBER("generation", crew->generation));
	notify_reloading();
}

/* Does everything that the state of the crew asks for now. */
static void
supervise(struct crew *crew, int64_t now)
{
	reap(crew, now);
	if (crew->stop_at_ms != 0 && now >= crew->stop_at_ms)
		crew->stopping = true;
	FOR_EACH_PROCESS(crew, place, process)
	{
		char byte;

		if (process->state == STARTING && read(process->ready_fd, &byte, 1) == 1)
			take_over(crew, place, process, now);
		if (crew->stopping && is_live(process))
			drain_worker(crew, process, now);
		if (process->kill_at_ms != 0 && now >= process->kill_at_ms) {
			log_warning("killing a worker that did not stop in time", LOG_NUMBER("pid", process->pid),
			    LOG_TEXT("to", process->state == STARTING ? "start" : "drain"));
			process->kill_at_ms = 0;
			kill(process->pid, SIGKILL);
		}
	}
	if (crew->stopping)
		return;
	roll(crew);
	for (struct place *place = crew->places; place < crew->places + crew->master->workers; place++)
		if (live_of(place, place->wanted) == NULL && now >= place->start_at_ms)
			start_worker(crew, place, now);
}

/* Waits for a signal, a worker that gets ready, or the next time of something. */
static void
watch(struct crew *crew)
{
	static struct pollfd polls[1 + WORKERS_MAX * PROCESSES_PER_PLACE];
	nfds_t               n = 0;
	int64_t              now = monotonic_ms(), next = INT64_MAX;

	polls[n++] = (struct pollfd) { .fd = crew->signals_fd, .events = POLLIN };
	if (crew->stop_at_ms != 0 && !crew->stopping)
		next = crew->stop_at_ms;
	FOR_EACH_PROCESS(crew, place, process)
	{
		if (process->state == STARTING)
			polls[n++] = (struct pollfd) { .fd = process->ready_fd, .events = POLLIN };
		if (process->kill_at_ms != 0 && process->kill_at_ms < next)
			next = process->kill_at_ms;
	}
	for (struct place *place = crew->places; place < crew->places + crew->master->workers; place++)
		if (!crew->stopping && live_of(place, place->wanted) == NULL && free_process(place) != NULL &&
		    place->start_at_ms < next)
			next = place->start_at_ms;
	poll(polls, n, next == INT64_MAX ? -1 : next <= now ? 0 : (int)(next - now));
}

static bool
any_process(struct crew *crew)
{
	FOR_EACH_PROCESS(crew, place, process)
	return true;
	return false;
}

int
master_run(const struct master *master)
{
	static struct crew crew;
	sigset_t           signals;

	assert(master->workers >= 1 && master->workers <= WORKERS_MAX && master->work != NULL);
	crew = (struct crew) { .master = master, .rolling = NO_ROLL };
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, &crew.before);
	crew.signals_fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
	draining = mmap(NULL, sizeof *draining, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (crew.signals_fd < 0 || draining == MAP_FAILED) {
		log_error("cannot start: no signal descriptor or out of memory", LOG_TEXT("cause", strerror(errno)));
		draining = NULL;
		sigprocmask(SIG_SETMASK, &crew.before, NULL);
		return -1;
	}
	supervise(&crew, monotonic_ms());
	while (!crew.stopping || any_process(&crew)) {
		watch(&crew);
		take_signals(&crew);
		supervise(&crew, monotonic_ms());
	}
	close(crew.signals_fd);
	munmap(draining, sizeof *draining);
	draining = NULL;
	sigprocmask(SIG_SETMASK, &crew.before, NULL);
	return 0;
}
