#include "tests/faults/stack.h"

#include "base/instant.h"
#include "base/shape.h"
#include "tests/api/check.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { GONE_MS = 10000, READY_MS = 30000, LOOK_MS = 10 };

void
pause_ms(long milliseconds)
{
	nanosleep(&(struct timespec) { milliseconds / 1000, milliseconds % 1000 * 1000000L }, NULL);
}

/* State and start time (field 22) from a stat file of /proc; 'Z' and 0 for a process or thread that is gone. */
static char
read_stat(const char *path, unsigned long long *started)
{
	char  text[1024] = "", *end, state = 'Z';
	FILE *file = fopen(path, "re");

	*started = 0;
	if (file == NULL)
		return state;
	text[fread(text, 1, sizeof text - 1, file)] = '\0';
	fclose(file);
	end = strrchr(text, ')');
	if (end == NULL ||
	    sscanf(end + 2, "%c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &state, started) !=
		2)
		return 'Z';
	return state;
}

/* 0 for a process that is gone or a zombie. */
static unsigned long long
start_time(pid_t pid)
{
	unsigned long long started;
	char               path[64];

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	return read_stat(path, &started) == 'Z' ? 0 : started;
}

/* Does none of the process's threads run any more?  SIGSTOP reaches them one by one. */
static bool
is_stopped(pid_t pid)
{
	char               path[64], file[400];
	struct dirent     *entry;
	unsigned long long started;
	bool               stopped = true;
	DIR               *tasks;

	snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	tasks = opendir(path);
	if (tasks == NULL)
		return true;
	while ((entry = readdir(tasks)) != NULL && stopped) {
		snprintf(file, sizeof file, "%s/%s/stat", path, entry->d_name);
		if (entry->d_name[0] != '.')
			stopped = strchr("TtZ", read_stat(file, &started)) != NULL;
	}
	closedir(tasks);
	return stopped;
}

pid_t
part_process(const char *part)
{
	char               path[512];
	int                pid = 0;
	unsigned long long started = 0;
	FILE              *file;

	snprintf(path, sizeof path, "%s/pid/%s", shop_directory(), part);
	file = fopen(path, "re");
	if (file == NULL)
		return 0;
	if (fscanf(file, "%d %llu", &pid, &started) != 2)
		pid = 0;
	fclose(file);
	return pid > 0 && start_time(pid) == started ? pid : 0;
}

size_t
part_workers(const char *part, pid_t pids[PART_PROCESSES_MAX])
{
	char   path[96];
	pid_t  master = part_process(part);
	size_t count = 0;
	int    child;
	FILE  *file;

	snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)master, (int)master);
	file = master == 0 ? NULL : fopen(path, "re");
	if (file == NULL)
		return 0;
	while (count < PART_PROCESSES_MAX && fscanf(file, "%d", &child) == 1)
		pids[count++] = child;
	fclose(file);
	return count;
}

void
part_signal(const char *part, int signal_number)
{
	pid_t  pids[PART_PROCESSES_MAX + 1], master = part_process(part);
	size_t count = part_workers(part, pids);

	REQUIRE(master > 0);
	kill(master, signal_number);
	for (size_t i = 0; i < count; i++)
		kill(pids[i], signal_number);
	pids[count] = master;
	for (size_t i = 0; signal_number == SIGSTOP && i <= count; i++)
		while (!is_stopped(pids[i]))
			pause_ms(1);
}

void
part_kill(const char *part)
{
	pid_t   pids[PART_PROCESSES_MAX + 1], master = part_process(part);
	size_t  count = part_workers(part, pids);
	int64_t end = monotonic_ms() + GONE_MS;

	REQUIRE(master > 0);
	kill(master, SIGKILL); /* first, so that it starts no others */
	for (size_t i = 0; i < count; i++)
		kill(pids[i], SIGKILL);
	pids[count] = master;
	for (size_t i = 0; i <= count; i++)
		while (start_time(pids[i]) != 0 && monotonic_ms() < end)
			pause_ms(LOOK_MS);
}

static void
run_dev(const char *verb, const char *part)
{
	const char *log = form("%s/log/faults.log", shop_directory());
	int         status = -1, file;
	pid_t       child;

	fflush(NULL);
	child = fork();
	if (child == 0) {
		file = open(log, O_WRONLY | O_APPEND | O_CREAT, 0644);
		dup2(file, STDOUT_FILENO);
		dup2(file, STDERR_FILENO);
		execl("./dev", "dev", verb, part, (char *)NULL);
		_exit(127);
	}
	waitpid(child, &status, 0);
	check_int(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 0, form("./dev %s %s", verb, part), __FILE__, __LINE__);
}

void
part_start(const char *part)
{
	run_dev("up", part);
}

