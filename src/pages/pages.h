/*
 * pages.h: what people see in a browser, printed whole by the server from templates (template/template.h).
 *
 * A page answers with a policy of its own (policy.h), is kept nowhere, and works without script where its provider does.
 */
#ifndef PAGES_H
#define PAGES_H

#include "http/route.h"

struct config;
struct text;

#define PAGE_TYPE "text/html; charset=utf-8"

extern const struct route_table catalog_pages_table, sitemap_table, product_pages_table, product_reviews_table, sign_in_table,
    register_table, order_pages_table, cart_page_table;
extern const struct route_table checkout_table, account_pages_table, address_pages_table, security_pages_table, money_pages_table,
    data_pages_table, confirm_pages_table, google_pages_table, phone_pages_table, pages_table, letter_pages_table,
    wishlist_pages_table, review_pages_table, pay_on_table, dress_table;

/*
 * Reads the templates, the messages and the shop's own look, before the workers are made, and takes them in place of what was read
 * before.  False: nothing has changed, and `faults` has a line more.
 */
bool pages_load(const struct config *config, struct text *faults);

#endif
