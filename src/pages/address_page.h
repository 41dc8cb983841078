/* address_page.h: the pages of one's own addresses.  For the files of this folder. */
#ifndef PAGES_ADDRESS_PAGE_H
#define PAGES_ADDRESS_PAGE_H

#include "accounts/addresses.h"
#include "pages/account_frame.h"
#include "pages/country_choice.h"

struct address_list_view {
	struct site          site;
	struct account_frame frame;
	struct address      *addresses;
	size_t               n_addresses;
};
SHAPE_DECLARE(struct address_list_view, address_list_view_shape);

struct kind_choice {
	int  kind; /* enum address_kind */
	bool is_chosen;
};

struct address_view {
	struct site            site;
	struct account_frame   frame;
	const char            *id; /* NULL: a new one */
	bool                   is_default;
	struct form_field      kind, full_name, phone, line1, line2, city, state, postal_code, country;
	struct kind_choice    *kinds;
	struct country_choice *countries;
	size_t                 n_kinds, n_countries;
};
SHAPE_DECLARE(struct address_view, address_view_shape);

#endif
