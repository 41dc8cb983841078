/* security_page.h: the page of one's password and sessions.  For the files of this folder. */
#ifndef PAGES_SECURITY_PAGE_H
#define PAGES_SECURITY_PAGE_H

#include "accounts/linked.h"
#include "accounts/session.h"
#include "pages/account_frame.h"

/* A session as people know it. */
struct session_view {
	struct session_id id;
	const char       *browser, *system; /* by their names; NULL: unknown */
	const char       *ip;
	struct instant    last_active_at;
	bool              current;
};

struct security_view {
	struct site             site;
	struct account_frame    frame;
	struct form_field       old_password, password, password_confirm;
	struct session_view    *sessions;
	size_t                  n_sessions;
	struct linked_identity *identities; /* what opens the account beside its password */
	size_t                  n_identities;
	bool                    has_identities, is_last; /* without an e-mail address nothing else opens it */
};
SHAPE_DECLARE(struct security_view, security_view_shape);

#endif
