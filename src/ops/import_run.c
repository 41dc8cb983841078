/* What the imports of orders and of payments have in common, see ctl_import.h. */
#include "ops/ctl_import.h"

#include "base/arena.h"
#include "events/audit.h"
#include "store/db.h"
#include "store/work.h"

#include <string.h>

void
history_refuse(int64_t row, const char *where, const char *what)
{
	printf("row %lld: %s%s%s\n", (long long)row, where, *where == '\0' ? "" : ": ", what);
}

bool
history_amount(const struct decimal *decimal, const char *currency, int64_t *minor)
{
	struct money money = { 0 };

	if (decimal != NULL &&
	    (!decimal_to_money(*decimal, currency, &money) || money.minor < 0 || money.minor > INT64_C(1) << 50))
		return false;
	*minor = money.minor;
	return true;
}

struct import_result {
	const char *what;
	int64_t     made, known, refused;
};

static const struct member import_result_members[] = {
	M_TEXT(struct import_result, what, "what", 20),
	M_INTEGER(struct import_result, made, "made", 0, INT64_MAX),
	M_INTEGER(struct import_result, known, "known_before", 0, INT64_MAX),
	M_INTEGER(struct import_result, refused, "refused", 0, INT64_MAX),
};
SHAPE(struct import_result, import_result_shape, "HistoryImport", import_result_members);

static const struct problem *
keep_result(struct work *work, const struct import_result *result)
{
	struct uuid id = uuid_new();

	transaction_witness(work, "SELECT COUNT(*) FROM audit_records WHERE subject_id = ?", id);
	return audit_record(work, "history.imported", "history_import", id, &import_result_shape, NULL, result);
}

int
history_run(struct history_import *import, struct control *control, int count, char **arguments, const struct shape *shape,
    const char *what, const struct problem *(*import_all)(struct history_import *import))
{
	const struct problem *problem;
	struct import_result  result = { .what = what };

	if (count == 2 && strcmp(arguments[0], "--dry-run") != 0)
		return command_misused("'%s' is not --dry-run", arguments[0]);
	import->control = control;
	import->dry = count == 2;
	import->file.arena = control->arena;
	import->file.shape = shape;
	import->file.file = import_file_open(arguments[count - 1]);
	if (import->file.file == NULL || !import_file_begin(&import->file))
		return COMMAND_CANNOT;
	problem = import_all(import);
	if (problem == OK && ferror(import->file.file))
		return command_cannot("the file cannot be read to its end");
	if (import->file.file != stdin)
		fclose(import->file.file);
	result.made = import->made;
	result.known = import->known;
	result.refused = import->refused;
	if (problem == OK && import->made > 0 && !import->dry)
		problem = db_transaction(control->work, keep_result(control->work, &result));
	if (problem != OK)
		return command_problem(problem);
	printf("%s%lld %s made, %lld known before, %lld refused\n", import->dry ? "dry run: " : "", (long long)import->made, what,
	    (long long)import->known, (long long)import->refused);
	return import->refused > 0 ? COMMAND_FINDING : COMMAND_OK;
}
