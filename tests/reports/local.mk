# Reports of random trade beside the ledger.
if HAVE_CUNIT
reports_tests = tests/reports/test-random
check_PROGRAMS += $(reports_tests)
TESTS += $(reports_tests)
tests_reports_test_random_SOURCES = tests/reports/test-random.c tests/reports/acts.c tests/reports/acts.h \
	tests/reports/acts_of_money.c tests/reports/acts_of_money.h tests/reports/asked.h tests/reports/books.c \
	tests/reports/books.h tests/reports/compare.c tests/reports/compare.h tests/reports/compare_goods.c \
	tests/reports/compare_state.c tests/reports/dying.c tests/reports/dying.h tests/reports/shop.c tests/reports/shop.h \
	tests/private_database.c tests/private_database.h tests/private_schema.c tests/private_schema.h
tests_reports_test_random_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIRECTORY='"$(abs_top_srcdir)"'
endif
