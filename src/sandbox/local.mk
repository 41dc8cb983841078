# haat-sandbox is a program of its own: nothing else links these files.
sbin_PROGRAMS += src/haat-sandbox
src_haat_sandbox_SOURCES = \
	src/haat-sandbox.c \
	src/sandbox/bkash/answer.c \
	src/sandbox/bkash/bkash.h \
	src/sandbox/bkash/events.c \
	src/sandbox/bkash/payer.c \
	src/sandbox/bkash/payments.c \
	src/sandbox/bkash/refunds.c \
	src/sandbox/bkash/stand_in.c \
	src/sandbox/bkash/token.c \
	src/sandbox/call.c \
	src/sandbox/delivery.c \
	src/sandbox/flutterwave/answer.c src/sandbox/flutterwave/charge.c src/sandbox/flutterwave/tokens.c \
	src/sandbox/flutterwave/flutterwave.h \
	src/sandbox/flutterwave/pages.c \
	src/sandbox/flutterwave/refunds.c \
	src/sandbox/flutterwave/stand_in.c \
	src/sandbox/flutterwave/summary.c \
	src/sandbox/flutterwave/transactions.c \
	src/sandbox/form.c src/sandbox/form.h \
	src/sandbox/google/answer.c \
	src/sandbox/google/google.h \
	src/sandbox/google/phone.c \
	src/sandbox/google/sign.c \
	src/sandbox/google/sign_in.c \
	src/sandbox/google/stand_in.c \
	src/sandbox/page.c src/sandbox/page.h \
	src/sandbox/paypal/amounts.c \
	src/sandbox/paypal/answer.c \
	src/sandbox/paypal/captures.c \
	src/sandbox/paypal/disputes.c \
	src/sandbox/paypal/events.c \
	src/sandbox/paypal/keys.c \
	src/sandbox/paypal/objects.c \
	src/sandbox/paypal/orders.c \
	src/sandbox/paypal/payer.c \
	src/sandbox/paypal/paypal.h \
	src/sandbox/paypal/refunds.c \
	src/sandbox/paypal/script.c \
	src/sandbox/paypal/stand_in.c \
	src/sandbox/paypal/token.c src/sandbox/paypal/vault.c src/sandbox/paypal/vault_charge.c src/sandbox/paypal/vault_setup.c \
	src/sandbox/paystack/answer.c src/sandbox/paystack/authorizations.c src/sandbox/paystack/charge.c \
	src/sandbox/paystack/disputes.c \
	src/sandbox/paystack/events.c \
	src/sandbox/paystack/pages.c \
	src/sandbox/paystack/paystack.h \
	src/sandbox/paystack/refunds.c \
	src/sandbox/paystack/stand_in.c \
	src/sandbox/paystack/summary.c \
	src/sandbox/paystack/transactions.c \
	src/sandbox/razorpay/answer.c \
	src/sandbox/razorpay/check.c \
	src/sandbox/razorpay/disputes.c \
	src/sandbox/razorpay/documents.c \
	src/sandbox/razorpay/events.c \
	src/sandbox/razorpay/idempotency.c \
	src/sandbox/razorpay/orders.c \
	src/sandbox/razorpay/pages.c \
	src/sandbox/razorpay/payer.c \
	src/sandbox/razorpay/payments.c \
	src/sandbox/razorpay/razorpay.h \
	src/sandbox/razorpay/refunds.c \
	src/sandbox/razorpay/script.c \
	src/sandbox/razorpay/tokens.c \
	src/sandbox/razorpay/stand_in.c \
	src/sandbox/route.c \
	src/sandbox/sandbox.h \
	src/sandbox/server.c \
	src/sandbox/sqs/batch.c \
	src/sandbox/sqs/kept.c src/sandbox/sqs/kept.h \
	src/sandbox/sqs/signature.c \
	src/sandbox/sqs/sqs.h \
	src/sandbox/sqs/stand_in.c \
	src/sandbox/stand_ins.c \
	src/sandbox/state.c \
	src/sandbox/stripe/answer.c \
	src/sandbox/stripe/disputes.c \
	src/sandbox/stripe/events.c \
	src/sandbox/stripe/idempotency.c \
	src/sandbox/stripe/intent_state.c \
	src/sandbox/stripe/intents.c \
	src/sandbox/stripe/lists.c \
	src/sandbox/stripe/methods.c \
	src/sandbox/stripe/pages.c \
	src/sandbox/stripe/parameters.c src/sandbox/stripe/parameters.h \
	src/sandbox/stripe/payer.c \
	src/sandbox/stripe/refunds.c \
	src/sandbox/stripe/script.c \
	src/sandbox/stripe/setups.c \
	src/sandbox/stripe/stand_in.c \
	src/sandbox/stripe/stripe.h src/sandbox/stripe/test_methods.c \
	src/sandbox/switches.c \
	src/sandbox/tell.c
src_haat_sandbox_CFLAGS = $(AM_CFLAGS) $(MICROHTTPD_CFLAGS) -pthread
src_haat_sandbox_LDADD = $(HAAT_LIBS) $(MICROHTTPD_LIBS)
