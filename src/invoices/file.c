#include "invoices/file.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/log.h"
#include "base/text.h"
#include "base/write_all.h"
#include "events/job.h"
#include "store/db.h"
#include "store/work.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PDF_MAX = 8 << 20, PRINT_TIMEOUT_MS = 30000 };

/* Which invoices: those of the order that the asker saw, told by their digest. */
struct print_job {
	struct order_id     order;
	struct merchant_id *merchant; /* NULL: of all sellers */
};

static const struct member print_job_members[] = {
	M_ID(struct print_job, order, "order", .required = true),
	M_ID(struct print_job, merchant, "merchant", .nullable = true),
};
SHAPE(struct print_job, print_job_shape, "PrintJob", print_job_members);

struct stored_file {
	struct bytes pdf;
};

static const struct member stored_file_members[] = {
	M_BYTES(struct stored_file, pdf, "pdf", PDF_MAX),
};
SHAPE(struct stored_file, stored_file_shape, "StoredFile", stored_file_members);

static struct bytes
digest_of(struct work *work, const struct invoice_set *set)
{
	struct uuid   *ids = ARENA_ARRAY(work->arena, set->count, struct uuid);
	unsigned char *digest = ARENA_ARRAY(work->arena, 32, unsigned char);

	for (size_t i = 0; i < set->count; i++)
		ids[i] = set->rows[i].id;
	sha256(ids, set->count * sizeof *ids, digest);
	return (struct bytes) { digest, 32 };
}

/* The one seller (or the shop) that all of the set are of, where it is not the whole order. */
static struct merchant_id *
only_seller(struct work *work, const struct invoice_set *set, int64_t of_order)
{
	struct merchant_id *merchant;

	if ((size_t)of_order == set->count)
		return NULL;
	merchant = ARENA_NEW(work->arena, struct merchant_id);
	merchant->uuid = set->rows[0].merchant;
	return merchant;
}

static const struct problem *
ask_for(struct work *work, const struct invoice_set *set, struct bytes digest)
{
	struct print_job payload = { .order = set->order };
	const char      *key = arena_format(work->arena, "invoices:%s", hex_encode(work->arena, digest.bytes, 16));
	int64_t          of_order;

	TRY(db_value(work->db, &of_order, "SELECT COUNT(*) FROM invoices WHERE order_id = ?", P(set->order)));
	payload.merchant = only_seller(work, set, of_order);
	TRY(db_run(work->db, NULL, "INSERT IGNORE INTO invoice_files (digest, order_id, asked_at) VALUES (?, ?, ?)", P(digest),
	    P(set->order), P(instant_now())));
	return job_enqueue(work, JOB_PRINT_INVOICES, key, NULL, &print_job_shape, &payload);
}

const struct problem *
find_invoice_file(struct work *work, const struct invoice_set *set, struct bytes *pdf)
{
	struct bytes        digest = digest_of(work, set);
	struct stored_file *file;

	*pdf = (struct bytes) { NULL, 0 };
	if (set->count == 0)
		return OK;
	TRY(db_row(work->db, &stored_file_shape, &file, "SELECT {} FROM invoice_files WHERE digest = ?", P(digest)));
	if (file != NULL && file->pdf.bytes != NULL) {
		*pdf = file->pdf;
		return OK;
	}
	return db_transaction(work, ask_for(work, set, digest));
}

/* ---- the job ---- */

/* Waits for the child until its time is over, then ends it. */
static bool
ended_well(pid_t pid)
{
	int           handle = pidfd_open(pid, 0), status = -1;
	int64_t       until = monotonic_ms() + PRINT_TIMEOUT_MS, left;
	struct pollfd ended = { .fd = handle, .events = POLLIN };

	while (handle >= 0 && (left = until - monotonic_ms()) > 0 && poll(&ended, 1, (int)left) < 1)
		if (errno != EINTR)
			break;
	if (handle < 0 || monotonic_ms() >= until)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (handle >= 0)
		close(handle);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Runs the program from one descriptor into another. */
static bool
run_printer(struct work *work, int input, int output)
{
	static char               *environment[] = { "PATH=/usr/bin:/bin", "LANG=C.UTF-8", NULL };
	char                      *arguments[] = { arena_format(work->arena, "%s", work->config->invoices.program), NULL };
	posix_spawn_file_actions_t actions;
	pid_t                      pid;
	int                        error;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	error = posix_spawn(&pid, arguments[0], &actions, NULL, arguments, environment);
	posix_spawn_file_actions_destroy(&actions);
	if (error == 0)
		return ended_well(pid);
	log_error(
	    "cannot run the program that prints invoices", LOG_ID("program", arguments[0]), LOG_TEXT("error", strerror(error)));
	return false;
}

static bool
write_text(int file, const struct text *text)
{
	return write_all(file, text->bytes, text->length) && lseek(file, 0, SEEK_SET) == 0;
}

static bool
read_whole(struct arena *arena, int file, struct bytes *bytes)
{
	struct stat    status;
	unsigned char *into;
	size_t         done = 0;

	if (fstat(file, &status) != 0 || status.st_size < 1 || status.st_size > PDF_MAX)
		return false;
	into = ARENA_ARRAY(arena, (size_t)status.st_size, unsigned char);
	while (done < (size_t)status.st_size) {
		ssize_t got = pread(file, into + done, (size_t)status.st_size - done, (off_t)done);

		if (got <= 0)
			return false;
		done += (size_t)got;
	}
	*bytes = (struct bytes) { into, done };
	return true;
}

/* The documents go in as a JSON array, the PDF comes out; both through memory that has no name. */
static const struct problem *
print(struct work *work, const struct invoice_set *set, struct bytes *pdf)
{
	struct text documents = text_new(work->arena, 8192);
	int         input = memfd_create("invoices", MFD_CLOEXEC), output = memfd_create("pdf", MFD_CLOEXEC);
	bool        good;

	for (size_t i = 0; i < set->count; i++) {
		text_add_char(&documents, i == 0 ? '[' : ',');
		text_add(&documents, set->rows[i].document, strlen(set->rows[i].document));
	}
	text_add_char(&documents, ']');
	good = input >= 0 && output >= 0 && write_text(input, &documents) && run_printer(work, input, output) &&
	    read_whole(work->arena, output, pdf);
	if (input >= 0)
		close(input);
	if (output >= 0)
		close(output);
	return good ? OK : problem(INTERNAL, "the invoices could not be printed");
}

const struct problem *
print_invoices_job(struct work *work, const struct job *job)
{
	struct print_job          wanted = { .merchant = NULL };
	struct invoice_set        set;
	struct bytes              digest, pdf;
	const struct merchant_id *merchant;

	TRY(job_payload(work, job, &print_job_shape, &wanted));
	merchant = wanted.merchant;
	TRY(find_invoices(work, uuid_text(work->arena, wanted.order.uuid), merchant == NULL ? NULL : &merchant->uuid, &set));
	digest = digest_of(work, &set);
	TRY(print(work, &set, &pdf));
	return db_run(work->db, NULL,
	    "INSERT INTO invoice_files (digest, order_id, asked_at, pdf) VALUES (?, ?, ?, ?) ON DUPLICATE KEY UPDATE pdf = VALUES(pdf)",
	    P(digest), P(set.order), P(instant_now()), P(pdf));
}

const struct problem *
forget_invoice_files(struct work *work, struct instant before, int64_t *removed)
{
	return db_run(work->db, removed, "DELETE FROM invoice_files WHERE asked_at < ? LIMIT 1000", P(before));
}
