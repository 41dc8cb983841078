/* policy.h: what a page may load and do, as headers of its answer.  For the files of this folder. */
#ifndef PAGES_POLICY_H
#define PAGES_POLICY_H

#include "payments/provider.h"

struct request;

/*
 * The payment page's own policy, in place of nginx's: with the provider's script (`script_url`) and, unless NULL, the nonce of scripts
 * that it adds; or without any (NULL, NULL, NULL).  Its forms may lead to the providers' pages.
 */
void add_pay_policy(struct request *request, const struct provider_page *page, const char *script_url, const char *nonce);

/* That of a page which only shows something to one person: its style, and nothing else. */
void add_document_policy(struct request *request);

/* The policy of the page for sign-in by phone: Google's captcha and Identity Toolkit, wherever the settings say they are. */
void add_phone_policy(struct request *request);

#endif
