/*
 * private_bodies.h: the fullest events and answers that providers document, with PRIVATE_MARK in each value that is nobody's
 * business: names, addresses, e-mail, phone, cards, accounts, tokens, secrets.
 */
#ifndef PRIVATE_BODIES_H
#define PRIVATE_BODIES_H

#define PRIVATE_MARK "PRIV8"
#define P_ PRIVATE_MARK

static const struct private_body {
	const char *provider;
	bool        is_event; /* else an answer */
	const char *body;     /* with one %s: an id, digits */
} private_bodies[] = {
	{ "stripe", true,
	    "{\"id\":\"evt_%s\",\"object\":\"event\",\"api_version\":\"2026-10-28.endive\",\"created\":1767323040,\"livemode\":false,"
	    "\"type\":\"payment_intent.succeeded\",\"data\":{\"object\":{\"id\":\"pi_1\",\"object\":\"payment_intent\",\"amount\":2000,"
	    "\"amount_received\":2000,\"currency\":\"usd\",\"status\":\"succeeded\",\"client_secret\":\"pi_1_secret_" P_ "\","
	    "\"receipt_email\":\"" P_ "@example.org\",\"customer\":\"cus_1\",\"metadata\":{\"order_id\":\"1\"},"
	    "\"shipping\":{\"name\":\"" P_ "\",\"phone\":\"+1" P_ "\",\"address\":{\"line1\":\"" P_ " street\",\"city\":\"" P_
	    "\"}},"
	    "\"latest_charge\":{\"id\":\"ch_1\",\"billing_details\":{\"name\":\"" P_ "\",\"email\":\"" P_ "\",\"phone\":\"" P_
	    "\",\"address\":{\"line1\":\"" P_ "\"}},\"payment_method_details\":{\"type\":\"card\",\"card\":{\"last4\":\"" P_
	    "\",\"fingerprint\":\"" P_ "\"}},\"receipt_url\":\"https://pay.stripe.com/receipts/" P_ "\"},"
	    "\"last_payment_error\":{\"code\":\"card_declined\",\"payment_method\":{\"billing_details\":{\"name\":\"" P_
	    "\"},\"card\":{\"number\":\"" P_ "\"}}}}}}" },
	{ "stripe", true,
	    "{\"id\":\"evt_d%s\",\"object\":\"event\",\"type\":\"charge.dispute.closed\",\"created\":1767323040,\"data\":{\"object\":{"
	    "\"id\":\"dp_1\",\"object\":\"dispute\",\"amount\":2000,\"currency\":\"usd\",\"payment_intent\":\"pi_1\",\"status\":\"lost\","
	    "\"reason\":\"fraudulent\",\"evidence\":{\"customer_name\":\"" P_ "\",\"customer_email_address\":\"" P_
	    "\",\"customer_purchase_ip\":\"" P_ "\",\"billing_address\":\"" P_ "\",\"uncategorized_text\":\"" P_ "\"},"
	    "\"payment_method_details\":{\"card\":{\"last4\":\"" P_ "\"}}}}}" },
	{ "razorpay", true,
	    "{\"entity\":\"event\",\"account_id\":\"acc_1\",\"event\":\"payment.captured\",\"contains\":[\"payment\"],\"note\":\"%s\","
	    "\"payload\":{\"payment\":{\"entity\":{\"id\":\"pay_1\",\"entity\":\"payment\",\"amount\":5000,\"currency\":\"INR\","
	    "\"base_amount\":5000,\"status\":\"captured\",\"order_id\":\"order_1\",\"invoice_id\":null,\"international\":false,"
	    "\"method\":\"upi\",\"amount_refunded\":0,\"refund_status\":null,\"captured\":true,\"description\":null,"
	    "\"card_id\":\"card_" P_ "\",\"card\":{\"id\":\"card_" P_ "\",\"name\":\"" P_ "\",\"last4\":\"" P_ "\",\"iin\":\"" P_
	    "\"},"
	    "\"bank\":\"HDFC\",\"wallet\":null,\"vpa\":\"" P_ "@upi\",\"email\":\"" P_ "@example.com\",\"contact\":\"+91" P_ "\","
	    "\"customer_id\":\"cust_" P_ "\",\"token_id\":\"token_" P_ "\",\"token\":{\"id\":\"token_" P_ "\"},"
	    "\"notes\":{\"address\":\"" P_ " office\",\"name\":\"" P_ "\",\"email\":\"" P_ "\",\"phone\":\"" P_
	    "\"},\"fee\":118,\"tax\":18,"
	    "\"error_code\":null,\"error_description\":null,\"error_reason\":null,"
	    "\"acquirer_data\":{\"rrn\":\"" P_ "\",\"upi_transaction_id\":\"" P_ "\",\"auth_code\":\"" P_ "\"},"
	    "\"upi\":{\"payer_account_type\":\"bank_account\",\"vpa\":\"" P_ "\"},\"billing_address\":{\"line1\":\"" P_ "\"},"
	    "\"shipping_address\":{\"line1\":\"" P_ "\"},\"customer_details\":{\"name\":\"" P_
	    "\"}}}},\"created_at\":1767323045}" },
	{ "razorpay", true,
	    "{\"entity\":\"event\",\"event\":\"refund.processed\",\"contains\":[\"refund\",\"payment\"],\"note\":\"%s\",\"payload\":{"
	    "\"refund\":{\"entity\":{\"id\":\"rfnd_1\",\"entity\":\"refund\",\"amount\":700,\"currency\":\"INR\",\"payment_id\":\"pay_1\","
	    "\"status\":\"processed\",\"notes\":{\"refund_id\":\"01970000-0000-7000-8000-000000000001\"},"
	    "\"acquirer_data\":{\"arn\":\"" P_ "\"}}},\"payment\":{\"entity\":{\"id\":\"pay_1\",\"order_id\":\"order_1\","
	    "\"email\":\"" P_ "\",\"contact\":\"" P_ "\"}}},\"created_at\":1767323045}" },
	{ "razorpay", false,
	    "{\"entity\":\"collection\",\"count\":1,\"items\":[{\"id\":\"pay_%s\",\"status\":\"captured\",\"email\":\"" P_
	    "\",\"contact\":\"" P_ "\",\"vpa\":\"" P_ "\",\"bank_account\":{\"ifsc\":\"" P_ "\",\"name\":\"" P_
	    "\",\"account_number\":\"" P_ "\"}}]}" },
	{ "paystack", true,
	    "{\"event\":\"charge.success\",\"data\":{\"id\":%s,\"domain\":\"live\",\"status\":\"success\",\"reference\":\"ref-1\","
	    "\"amount\":10000,\"currency\":\"NGN\",\"paid_at\":\"2026-01-02T03:04:05.000Z\",\"ip_address\":\"" P_
	    "\",\"message\":null,"
	    "\"log\":{\"history\":[{\"message\":\"" P_ "\"}],\"input\":[\"" P_ "\"]},\"fees\":150,"
	    "\"customer\":{\"id\":68324,\"first_name\":\"" P_ "\",\"last_name\":\"" P_ "\",\"email\":\"" P_ "\",\"phone\":\"" P_
	    "\"},"
	    "\"authorization\":{\"authorization_code\":\"AUTH_" P_ "\",\"bin\":\"" P_ "\",\"last4\":\"" P_
	    "\",\"account_name\":\"" P_ "\",\"receiver_bank_account_number\":\"" P_ "\",\"sender_name\":\"" P_
	    "\",\"narration\":\"" P_ "\"}}}" },
	{ "paystack", false,
	    "{\"status\":true,\"message\":\"Authorization URL created\",\"data\":{\"authorization_url\":\"https://checkout.paystack.com/" P_
	    "\",\"access_code\":\"" P_ "\",\"reference\":\"ref-%s\"}}" },
	{ "flutterwave", true,
	    "{\"event\":\"charge.completed\",\"data\":{\"id\":285959875,\"tx_ref\":\"PAY-%s\",\"flw_ref\":\"FLW-1\",\"amount\":100,"
	    "\"currency\":\"NGN\",\"charged_amount\":100,\"app_fee\":1.4,\"status\":\"successful\",\"payment_type\":\"card\","
	    "\"device_fingerprint\":\"" P_ "\",\"ip\":\"" P_ "\",\"narration\":\"" P_ "\",\"auth_url\":\"https://" P_ "\","
	    "\"customer\":{\"id\":1,\"name\":\"" P_ "\",\"phone_number\":\"" P_ "\",\"email\":\"" P_ "\"},"
	    "\"card\":{\"first_6digits\":\"" P_ "\",\"last_4digits\":\"" P_ "\",\"token\":\"flw-t1nf-" P_ "\"},"
	    "\"account\":{\"account_number\":\"" P_ "\"}}}" },
	{ "paypal", true,
	    "{\"id\":\"WH-%s\",\"event_version\":\"1.0\",\"create_time\":\"2026-01-02T03:04:05.000Z\",\"resource_type\":\"checkout-order\","
	    "\"resource_version\":\"2.0\",\"event_type\":\"CHECKOUT.ORDER.APPROVED\",\"resource\":{\"id\":\"5O190127TN364715T\","
	    "\"status\":\"APPROVED\",\"intent\":\"CAPTURE\",\"payer\":{\"name\":{\"given_name\":\"" P_ "\",\"surname\":\"" P_
	    "\"},\"email_address\":\"" P_ "\",\"payer_id\":\"" P_ "\",\"address\":{\"address_line_1\":\"" P_ "\"}},"
	    "\"payment_source\":{\"paypal\":{\"email_address\":\"" P_ "\",\"account_id\":\"" P_
	    "\"},\"card\":{\"last_digits\":\"" P_
	    "\"}},\"purchase_units\":[{\"reference_id\":\"default\",\"custom_id\":\"PAY-7Q2M9XKD4T\",\"amount\":{"
	    "\"currency_code\":\"USD\",\"value\":\"20.00\"},\"shipping\":{\"name\":{\"full_name\":\"" P_
	    "\"},\"address\":{\"address_line_1\":\"" P_ "\",\"postal_code\":\"" P_
	    "\"},\"phone_number\":{\"national_number\":\"" P_ "\"}}}]}}" },
	{ "paypal", true,
	    "{\"id\":\"WH-D-%s\",\"event_version\":\"1.0\",\"create_time\":\"2026-01-02T03:04:05.000Z\",\"resource_type\":\"dispute\","
	    "\"event_type\":\"CUSTOMER.DISPUTE.CREATED\",\"resource\":{\"dispute_id\":\"PP-D-1\",\"status\":\"OPEN\","
	    "\"reason\":\"UNAUTHORISED\",\"dispute_amount\":{\"currency_code\":\"USD\",\"value\":\"20.00\"},"
	    "\"disputed_transactions\":[{\"seller_transaction_id\":\"3C679366HH908993F\",\"custom\":\"PAY-7Q2M9XKD4T\","
	    "\"buyer\":{\"email\":\"" P_ "\",\"name\":\"" P_ "\",\"payer_id\":\"" P_ "\"}}],"
	    "\"messages\":[{\"posted_by\":\"BUYER\",\"content\":\"" P_ "\"}],\"evidences\":[{\"notes\":\"" P_ "\"}],"
	    "\"communication_details\":{\"email\":\"" P_ "\",\"note\":\"" P_ "\"}}}" },
	{ "bkash", true,
	    "{\"Type\":\"Notification\",\"MessageId\":\"%s\",\"TopicArn\":\"arn:aws:sns:ap-southeast-1:1:payments\","
	    "\"Message\":\"{\\\"dateTime\\\":\\\"20260102090400\\\",\\\"debitMSISDN\\\":\\\"" P_
	    "\\\",\\\"trxID\\\":\\\"A1\\\",\\\"transactionStatus\\\":\\\"Completed\\\",\\\"amount\\\":\\\"10\\\","
	    "\\\"currency\\\":\\\"BDT\\\",\\\"merchantInvoiceNumber\\\":\\\"PAY-7Q2M9XKD4T\\\"}\","
	    "\"UnsubscribeURL\":\"https://" P_ "\",\"SubscribeURL\":\"https://" P_ "\",\"Token\":\"" P_ "\"}" },
	{ "bkash", false,
	    "{\"paymentID\":\"TR%s\",\"statusCode\":\"0000\",\"customerMsisdn\":\"" P_ "\",\"payerAccount\":\"" P_
	    "\",\"payerMsisdn\":\"" P_ "\",\"trxID\":\"A1\",\"amount\":\"10\",\"id_token\":\"" P_ "\",\"refresh_token\":\"" P_
	    "\",\"bkashURL\":\"https://" P_ "\"}" },
	{ "payment", true,
	    "{\"event\":\"x\",\"id\":\"%s\",\"token\":\"" P_ "\",\"data\":{\"reference\":\"PAY-0000000000\",\"email\":\"" P_
	    "\",\"card\":{\"id\":{\"number\":\"" P_ "\"}}}}" },
};

#undef P_

#endif
