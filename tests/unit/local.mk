# A unit test is one program per module: no network, no database.  tests/unit/test-NAME is made from test-NAME.c.
if HAVE_CUNIT
check_LIBRARIES = tests/libsuite.a
tests_libsuite_a_SOURCES = tests/printed.c tests/printed.h tests/private_bodies.h tests/suite.c tests/suite.h

unit_tests = \
	tests/unit/test-arena \
	tests/unit/test-bench \
	tests/unit/test-bkash \
	tests/unit/test-blocklist \
	tests/unit/test-circuit \
	tests/unit/test-recent \
	tests/unit/test-config \
	tests/unit/test-docs \
	tests/unit/test-encoding \
	tests/unit/test-flutterwave \
	tests/unit/test-http-client \
	tests/unit/test-idempotency \
	tests/unit/test-id-token \
	tests/unit/test-ids \
	tests/unit/test-instant \
	tests/unit/test-json-read \
	tests/unit/test-jwt \
	tests/unit/test-ledger \
	tests/unit/test-interval \
	tests/unit/test-locale \
	tests/unit/test-log \
	tests/unit/test-letters \
	tests/unit/test-mail \
	tests/unit/test-zip \
	tests/unit/test-mail-message \
	tests/unit/test-master \
	tests/unit/test-media-child \
	tests/unit/test-media-stores \
	tests/unit/test-metrics \
	tests/unit/test-money \
	tests/unit/test-network \
	tests/unit/test-order-state \
	tests/unit/test-page-policy \
	tests/unit/test-password \
	tests/unit/test-payment-state \
	tests/unit/test-paypal \
	tests/unit/test-paystack \
	tests/unit/test-pdf \
	tests/unit/test-permission \
	tests/unit/test-coupon \
	tests/unit/test-postman \
	tests/unit/test-price \
	tests/unit/test-private \
	tests/unit/test-providers \
	tests/unit/test-reports \
	tests/unit/test-resolve \
	tests/unit/test-razorpay \
	tests/unit/test-retry \
	tests/unit/test-routes \
	tests/unit/test-sandbox \
	tests/unit/test-sandbox-bkash \
	tests/unit/test-sandbox-methods \
	tests/unit/test-sandbox-sqs \
	tests/unit/test-seal \
	tests/unit/test-seams \
	tests/unit/test-simulate \
	tests/unit/test-search-text \
	tests/unit/test-slug \
	tests/unit/test-smtp \
	tests/unit/test-server \
	tests/unit/test-totp \
	tests/unit/test-trace \
	tests/unit/test-transfer \
	tests/unit/test-settlement-files \
	tests/unit/test-shape \
	tests/unit/test-telemetry \
	tests/unit/test-template \
	tests/unit/test-words \
	tests/unit/test-shape-answer \
	tests/unit/test-verify \
	tests/unit/test-verify-paypal \
	tests/unit/test-verify-plain \
	tests/unit/test-verify-sns
# These start src/haat-sandbox and speak to it on loopback.
tests_unit_test_sandbox_SOURCES = tests/unit/test-sandbox.c tests/unit/sandbox_peer.c tests/unit/sandbox_peer.h
tests_unit_test_sandbox_CFLAGS = $(AM_CFLAGS) $(MICROHTTPD_CFLAGS) -pthread
tests_unit_test_sandbox_LDADD = $(LDADD) $(MICROHTTPD_LIBS)
tests_unit_test_sandbox_bkash_SOURCES = tests/unit/test-sandbox-bkash.c tests/unit/sandbox_peer.c tests/unit/sandbox_peer.h
tests_unit_test_sandbox_bkash_CFLAGS = $(AM_CFLAGS) $(MICROHTTPD_CFLAGS) -pthread
tests_unit_test_sandbox_bkash_LDADD = $(LDADD) $(MICROHTTPD_LIBS)
tests_unit_test_sandbox_methods_SOURCES = tests/unit/test-sandbox-methods.c tests/unit/sandbox_peer.c tests/unit/sandbox_peer.h
tests_unit_test_sandbox_methods_CFLAGS = $(AM_CFLAGS) $(MICROHTTPD_CFLAGS) -pthread
tests_unit_test_sandbox_methods_LDADD = $(LDADD) $(MICROHTTPD_LIBS)
tests_unit_test_sandbox_sqs_SOURCES = tests/unit/test-sandbox-sqs.c src/sandbox/sqs/kept.c
# This one is of the programs in bench/.
tests_unit_test_bench_SOURCES = tests/unit/test-bench.c bench/measure.c bench/request.c bench/traffic.c
# These link the shared library as others do.
verify_test_LDADD = tests/libsuite.a libhaatverify.la $(HAAT_LIBS) -lcunit
verify_test_LINK = $(LIBTOOL) --silent --tag=CC --mode=link $(LINK)
tests_unit_test_verify_LDADD = $(verify_test_LDADD)
tests_unit_test_verify_LINK = $(verify_test_LINK)
tests_unit_test_verify_plain_LDADD = $(verify_test_LDADD)
tests_unit_test_verify_plain_LINK = $(verify_test_LINK)
vectors = tests/unit/vectors.c tests/unit/vectors.h
tests_unit_test_verify_paypal_SOURCES = tests/unit/test-verify-paypal.c $(vectors)
tests_unit_test_verify_paypal_LDADD = $(verify_test_LDADD)
tests_unit_test_verify_paypal_LINK = $(verify_test_LINK)
tests_unit_test_verify_sns_SOURCES = tests/unit/test-verify-sns.c $(vectors)
tests_unit_test_verify_sns_LDADD = $(verify_test_LDADD)
tests_unit_test_verify_sns_LINK = $(verify_test_LINK)
tests_unit_test_id_token_SOURCES = tests/unit/test-id-token.c $(vectors)
tests_unit_test_template_SOURCES = tests/unit/test-template.c $(vectors)
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif
