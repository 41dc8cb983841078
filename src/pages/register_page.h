/* register_page.h: the pages on which people open an account, and a shop.  For the files of this folder. */
#ifndef PAGES_REGISTER_PAGE_H
#define PAGES_REGISTER_PAGE_H

#include "pages/form_view.h"
#include "pages/site.h"

struct register_choice {
	int  business_type; /* enum business_type */
	bool is_chosen;
};

struct register_view {
	struct site             site;
	const char             *next; /* NULL: the first page */
	bool                    is_wrong, is_shop, offers_google, offers_phone, has_others;
	struct form_field       full_name, email, phone, password, password_confirm;
	struct form_field       shop_name, business_type, business_id, gst_number, currency; /* is_shop */
	struct register_choice *choices;
	size_t                  n_choices;
};
SHAPE_DECLARE(struct register_view, register_view_shape);

#endif
