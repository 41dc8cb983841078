/* A file of rates is read whole before anything is kept: see rate_file.h. */
#include "exchange/rate_file.h"

#include "base/arena.h"
#include "base/csv.h"
#include "base/money.h"
#include "exchange/rates.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { SHOWN_MAX = 40 };

static const char *const months[] = { "January", "February", "March", "April", "May", "June", "July", "August", "September",
	"October", "November", "December", NULL };

struct reading {
	struct arena     *arena;
	struct csv        csv;
	const char       *today;
	struct rate_file *file;
	struct faults    *faults;
	size_t            room, columns;
	const char       *currencies[CSV_CELLS_MAX]; /* of each column; NULL: it is let be */
	int64_t           row;                       /* the number of the one that is read, from 1 */
	const char       *day;                       /* of the row before */
	int               order;                     /* of the days: as strcmp tells it of one and the next; 0: not known yet */
};

/* `column` NULL: the row as a whole. */
static void
fault(struct reading *reading, const char *column, const char *what)
{
	const char *row = arena_format(reading->arena, "row %lld", (long long)reading->row);

	faults_add(reading->faults, column == NULL ? row : arena_format(reading->arena, "%s, %s", row, column), what);
}

static char *
trim(char *cell)
{
	size_t length;

	cell += strspn(cell, " \t");
	length = strlen(cell);
	while (length > 0 && (cell[length - 1] == ' ' || cell[length - 1] == '\t'))
		cell[--length] = '\0';
	return cell;
}

/* A cell as a message shows it. */
static const char *
quoted(struct arena *arena, const char *cell)
{
	char *text = arena_format(arena, "'%.*s'", SHOWN_MAX, cell);

	for (char *at = text; *at != '\0'; at++)
		if (*at < ' ' || *at > '~')
			*at = '?';
	return text;
}

static bool
is_code(const char *cell)
{
	return strlen(cell) == 3 && isupper((unsigned char)cell[0]) && isupper((unsigned char)cell[1]) &&
	    isupper((unsigned char)cell[2]);
}

/* The currency of a column; NULL: none of today's money. */
static const char *
read_currency(struct reading *reading, const char *cell)
{
	if (!is_code(cell)) {
		fault(reading, NULL, arena_format(reading->arena, "%s is no code of a currency", quoted(reading->arena, cell)));
		return NULL;
	}
	if (strcmp(cell, RATES_BASE) == 0) {
		fault(reading, cell, "is what the rates are of");
		return NULL;
	}
	for (size_t i = 1; i < reading->columns; i++)
		if (reading->currencies[i] != NULL && strcmp(reading->currencies[i], cell) == 0)
			fault(reading, cell, "is there twice");
	if (currency_exponent(cell) >= 0)
		return arena_string(reading->arena, cell);
	reading->file->left_out =
	    arena_format(reading->arena, "%s%s%s", reading->file->left_out, *reading->file->left_out == '\0' ? "" : ", ", cell);
	return NULL;
}

static void
read_names(struct reading *reading)
{
	size_t count = reading->csv.count;

	while (count > 1 && *trim(reading->csv.cells[count - 1]) == '\0')
		count--;
	if (strcasecmp(trim(reading->csv.cells[0]), "Date") != 0 || count == 1) {
		fault(reading, NULL, "must be Date and codes of currencies");
		return;
	}
	for (reading->columns = 1; reading->columns < count; reading->columns++)
		reading->currencies[reading->columns] = read_currency(reading, trim(reading->csv.cells[reading->columns]));
}

/* "2 January 2026" or "2026-01-02" as the latter, in the arena; NULL when there is no such day. */
static const char *
read_day(struct arena *arena, const char *cell)
{
	char        month[10];
	int         day, year, end = 0, index = 0;
	const char *text = cell;

	if (sscanf(cell, "%2d %9[A-Za-z] %4d%n", &day, month, &year, &end) == 3 && cell[end] == '\0') {
		while (months[index] != NULL && strcasecmp(months[index], month) != 0)
			index++;
		text = arena_format(arena, "%04d-%02d-%02d", year, index + 1, day);
	}
	return day_is_valid(text) ? arena_string(arena, text) : NULL;
}

