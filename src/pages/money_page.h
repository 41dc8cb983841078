/* money_page.h: the page of one's stored payment methods and subscriptions.  For the files of this folder. */
#ifndef PAGES_MONEY_PAGE_H
#define PAGES_MONEY_PAGE_H

#include "pages/account_frame.h"
#include "payments/method.h"
#include "payments/subscriptions/subscription.h"

struct method_view {
	struct payment_method_id id;
	const char              *label;
	int                      method_type, method_status; /* enums of method.h */
	bool                     is_default, is_unusable;
	struct instant          *expires;
};

struct subscription_view {
	struct subscription_id id;
	const char            *name, *payment_url;
	struct money           amount;
	int                    every, subscription_status; /* enums */
	int64_t                count;
	struct instant         current_period_end;
	bool                   is_ending, is_over, can_pause, can_resume, can_cancel;
};

struct money_view {
	struct site               site;
	struct account_frame      frame;
	struct method_view       *methods;
	struct subscription_view *subscriptions;
	size_t                    n_methods, n_subscriptions;
};
SHAPE_DECLARE(struct money_view, money_view_shape);

#endif
