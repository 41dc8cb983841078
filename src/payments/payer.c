/* Who pays, as far as a provider must know it. */
#include "payments/payment.h"

#include "accounts/accounts.h"
#include "store/db.h"

struct payer {
	const char *email;
};

static const struct member payer_members[] = {
	M_TEXT(struct payer, email, "customer_email", 254),
};
SHAPE(struct payer, payer_shape, "RequestPayer", payer_members);

/* Of a payment request the one whom its merchant has named. */
static const struct problem *
email_of_request(struct work *work, const struct payment *payment, const char **email)
{
	struct payer *payer;

	TRY(db_row(
	    work->db, &payer_shape, &payer, "SELECT customer_email FROM payment_requests WHERE id = ?", P(payment->purpose)));
	if (payer != NULL)
		*email = payer->email;
	return OK;
}

const struct problem *
payer_email(struct work *work, const struct payment *payment, const char **email)
{
	struct user *user = NULL;

	*email = NULL;
	if (payment->purpose_kind == PURPOSE_REQUEST)
		TRY(email_of_request(work, payment, email));
	if (*email == NULL && payment->user != NULL)
		TRY(read_user(work, *payment->user, &user));
	if (user != NULL)
		*email = user->email;
	return *email != NULL ? OK : problem(PROVIDER_REFUSED, "the payment provider needs the payer's e-mail address");
}
