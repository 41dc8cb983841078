/*
 * shop.h: a made-up shop for runs of random trade: ten merchants in five currencies, customers in three countries, coupons, rates of
 * exchange, and a clock that the program and the database share.
 *
 * All of it follows from a seed, so that a run that found something can be had again.
 */
#ifndef TESTS_REPORTS_SHOP_H
#define TESTS_REPORTS_SHOP_H

#include "base/config.h"
#include "base/ids.h"
#include "store/work.h"

enum { CURRENCIES = 5, MERCHANTS = 10, CUSTOMERS = 12, ACCOUNTANTS = 2, GOODS_MAX = 64 };

/* Without decimals, with two and three of them; the reporting currency; one that never had a rate. */
extern const char *const shop_currencies[CURRENCIES + 1];

struct shop_good {
	struct variant_id variant;
	int               currency, merchant;
};

struct shop {
	struct config      config;
	struct work        work;
	struct st_mysql   *root; /* what others see */
	struct merchant_id merchants[MERCHANTS];
	struct user_id     customers[CUSTOMERS], staff[ACCOUNTANTS];
	struct address_id  addresses[CUSTOMERS];
	struct shop_good   goods[GOODS_MAX];
	int                n_goods;
};
extern struct shop shop;

/* Make its schema in a database of its own; false when that cannot be had, which is said.  Then, within a test, all that is in it. */
bool shop_open(uint64_t seed, int64_t opened_ms);
void shop_fill(void);

/* Milliseconds since 1970, of instant_now() and of NOW() in statements of shop.work. */
void    shop_set_clock(int64_t unix_ms);
int64_t shop_clock(void);

/* A number from 0 on below `below`; true in so many of a hundred cases. */
int64_t dice(int64_t below);
bool    luck(int percent);

/* The system, or (as) somebody who may do all the same. */
void act_as(const struct user_id *user);

#endif
