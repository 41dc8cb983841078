/* What is wrong with the rows of a batch: see errors.h. */
#include "imports/errors.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/csv.h"
#include "base/log.h"
#include "base/write_all.h"
#include "store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

void
add_error(struct arena *arena, struct error_list *errors, int64_t row, const char *member, const char *message)
{
	if (errors->count == errors->room) {
		struct import_error *more = ARENA_ARRAY(arena, errors->room * 2 + 64, struct import_error);

		if (errors->count > 0)
			memcpy(more, errors->list, errors->count * sizeof *more);
		errors->list = more;
		errors->room = errors->room * 2 + 64;
	}
	errors->list[errors->count++] = (struct import_error) { row, member, message };
}

/* The first are kept; `place` tells those of one row apart. */
static const struct problem *
keep_first(struct work *work, const struct import *import, const struct error_list *errors)
{
	enum { COLUMNS = 5 };
	size_t room = import->error_count >= IMPORT_ERRORS_KEPT ? 0 : (size_t)(IMPORT_ERRORS_KEPT - import->error_count);
	size_t count = errors->count < room ? errors->count : room;
	struct parameter *rows = ARENA_ARRAY(work->arena, count * COLUMNS, struct parameter);

	for (size_t i = 0; i < count; i++) {
		const struct import_error *error = &errors->list[i];
		const struct parameter     row[COLUMNS] = { P(import->id), P(error->row), P(import->error_count + (int64_t)i),
			    P(error->member), P(error->message) };

		memcpy(&rows[i * COLUMNS], row, sizeof row);
	}
	return db_run_many(work->db, NULL,
	    "INSERT INTO import_errors (import_id, number, place, member, message) VALUES [(?, ?, ?, LEFT(?, 200), LEFT(?, 500))]",
	    count, COLUMNS, rows);
}

static bool
write_whole(int fd, const struct text *text, int64_t at)
{
	return write_all_at(fd, text->bytes, text->length, at) && ftruncate(fd, at + (int64_t)text->length) == 0 &&
	    fdatasync(fd) == 0;
}

static const struct problem *
append(struct work *work, const struct import *import, const struct text *text)
{
	const char *path =
	    arena_format(work->arena, "%s/%s", work->config->http.import_directory, import_errors_file(work->arena, import->id));
	int  fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
	bool written = fd >= 0 && write_whole(fd, text, import->error_bytes);

	if (!written)
		log_error("cannot write the errors of an import", LOG_ID("file", path), LOG_TEXT("cause", strerror(errno)));
	if (fd >= 0)
		close(fd);
	return written ? OK : problem(INTERNAL, "the errors of the import cannot be written");
}

const struct problem *
write_errors(struct work *work, const struct import *import, const struct error_list *errors, int64_t *bytes)
{
	struct text text = text_new(work->arena, 4096);

	*bytes = import->error_bytes;
	if (errors->count == 0)
		return OK;
	for (size_t i = 0; i < errors->count; i++) {
		const struct import_error *error = &errors->list[i];

		text_addf(&text, "%lld,", (long long)error->row);
		csv_add_cell(&text, error->member == NULL ? "" : error->member);
		text_add_char(&text, ',');
		csv_add_cell(&text, error->message);
		TEXT_ADD(&text, "\r\n");
	}
	TRY(append(work, import, &text));
	*bytes += (int64_t)text.length;
	return keep_first(work, import, errors);
}
