#include "notify/letter.h"

#include <string.h>

const char *const letter_to_values[] = { "user", "payer", "token", "former", NULL };

const struct letter *const letters[] = {
	&verify_email_letter,
	&change_email_letter,
	&email_changed_letter,
	&set_password_letter,
	&reset_password_letter,
	&password_changed_letter,
	&export_ready_letter,
	&account_deleted_letter,
	&merchant_active_letter,
	&payout_paid_letter,
	&import_finished_letter,
	&endpoint_disabled_letter,
	&order_paid_letter,
	&order_confirmed_letter,
	&order_cancelled_letter,
	&order_expired_letter,
	&order_payment_failed_letter,
	&order_refunded_letter,
	&sale_paid_letter,
	&sale_confirmed_letter,
	&stock_low_letter,
	&stock_out_letter,
	&parcel_shipped_letter,
	&parcel_delivered_letter,
	&parcel_cancelled_letter,
	&return_approved_letter,
	&return_rejected_letter,
	&return_received_letter,
	&back_in_stock_letter,
	&price_drop_letter,
	&payment_received_letter,
	&payment_failed_letter,
	&payment_refunded_letter,
	&subscription_coming_letter,
	&subscription_asked_letter,
	&subscription_charged_letter,
	&subscription_failed_letter,
	&subscription_ended_letter,
	&subscription_cancelled_letter,
	NULL,
};

const struct letter *
letter_named(const char *name)
{
	for (const struct letter *const *letter = letters; *letter != NULL; letter++)
		if (strcmp((*letter)->name, name) == 0)
			return *letter;
	return NULL;
}