void
part_stop(const char *part)
{
	run_dev("down", part);
}

void
wait_until_ready_says(int status)
{
	int64_t       end = monotonic_ms() + READY_MS;
	struct answer answer = api_get("/ready", NULL);

	while (answer.status != status && monotonic_ms() < end) {
		pause_ms(LOOK_MS);
		answer = api_get("/ready", NULL);
	}
	EXPECT(answer, status);
}

/* --- killing workers ----------------------------------------------------------------------------------------------- */

struct killer {
	atomic_int stopping, killed;
	pid_t      process;
};

static void
kill_until_stopped(struct killer *killer, const char *const *parts, long every_ms)
{
	unsigned seed = (unsigned)getpid();
	size_t   count = 0;

	while (parts[count] != NULL)
		count++;
	while (!atomic_load(&killer->stopping)) {
		pid_t  pids[PART_PROCESSES_MAX];
		size_t workers = part_workers(parts[(size_t)rand_r(&seed) % count], pids);

		if (workers > 0 && kill(pids[(size_t)rand_r(&seed) % workers], SIGKILL) == 0)
			atomic_fetch_add(&killer->killed, 1);
		pause_ms(every_ms);
	}
}

/* In the child it is NULL. */
static struct killer *
killer_new(struct killer **shared)
{
	struct killer *killer = mmap(NULL, sizeof *killer, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t          child;

	REQUIRE(killer != MAP_FAILED);
	fflush(NULL);
	*shared = killer;
	child = fork(); /* not into what is shared: either would read what the other wrote */
	REQUIRE(child >= 0);
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		return NULL;
	}
	killer->process = child;
	return killer;
}

struct killer *
killer_start(const char *const *parts, long every_ms)
{
	struct killer *shared, *killer = killer_new(&shared);

	if (killer != NULL)
		return killer;
	kill_until_stopped(shared, parts, every_ms);
	_exit(0);
}

struct killer *
killer_of_part_start(const char *part, long after_ms)
{
	pid_t          victim = part_process(part);
	struct killer *shared, *killer = killer_new(&shared);

	if (killer != NULL)
		return killer;
	pause_ms(after_ms);
	if (victim > 0 && kill(victim, SIGKILL) == 0)
		atomic_fetch_add(&shared->killed, 1);
	_exit(0);
}

int
killer_stop(struct killer *killer)
{
	int killed;

	atomic_store(&killer->stopping, 1);
	waitpid(killer->process, NULL, 0);
	killed = atomic_load(&killer->killed);
	munmap(killer, sizeof *killer);
	return killed;
}

/* --- what the provider knows --------------------------------------------------------------------------------------- */

void
expect_sandbox_agrees(size_t first)
{
	struct answer intents = sandbox_intents();
	size_t        count = length_at(&intents, "payment_intents");

	for (size_t i = first; i < count; i++) {
		const char *at = form("payment_intents.%zu", i);
		const char *reference = text_at(&intents, form("%s.metadata.reference", at));
		int64_t     kept =
		    number_at(&intents, form("%s.amount_received", at)) - number_at(&intents, form("%s.amount_refunded", at));

		check_int(sql_number("SELECT COUNT(*) FROM payments WHERE reference = '%s'", reference), 1,
		    form("payments of the intent of '%s'", reference), __FILE__, __LINE__);
		/* An attempt that was given up before the provider named it has an intent, but never money. */
		check_int(
		    sql_number(
			"SELECT IFNULL(SUM(e.amount_minor), 0) FROM ledger_entries e "
			"JOIN ledger_transactions t ON t.id = e.transaction_id JOIN ledger_accounts a ON a.id = e.account_id "
			"JOIN payments p ON p.id = t.origin_id WHERE a.kind = 'clearing' AND t.source_kind <> 'fee' AND p.reference = '%s'",
			reference),
		    kept, form("what the ledger has of '%s' in %s", reference, text_at(&intents, form("%s.id", at))), __FILE__,
		    __LINE__);
	}
}

pid_t
only_worker(const char *part)
{
	pid_t pids[PART_PROCESSES_MAX];

	REQUIRE(part_workers(part, pids) == 1);
	return pids[0];
}

long
memory_of(pid_t worker, const char *name)
{
	FILE *status = fopen(form("/proc/%d/status", (int)worker), "re");
	char  line[200];
	long  kilobytes = -1;

	REQUIRE(status != NULL);
	while (fgets(line, sizeof line, status) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			kilobytes = strtol(line + strlen(name) + 1, NULL, 10);
	fclose(status);
	return kilobytes;
}

void
forget_peak(pid_t worker)
{
	FILE *file = fopen(form("/proc/%d/clear_refs", (int)worker), "we");

	REQUIRE(file != NULL && fputs("5", file) >= 0 && fclose(file) == 0);
}
