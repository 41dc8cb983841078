ops_scripts = tests/ops/test-backup.sh tests/ops/test-dev-mail.sh tests/ops/test-dev-up.sh tests/ops/test-haatctl.sh tests/ops/test-check.sh tests/ops/test-demo.sh tests/ops/test-import.sh tests/ops/test-queues.sh tests/ops/test-user.sh tests/ops/test-alerts.sh tests/ops/test-audit.sh tests/ops/test-tails.sh tests/ops/test-top.sh
TESTS += $(ops_scripts)
EXTRA_DIST += tests/ops/alerts.yml tests/ops/shop.sh $(ops_scripts)
if HAVE_CUNIT
private_shop = tests/private_database.c tests/private_database.h tests/private_schema.c tests/private_schema.h
ops_tests = tests/ops/test-claims tests/ops/test-leaving tests/ops/test-progress tests/ops/test-purge tests/ops/test-ledger
check_PROGRAMS += $(ops_tests)
TESTS += $(ops_tests)
tests_ops_test_progress_SOURCES = tests/ops/test-progress.c $(private_shop)
tests_ops_test_progress_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIRECTORY='"$(abs_top_srcdir)"'
tests_ops_test_purge_SOURCES = tests/ops/test-purge.c $(private_shop)
tests_ops_test_purge_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIRECTORY='"$(abs_top_srcdir)"'
tests_ops_test_claims_SOURCES = tests/ops/test-claims.c $(private_shop)
tests_ops_test_claims_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIRECTORY='"$(abs_top_srcdir)"'
tests_ops_test_leaving_SOURCES = tests/ops/test-leaving.c $(private_shop)
tests_ops_test_leaving_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIRECTORY='"$(abs_top_srcdir)"'
tests_ops_test_ledger_SOURCES = tests/ops/test-ledger.c $(private_shop)
tests_ops_test_ledger_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIRECTORY='"$(abs_top_srcdir)"'
endif