static void
read_rate(struct reading *reading, const char *currency, const char *cell)
{
	struct decimal    decimal;
	struct file_rate *rate = &reading->file->rates[reading->file->count];

	if (*cell == '\0' || strcmp(cell, "N/A") == 0)
		return;
	if (reading->file->count == reading->room) {
		fault(reading, NULL, "there are too many rates");
		return;
	}
	if (!decimal_parse(cell, strlen(cell), &decimal) || !rate_millionths(decimal, &rate->millionths)) {
		fault(reading, currency, arena_format(reading->arena, "%s is no rate", quoted(reading->arena, cell)));
		return;
	}
	rate->currency = currency;
	rate->day = reading->day;
	reading->file->count++;
}

/* Days that go one way are never there twice. */
static bool
is_in_order(struct reading *reading, const char *day)
{
	int order = reading->day == NULL ? 0 : strcmp(reading->day, day);

	if (reading->day == NULL)
		return true;
	if (reading->order == 0)
		reading->order = order;
	return order != 0 && (order > 0) == (reading->order > 0);
}

static void
note_day(struct rate_file *file, const char *day)
{
	file->days++;
	if (file->first_day == NULL || strcmp(day, file->first_day) < 0)
		file->first_day = day;
	if (file->last_day == NULL || strcmp(day, file->last_day) > 0)
		file->last_day = day;
}

static void
read_row(struct reading *reading)
{
	struct csv *csv = &reading->csv;
	const char *day = read_day(reading->arena, trim(csv->cells[0]));

	if (day == NULL) {
		fault(reading, NULL, arena_format(reading->arena, "%s is no day", quoted(reading->arena, csv->cells[0])));
		return;
	}
	if (strcmp(day, reading->today) > 0)
		fault(reading, NULL, arena_format(reading->arena, "%s is yet to come", day));
	if (!is_in_order(reading, day))
		fault(reading, NULL, arena_format(reading->arena, "%s is there twice, or out of order", day));
	reading->day = day;
	note_day(reading->file, day);
	for (size_t i = reading->columns; i < csv->count; i++)
		if (*trim(csv->cells[i]) != '\0') {
			fault(reading, NULL, "has more cells than there are columns");
			return;
		}
	if (csv->count < reading->columns) {
		fault(reading, NULL, "has fewer cells than there are columns");
		return;
	}
	for (size_t i = 1; i < reading->columns; i++)
		if (reading->currencies[i] != NULL)
			read_rate(reading, reading->currencies[i], trim(csv->cells[i]));
}

/* No file has more rates than separators. */
static size_t
count_rates(const char *bytes, size_t length)
{
	size_t count = 0;

	for (size_t i = 0; i < length && count < FILE_RATES_MAX; i++)
		count += bytes[i] == ',' || bytes[i] == ';' || bytes[i] == '\t';
	return count;
}

bool
rate_file_read(struct arena *arena, char *bytes, size_t length, const char *today, struct rate_file *file, struct faults *faults)
{
	struct reading reading = {
		.arena = arena, .today = today, .file = file, .faults = faults, .room = count_rates(bytes, length)
	};
	enum csv_found found;
	size_t         used;

	*file = (struct rate_file) { .rates = ARENA_ARRAY(arena, reading.room + 1, struct file_rate), .left_out = "" };
	while (faults->count < sizeof faults->list / sizeof *faults->list &&
	    (found = csv_next(&reading.csv, bytes, length, true, &used)) != CSV_END) {
		bytes += used;
		length -= used;
		reading.row++;
		if (found == CSV_BAD)
			fault(&reading, NULL, reading.csv.fault);
		else if (reading.columns == 0)
			read_names(&reading);
		else if (reading.csv.count > 1 || *trim(reading.csv.cells[0]) != '\0')
			read_row(&reading);
		if (reading.columns == 0)
			break;
	}
	if (faults->count == 0 && file->count == 0)
		faults_add(faults, "file", "has no rates");
	return faults->count == 0;
}
