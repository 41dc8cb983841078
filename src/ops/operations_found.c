/* What is wrong with a part, see operations.h. */
#include "ops/operations.h"

void
operations_found(struct operations *operations, enum part part, enum part_condition condition, const char *note)
{
	struct part_report *report = &operations->parts[part];

	if ((int)condition <= report->condition)
		return;
	report->condition = condition;
	report->note = note;
}
