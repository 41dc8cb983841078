/* ctl_import.h: what the imports of closed orders and payments have in common. */
#ifndef CTL_IMPORT_H
#define CTL_IMPORT_H

#include "ops/command.h"
#include "ops/import_file.h"

#include "base/money.h"
#include "base/problem.h"

#include <stdbool.h>
#include <stdint.h>

struct shape;

struct history_import {
	struct control    *control;
	struct import_file file;
	bool               dry;
	int64_t            made, known, refused; /* orders, or payments */
};

/* import_run.c */

/* Tell what is wrong with a row. */
void history_refuse(int64_t row, const char *where, const char *what);

/* An amount of the currency; NULL is 0.  False when it has more digits than the currency, or is below 0. */
bool history_amount(const struct decimal *decimal, const char *currency, int64_t *minor);

/* Run an import: open the file of the last argument, `import_all` it, tell how that went, and keep that in the audit log. */
int history_run(struct history_import *import, struct control *control, int count, char **arguments, const struct shape *shape,
    const char *what, const struct problem *(*import_all)(struct history_import *import));

/* ctl_import_payments.c */
int run_import_payments(struct control *control, int count, char **arguments);

#endif
