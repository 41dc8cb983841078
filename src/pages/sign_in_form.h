/* sign_in_form.h: the page for sign-in, also in the place of one that is not for everybody.  For the files of this folder. */
#ifndef PAGES_SIGN_IN_FORM_H
#define PAGES_SIGN_IN_FORM_H

#include "pages/site.h"

struct config;

/* Why a sign-in by way of somebody else did not come about; each is a message "elsewhere.…". */
enum elsewhere_notice {
	ELSEWHERE_REFUSED,
	ELSEWHERE_LOST,
	ELSEWHERE_UNPROVEN,
	ELSEWHERE_TAKEN,
	ELSEWHERE_DISABLED,
	ELSEWHERE_UNAVAILABLE,
	ELSEWHERE_OFF,
	ELSEWHERE_BROKEN
};

struct sign_in_view {
	struct site site;
	const char *email, *next; /* as they were typed, and where to go on */
	const char *resume;       /* the form that waits (resume.h); NULL: none */
	bool        is_wrong, is_limited, is_disabled, asks_code, is_code_wrong;
	bool        offers_google, offers_phone, has_others;
	int        *elsewhere; /* enum elsewhere_notice; NULL: nothing */
	int64_t     seconds;
};
SHAPE_DECLARE(struct sign_in_view, sign_in_view_shape);

/* Whether people sign in here by way of a phone number. */
bool phone_is_offered(const struct config *config);

/* Answers with the page; fills its frame and what it offers. */
const struct problem *respond_sign_in(struct request *request, struct sign_in_view *view, int status);

/* Answers with the page for sign-in, from where one goes on to what the request asks for. */
void show_sign_in_first(struct request *request);

#endif
