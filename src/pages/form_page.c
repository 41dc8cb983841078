/* What the template of a page with one form is given. */
#include "pages/form_page.h"

#include "accounts/one_time.h"

static const struct member form_page_members[] = {
	M_TEXT(struct form_page, style, "style", 100),
	M_TEXT(struct form_page, script, "script", 100),
	M_TEXT(struct form_page, title, "title", 100),
	M_TEXT(struct form_page, says, "says", 500),
	M_TEXT(struct form_page, notice, "notice", 500),
	M_TEXT(struct form_page, action, "action", 200),
	M_TEXT(struct form_page, button, "button", 50),
	M_TEXT(struct form_page, token, "token", ONE_TIME_TOKEN_LENGTH),
	M_BOOLEAN(struct form_page, asks_email, "asks_email"),
	M_BOOLEAN(struct form_page, asks_password, "asks_password"),
};
SHAPE_SHARED(struct form_page, form_page_shape, "FormPage", form_page_members);
