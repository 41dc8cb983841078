# Tests against software that others wrote; `./dev test peers` runs them beside a running shop.
EXTRA_DIST += tests/peers/document.mjs tests/peers/firebase.mjs tests/peers/google.mjs tests/peers/mail.mjs tests/peers/media.mjs tests/peers/out.mjs tests/peers/package-lock.json tests/peers/package.json tests/peers/redocly.yaml \
	tests/peers/install tests/peers/mustache.mjs tests/peers/paypal.mjs tests/peers/razorpay.mjs tests/peers/run tests/peers/sandbox.mjs tests/peers/stripe.mjs tests/peers/suite.mjs tests/peers/tokens.mjs tests/peers/verify.mjs
# It speaks for libhaatverify.
check_PROGRAMS += tests/peers/judge
tests_peers_judge_LDADD = $(HAAT_LIBS)
# It prints our templates for mustache.mjs.
check_PROGRAMS += tests/peers/print-templates
tests_peers_print_templates_LDADD = $(HAAT_LIBS)
