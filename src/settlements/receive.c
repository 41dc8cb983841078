/* A file that came is kept for the job. */
#include "base/arena.h"
#include "base/config.h"
#include "events/audit.h"
#include "http/upload.h"
#include "settlements/settlement.h"
#include "store/db.h"

#include <unistd.h>

struct known_file {
	struct settlement_id id;
};

static const struct member known_file_members[] = {
	M_ID(struct known_file, id, "id"),
};
SHAPE(struct known_file, known_file_shape, "KnownFile", known_file_members);

static const struct problem *
check_known(struct work *work, const char *provider, struct bytes digest)
{
	struct known_file *known;

	TRY(db_row(work->db, &known_file_shape, &known,
	    "SELECT s.id FROM settlements s WHERE s.provider = ? AND s.digest = ? AND s.known = 1", P(provider), P(digest)));
	if (known == NULL)
		return OK;
	return problem_at(work->arena, PROBLEM_SETTLEMENT_KNOWN, "settlement_id", uuid_text(work->arena, known->id.uuid));
}

/* The file has its name before the row is committed; a name without a row is removed in time (leftover.c). */
static const struct problem *
insert(struct work *work, const struct settlement *settlement, struct bytes digest)
{
	const struct problem *problem = db_run(work->db, NULL,
	    "INSERT INTO settlements (id, provider, file_name, digest, bytes, created_by, updated_by, created_at) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	    P(settlement->id), P(settlement->provider), P(settlement->file_name), P(digest), P(settlement->bytes),
	    P(acting_user(work)), P(acting_user(work)), P(settlement->created_at));

	if (db_duplicate(work->db, problem, "uq_settlements_digest"))
		return problem(SETTLEMENT_KNOWN, "the file was received before");
	TRY(problem);
	TRY(audit_record(
	    work, "settlement.received", "settlement", settlement->id.uuid, &settlement_summary_shape, NULL, settlement));
	return queue_settlement(work, settlement->id);
}

const struct problem *
receive_settlement(struct work *work, enum settlement_provider provider, const struct upload *file, struct settlement *settlement)
{
	struct bytes          digest = { file->digest, sizeof file->digest };
	const struct problem *problem;
	const char           *name;

	*settlement = (struct settlement) { .id = NEW_ID(settlement_id),
		.provider = settlement_provider_values[provider],
		.status = SETTLEMENT_QUEUED,
		.file_name = file->filename,
		.bytes = file->size,
		.created_at = instant_now() };
	if (file->size == 0)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "file", "is empty");
	TRY(check_known(work, settlement->provider, digest));
	name = settlement_file(work->arena, settlement->id);
	TRY(upload_keep(work, file, name));
	problem = insert(work, settlement, digest);
	if (problem != OK)
		unlink(arena_format(work->arena, "%s/%s", work->config->http.import_directory, name));
	return problem;
}
