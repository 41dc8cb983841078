# Tests of the whole API: they need a running shop, so `./dev test` runs them (tests/api/run), and make only builds them.
EXTRA_DIST += tests/api/run
if HAVE_CUNIT
tests_libsuite_a_SOURCES += tests/api/api.c tests/api/api.h tests/api/check.c tests/api/check.h tests/api/people.c \
	tests/api/browsing.c tests/api/browsing.h \
	tests/api/letters.c tests/api/letters.h tests/api/lone_worker.c tests/api/lone_worker.h tests/api/shopping.c tests/api/shopping.h \
	tests/api/played.c tests/api/played.h tests/api/receiver.c tests/api/receiver.h \
	tests/api/subscribing.c tests/api/subscribing.h \
	tests/api/vouched.c tests/api/vouched.h \
	tests/api/listening.c tests/api/listening.h \
	tests/api/uploading.c tests/api/uploading.h
api_tests = \
	tests/api/test-account-pages \
	tests/api/test-accounts \
	tests/api/test-addresses \
	tests/api/test-api-keys \
	tests/api/test-audit \
	tests/api/test-avatar \
	tests/api/test-bkash \
	tests/api/test-blocks \
	tests/api/test-bought-together \
	tests/api/test-bounds \
	tests/api/test-by-phone \
	tests/api/test-budgets \
	tests/api/test-bulk \
	tests/api/test-cart \
	tests/api/test-cart-pages \
	tests/api/test-checkout-pages \
	tests/api/test-cash \
	tests/api/test-categories \
	tests/api/test-charge-faults \
	tests/api/test-coupons \
	tests/api/test-charged \
	tests/api/test-dead-webhooks \
	tests/api/test-deliveries \
	tests/api/test-deletion \
	tests/api/test-disputes \
	tests/api/test-export \
	tests/api/test-documents \
	tests/api/test-endpoints \
	tests/api/test-elsewhere-pages \
	tests/api/test-events \
	tests/api/test-fulfilments \
	tests/api/test-factor \
	tests/api/test-guest-carts \
	tests/api/test-history \
	tests/api/test-held \
	tests/api/test-hosted \
	tests/api/test-http \
	tests/api/test-identity \
	tests/api/test-import-batches \
	tests/api/test-import-variants \
	tests/api/test-imported \
	tests/api/test-imports \
	tests/api/test-inventory \
	tests/api/test-limits \
	tests/api/test-live \
	tests/api/test-media \
	tests/api/test-metadata \
	tests/api/test-operations \
	tests/api/test-operator \
	tests/api/test-mail \
	tests/api/test-shop-letters \
	tests/api/test-mailbox \
	tests/api/test-ops \
	tests/api/test-orders \
	tests/api/test-invoices \
	tests/api/test-parts \
	tests/api/test-parts-money \
	tests/api/test-payments \
	tests/api/test-payouts \
	tests/api/test-pay-page \
	tests/api/test-paypal \
	tests/api/test-permissions \
	tests/api/test-plans \
	tests/api/test-postman \
	tests/api/test-product-reviews \
	tests/api/test-products \
	tests/api/test-queue \
	tests/api/test-rates \
	tests/api/test-razorpay \
	tests/api/test-refund-preview \
	tests/api/test-refunds \
	tests/api/test-register-pages \
	tests/api/test-report-goods \
	tests/api/test-report-state \
	tests/api/test-reports \
	tests/api/test-requests \
	tests/api/test-reserved \
	tests/api/test-returns \
	tests/api/test-reviews \
	tests/api/test-risk \
	tests/api/test-risk-limits \
	tests/api/test-saved-views \
	tests/api/test-search \
	tests/api/test-routes-hit \
	tests/api/test-session-pages \
	tests/api/test-sessions \
	tests/api/test-settlements \
	tests/api/test-settling \
	tests/api/test-setups \
	tests/api/test-sqs \
	tests/api/test-shops \
	tests/api/test-sign-in-off \
	tests/api/test-staff \
	tests/api/test-faces \
	tests/api/test-form-keys \
	tests/api/test-order-pages \
	tests/api/test-review-pages \
	tests/api/test-dress \
	tests/api/test-sitemap \
	tests/api/test-storefront \
	tests/api/test-stored \
	tests/api/test-methods \
	tests/api/test-news \
	tests/api/test-letter-pages \
	tests/api/test-strangers \
	tests/api/test-subscriptions \
	tests/api/test-tables \
	tests/api/test-telemetry \
	tests/api/test-wares \
	tests/api/test-webhooks \
	tests/api/test-wishlist-pages \
	tests/api/test-wishlist \
	tests/api/test-work-lists \
	tests/api/test-year
check_PROGRAMS += $(api_tests)
endif
