/*
 * books.h: what the ledger and the lines of orders say, read by plain statements and a loop over their rows.  Nothing here reads what
 * reports are made of, or calls their code.
 *
 * Each transaction is split into moves: what it moved for one line of an order, for a merchant without one, or for nobody.
 */
#ifndef TESTS_REPORTS_BOOKS_H
#define TESTS_REPORTS_BOOKS_H

#include "base/ids.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum move_kind { SALE, GIVEN_BACK, DISPUTED, OTHER };
enum move_of { OF_A_LINE, OF_NO_LINE, OF_SHIPPING_COST, OF_PROVIDER_FEE, OF_A_CHARGE, OF_A_PAYOUT };
enum amount { GROSS, DISCOUNT, TAX, COMMISSION, COST, ESTIMATED, AMOUNTS };

struct move {
	int64_t        posted_ms, sold_ms;
	enum move_kind kind;
	enum move_of   of;
	struct uuid    order, merchant, product, user; /* nil: none */
	char           currency[4], country[3], rate[16];
	bool           first_of_order, first_of_part;
	int64_t        quantity, own[AMOUNTS];

	/* At the rates of the day of its posting, in the reporting currency. */
	bool    has_rate;
	int64_t converted[AMOUNTS];

	/* In the zone of moves_in_zone(), when it was posted and when it was sold. */
	struct moment {
		int64_t day; /* since 1970-01-01 */
		int     hour_of_week;
	} posted, sold;
};

struct moves {
	struct move *rows;
	size_t       count;
};

/* All there is in the database of shop.h, by time; to be freed. */
struct moves moves_read(void);
void         moves_free(struct moves *moves);

void          moves_in_zone(struct moves *moves, const char *zone);
struct moment moment_of(int64_t unix_ms); /* in that zone */

/* At the rate of the day of that instant in the shop; false: there is none. */
bool convert_on(int64_t unix_ms, const char *currency, int64_t minor, int64_t *converted);

/* A statement's rows, to be freed. */
struct st_mysql_res *books_rows(const char *sql);

/* a * b / c, half to even. */
int64_t half_even(int64_t a, int64_t b, int64_t c);

#endif
