/*
 * providers.h: the payment providers, listed once.
 *
 * PROVIDERS(X) calls X(NUMBER, name) for each.  From it come the numbers (circuits are counted by them), the names (choices
 * of payments.providers, values of the metrics' label) and the table of payments/provider.c.  A provider's code is
 * src/payments/providers/NAME.c, its settings are the section [payments.NAME], its stand-in is src/sandbox/NAME/.
 */
#ifndef PROVIDERS_H
#define PROVIDERS_H

#define PROVIDERS(X) \
	X(STRIPE, stripe) \
	X(COD, cod) \
	X(PAYSTACK, paystack) \
	X(RAZORPAY, razorpay) \
	X(FLUTTERWAVE, flutterwave) \
	X(BKASH, bkash) \
	X(PAYPAL, paypal)

enum provider_number {
#define PROVIDER_NUMBER_(NUMBER, name) PROVIDER_##NUMBER,
	PROVIDERS(PROVIDER_NUMBER_)
#undef PROVIDER_NUMBER_
	    PROVIDER__COUNT
};

/* Currencies that a provider never takes, whatever the settings say; NULL at the end. */
extern const char *const stripe_never_takes[];

/* By number, and behind them "payment", which is none but sends webhooks; NULL at the end. */
extern const char *const sender_label_names[PROVIDER__COUNT + 2];

/* The only currencies that PayPal takes. */
extern const char *const paypal_takes[];

/* By number, NULL at the end. */
extern const char *const provider_names[PROVIDER__COUNT + 1];

#endif
