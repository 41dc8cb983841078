/*
 * cells.h: single values of settlement files: amounts, times, ids.  Each function is false when the text is not one.
 */
#ifndef SETTLEMENT_CELLS_H
#define SETTLEMENT_CELLS_H

#include "base/money.h"

#include <stdint.h>

struct arena;

/* Upper-case ISO 4217 code of a cell in any case. */
bool cell_currency(const char *text, char into[4]);

/* Amounts are at most 10^15 minor units, either way. */

/* "20.00", "-5", in files that part by semicolons also "20,00", in the currency's digits; an empty cell is 0. */
bool cell_major(const char *text, char separator, const char *currency, int64_t *minor);

/* Digits only, with a minus: in the currency's minor unit; an empty cell is 0. */
bool cell_minor(const char *text, const char *currency, int64_t *minor);

/*
 * "2026-01-02 03:04:05" and "02/01/2026 03:04:05" (day first), shifted by `offset_seconds` east of Greenwich;
 * "2026/01/02 03:04:06 -0800"; RFC 3339.  Unix time in milliseconds; 0 for an empty cell.
 */
bool cell_time(const char *text, int offset_seconds, int64_t *unix_ms);

/* Printable ASCII of at most `max` bytes in the arena; *into is NULL for an empty cell. */
bool cell_id(struct arena *arena, const char *text, size_t max, const char **into);

#endif
