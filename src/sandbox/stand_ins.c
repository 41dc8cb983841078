#include "sandbox/bkash/bkash.h"
#include "sandbox/flutterwave/flutterwave.h"
#include "sandbox/google/google.h"
#include "sandbox/paystack/paystack.h"
#include "sandbox/paypal/paypal.h"
#include "sandbox/razorpay/razorpay.h"
#include "sandbox/sandbox.h"
#include "sandbox/sqs/sqs.h"
#include "sandbox/stripe/stripe.h"

const struct stand_in *const stand_ins[] = { &stripe_stand_in, &paystack_stand_in, &razorpay_stand_in, &flutterwave_stand_in,
	&bkash_stand_in, &paypal_stand_in, &sqs_stand_in, &google_stand_in, NULL };
