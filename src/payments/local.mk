libhaat_a_SOURCES += \
	src/payments/annotate.c \
	src/payments/ask.c \
	src/payments/cancel.c \
	src/payments/charge.c src/payments/charge.h src/payments/send_charge.c \
	src/payments/claim.c \
	src/payments/collect.c src/payments/collect.h \
	src/payments/strike.c src/payments/strike.h \
	src/payments/compare.c src/payments/compare.h \
	src/payments/create.c \
	src/payments/deliver.c src/payments/deliver.h \
	src/payments/defend.c \
	src/payments/desk.c \
	src/payments/dispute.c src/payments/dispute_row.c src/payments/dispute.h \
	src/payments/dispute_fee.c \
	src/payments/dispute_money.c \
	src/payments/dispute_routes.c \
	src/payments/fee.c \
	src/payments/find.c \
	src/payments/hand_out.c \
	src/payments/held.c \
	src/payments/initialize.c \
	src/payments/jobs.h \
	src/payments/json_path.c src/payments/json_path.h \
	src/payments/link.c src/payments/link.h \
	src/payments/list.c \
	src/payments/method.c src/payments/method.h src/payments/method_customer.c \
	src/payments/method_event.c src/payments/method_keep.c src/payments/method_keys.c src/payments/method_routes.c \
	src/payments/method_seal.c src/payments/method_write.c \
	src/payments/own_money.c \
	src/payments/sales.c src/payments/sales.h \
	src/payments/order_purpose.c src/payments/order_purpose.h \
	src/payments/payer.c \
	src/payments/payment.c src/payments/payment.h \
	src/payments/payments.h \
	src/payments/provider.c src/payments/provider.h \
	src/payments/providers/bkash.c \
	src/payments/providers/bkash_call.c src/payments/providers/bkash_call.h \
	src/payments/providers/bkash_codes.c \
	src/payments/providers/bkash_events.c \
	src/payments/providers/cod.c \
	src/payments/providers/flutterwave.c src/payments/providers/flutterwave.h \
	src/payments/providers/flutterwave_call.c src/payments/providers/flutterwave_methods.c src/payments/providers/flutterwave_twice.c \
	src/payments/providers/method_types.c \
	src/payments/providers/paystack.c src/payments/providers/paystack.h \
	src/payments/providers/paystack_call.c src/payments/providers/paystack_disputes.c \
	src/payments/providers/paystack_methods.c src/payments/providers/paystack_objects.c \
	src/payments/providers/razorpay.c src/payments/providers/razorpay.h \
	src/payments/providers/razorpay_call.c src/payments/providers/razorpay_disputes.c \
	src/payments/providers/razorpay_events.c src/payments/providers/razorpay_methods.c \
	src/payments/providers/razorpay_objects.c \
	src/payments/providers/paypal.c src/payments/providers/paypal.h \
	src/payments/providers/paypal_create.c src/payments/providers/paypal_disputes.c \
	src/payments/providers/paypal_events.c \
	src/payments/providers/paypal_methods.c src/payments/providers/paypal_objects.c \
	src/payments/providers/paypal_setup.c \
	src/payments/providers/stripe.c src/payments/providers/stripe.h \
	src/payments/providers/stripe_call.c src/payments/providers/stripe_create.c \
	src/payments/providers/stripe_customer.c \
	src/payments/providers/stripe_disputes.c src/payments/providers/stripe_methods.c \
	src/payments/providers/stripe_objects.c src/payments/providers/stripe_setup.c \
	src/payments/purpose.c src/payments/purpose.h \
	src/payments/reconcile.c \
	src/payments/refund.c \
	src/payments/refund_list.c src/payments/refund_list.h \
	src/payments/refund_routes.c \
	src/payments/refund_state.c src/payments/refund_state.h \
	src/payments/request.c src/payments/request.h \
	src/payments/request_attempt.c \
	src/payments/request_end.c \
	src/payments/request_purpose.c src/payments/request_purpose.h \
	src/payments/request_routes.c \
	src/payments/requested.c \
	src/payments/return_url.c src/payments/return_url.h \
	src/payments/risk/bands.c \
	src/payments/risk/declines.c \
	src/payments/risk/facts.c \
	src/payments/risk/jobs.h \
	src/payments/risk/judge.c \
	src/payments/risk/learn.c \
	src/payments/risk/lists.c \
	src/payments/risk/origin.c \
	src/payments/risk/review.c src/payments/risk/review.h \
	src/payments/risk/risk.h \
	src/payments/risk/routes.c \
	src/payments/risk/rules.c src/payments/risk/rules.h \
	src/payments/risk/score.c src/payments/risk/signals.h \
	src/payments/risk/usual.c \
	src/payments/risk/velocity.c \
	src/payments/risk/warning.c \
	src/payments/routes.c \
	src/payments/seen.c \
	src/payments/seen_dispute.c \
	src/payments/setup.c src/payments/setup.h src/payments/setup_settle.c \
	src/payments/settle.c \
	src/payments/token.c src/payments/token.h \
	src/payments/turn.c
