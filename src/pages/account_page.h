/* account_page.h: the pages of one's profile, and of all that is kept of one.  For the files of this folder. */
#ifndef PAGES_ACCOUNT_PAGE_H
#define PAGES_ACCOUNT_PAGE_H

#include "accounts/accounts.h"
#include "pages/account_frame.h"
#include "people/export.h"

/* A language of letters to choose. */
struct letter_language {
	const char *code, *name;
	bool        is_chosen;
};

struct account_view {
	struct site             site;
	struct account_frame    frame;
	struct user            *user;
	bool                    asks_verification, asks_password;
	bool                    has_news;
	struct form_field       full_name, email, phone, locale, news, password, file;
	struct letter_language *languages;
	size_t                  n_languages;
};
SHAPE_DECLARE(struct account_view, account_view_shape);

/* What there is of the last export. */
struct export_view {
	const char     *url;
	struct instant *expires_at;
	bool            is_ready, is_queued, has_failed; /* one of them */
};

struct data_view {
	struct site          site;
	struct account_frame frame;
	struct export_view *export; /* NULL: there is none */
	bool has_shop, is_held;     /* is_held: the shop has open orders or money to be paid out */
};
SHAPE_DECLARE(struct data_view, data_view_shape);

#endif
