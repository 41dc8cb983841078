# Tests that start a MariaDB of their own by tests/private-db; skipped where it is not installed.
EXTRA_DIST += tests/private-db
if HAVE_CUNIT
store_tests = \
	tests/store/test-migrate
check_PROGRAMS += $(store_tests)
TESTS += $(store_tests)
tests_store_test_migrate_SOURCES = tests/store/test-migrate.c tests/private_database.c tests/private_database.h
tests_store_test_migrate_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIRECTORY='"$(abs_top_srcdir)"'
endif
