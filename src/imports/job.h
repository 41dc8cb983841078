/* job.h: the payload of the job that works off an import. */
#ifndef IMPORT_JOB_H
#define IMPORT_JOB_H

#include "imports/import.h"

struct import_job {
	struct import_id import;
};
SHAPE_DECLARE(struct import_job, import_job_shape);

#endif
