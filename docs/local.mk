EXTRA_DIST += \
	docs/ARCHITECTURE.md docs/BENCHMARK.md docs/OPERATIONS.md docs/PROVIDERS.md docs/SECURITY.md \
	docs/decisions/0001-binary-ids.md \
	docs/decisions/0002-one-transaction-a-request.md \
	docs/decisions/0003-kept-fastcgi-connections.md \
	docs/decisions/0004-libmicrohttpd-for-the-sandbox.md \
	docs/decisions/0005-signals-in-the-worker-loop.md \
	docs/decisions/0006-product-listings.md \
	docs/decisions/0007-ledger-pro-rata.md \
	docs/decisions/0008-shapes.md \
	docs/decisions/0009-json-c-reads-only.md \
	docs/decisions/0010-bcrypt.md \
	docs/decisions/0011-deferred-webhooks.md \
	docs/decisions/0012-check-by-statement.md \
	docs/decisions/0020-clock-and-random-bytes-are-replaceable.md \
	docs/decisions/0021-nginx-learns-pools-from-the-rows.md \
	docs/decisions/0022-bodies-and-answers.md \
	docs/decisions/0024-payments-have-purposes.md \
	docs/decisions/0025-statements-of-many-rows.md \
	docs/decisions/0030-events-are-fanned-out-by-a-flag.md \
	docs/decisions/0031-lanes.md \
	docs/decisions/0032-months-of-events.md \
	docs/decisions/0040-unpaid-orders-hold-a-bounded-amount.md \
	docs/decisions/0041-people-by-grams.md \
	docs/decisions/0042-documents-under-stamps.md \
	docs/decisions/0043-idempotency-keys-last.md \
	docs/decisions/0044-fixed-yardsticks.md \
	docs/decisions/0045-search-by-words-of-its-own.md \
	docs/decisions/0046-orders-renew-stamps.md \
	docs/decisions/0047-printed-documents.md \
	docs/decisions/0048-payments-by-the-providers-word.md \
	docs/decisions/0049-refunds-as-the-provider-has-them.md \
	docs/decisions/0050-certificates-are-handed-in.md \
	docs/decisions/0051-a-list-in-one-statement.md \
	docs/decisions/0052-what-an-order-costs.md \
	docs/decisions/0053-disputes-as-the-provider-has-them.md \
	docs/decisions/0054-paypal-captures-what-is-still-wanted.md \
	docs/decisions/0055-what-nobody-can-verify-yet.md \
	docs/decisions/0056-bkash-is-executed-on-asking.md \
	docs/decisions/0057-razorpays-charges.md \
	docs/decisions/0058-providers-without-idempotency-keys.md \
	docs/decisions/0059-templates-know-their-shape.md \
	docs/decisions/0060-the-payment-page.md \
	docs/decisions/0061-letters.md \
	docs/decisions/0062-mail-server-or-letter.md \
	docs/decisions/0063-payment-requests.md \
	docs/decisions/0064-api-keys.md \
	docs/decisions/0065-stored-methods.md docs/decisions/0066-a-charge-leaves-once.md \
	docs/decisions/0071-consumers-of-events-read-batches.md \
	docs/decisions/0072-order-and-failures-of-what-leaves.md \
	docs/decisions/0073-a-period-is-a-row.md \
	docs/decisions/0074-a-clock-that-can-be-played.md \
	docs/decisions/0075-a-pause-leaves-what-is-paid.md \
	docs/decisions/0080-notice-before-a-debit.md \
	docs/decisions/0081-a-disabled-customers-subscription.md \
	docs/decisions/0082-methods-stored-without-paying.md \
	docs/decisions/0084-the-large-shop-is-checked-once.md \
	docs/decisions/0086-what-providers-scripts-add.md \
	docs/decisions/0076-what-is-kept-changes-by-jobs.md \
	docs/decisions/0091-tokens-that-letters-can-print-again.md \
	docs/decisions/0092-a-second-factor-beside-the-password.md \
	docs/decisions/0090-marks-of-stock.md \
	docs/decisions/0099-what-the-audit-keeps.md \
	docs/decisions/0102-where-a-picture-stands-with-its-user.md \
	docs/decisions/0103-pictures-are-made-by-a-child.md \
	docs/decisions/0104-uploads-are-walked-to-their-end.md \
	docs/decisions/0105-products-keep-their-pictures-printed.md \
	docs/decisions/0106-bodies-of-files-go-to-bulk.md \
	docs/decisions/0093-news-and-how-it-ends.md \
	docs/decisions/0095-who-vouches-for-whom.md \
	docs/decisions/0096-users-without-an-address.md \
	docs/decisions/0097-sign-in-with-google-keeps-nothing.md \
	docs/decisions/0098-how-long-keys-are-kept.md \
	docs/decisions/0107-reviews-on-their-product.md \
	docs/decisions/0108-recommendations-from-the-listings.md \
	docs/decisions/0132-a-lower-price-is-told-once.md \
	docs/decisions/0110-pairs-are-noted-on-the-lines.md \
	docs/decisions/0124-invoices-are-told-once.md \
	docs/decisions/0127-stores-outside.md \
	docs/decisions/0100-an-export-is-a-file-of-tables.md \
	docs/decisions/0101-what-stays-of-a-deleted-account.md \
	docs/decisions/0078-fees-told-by-either.md \
	docs/decisions/0079-refunds-that-end-disputes.md \
	docs/decisions/0067-balances-behind-the-postings.md \
	docs/decisions/0068-settlement-files.md \
	docs/decisions/0069-risk-is-measured-in-one-statement.md \
	docs/decisions/0070-rules-are-tuned-on-made-up-years.md \
	docs/decisions/0115-who-bears-a-coupon.md \
	docs/decisions/0116-carts-of-guests.md \
	docs/decisions/0117-orders-that-cost-nothing.md \
	docs/decisions/0088-dangerous-acts-want-a-young-sign-in.md \
	docs/decisions/0089-who-changes-what-is-kept-with-an-order.md \
	docs/decisions/0119-fulfilments-are-rows-of-orders.md \
	docs/decisions/0120-what-an-ended-part-gives-back.md \
	docs/decisions/0111-files-of-products.md \
	docs/decisions/0121-returns-are-of-one-seller.md \
	docs/decisions/0122-whose-money-a-refund-is.md \
	docs/decisions/0129-live-messages-are-rows-first.md \
	docs/decisions/0133-letters-link-to-the-invoice.md \
	docs/decisions/0136-what-a-batch-of-an-import-costs.md \
	docs/decisions/0130-cash-comes-by-the-parcel.md
	docs/decisions/0135-one-process-tells-browsers.md \
	docs/decisions/0133-letters-link-to-the-invoice.md
	docs/decisions/0136-what-a-batch-of-an-import-costs.md
# The manual and the example of libhaatverify.
dist_man3_MANS = docs/haatverify.3
exampledir = $(docdir)/examples
dist_example_DATA = docs/examples/verify-webhook.c
