# Tests that start a MariaDB of their own by tests/private-db, or a memcached; skipped where it is not installed.
EXTRA_DIST += tests/private-db
if HAVE_CUNIT
store_tests = \
	tests/store/test-cache \
	tests/store/test-certificates \
	tests/store/test-expand \
	tests/store/test-db \
	tests/store/test-db-errors \
	tests/store/test-inbox \
	tests/store/test-jobs \
	tests/store/test-limit \
	tests/store/test-list \
	tests/store/test-methods \
	tests/store/test-migrate \
	tests/store/test-postings \
	tests/store/test-rollups \
	tests/store/test-sitemap \
	tests/store/test-stamped \
	tests/store/test-stock \
	tests/store/test-token
check_PROGRAMS += $(store_tests)
TESTS += $(store_tests)
# This one is a server of certificates, too.
tests_store_test_certificates_SOURCES = tests/store/test-certificates.c tests/unit/vectors.c tests/unit/vectors.h \
	tests/private_database.c tests/private_database.h
tests_store_test_certificates_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIRECTORY='"$(abs_top_srcdir)"'
tests_store_test_certificates_CFLAGS = $(AM_CFLAGS) $(MICROHTTPD_CFLAGS) -pthread
tests_store_test_certificates_LDADD = $(LDADD) $(MICROHTTPD_LIBS)
tests_store_test_token_SOURCES = tests/store/test-token.c tests/private_database.c tests/private_database.h
tests_store_test_token_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIRECTORY='"$(abs_top_srcdir)"'
tests_store_test_token_CFLAGS = $(AM_CFLAGS) $(MICROHTTPD_CFLAGS) -pthread
tests_store_test_token_LDADD = $(LDADD) $(MICROHTTPD_LIBS)
tests_store_test_migrate_SOURCES = tests/store/test-migrate.c tests/private_database.c tests/private_database.h
tests_store_test_migrate_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIRECTORY='"$(abs_top_srcdir)"'
tests_store_test_postings_SOURCES = tests/store/test-postings.c tests/private_database.c tests/private_database.h \
	tests/private_schema.c tests/private_schema.h
tests_store_test_postings_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIRECTORY='"$(abs_top_srcdir)"'
tests_store_test_rollups_SOURCES = tests/store/test-rollups.c tests/private_database.c tests/private_database.h \
	tests/private_schema.c tests/private_schema.h
tests_store_test_rollups_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIRECTORY='"$(abs_top_srcdir)"'
tests_store_test_methods_SOURCES = tests/store/test-methods.c tests/private_database.c tests/private_database.h \
	tests/private_schema.c tests/private_schema.h
tests_store_test_methods_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIRECTORY='"$(abs_top_srcdir)"'
tests_store_test_stock_SOURCES = tests/store/test-stock.c tests/private_database.c tests/private_database.h \
	tests/private_schema.c tests/private_schema.h
tests_store_test_stock_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIRECTORY='"$(abs_top_srcdir)"'
tests_store_test_stamped_SOURCES = tests/store/test-stamped.c tests/private_cache.c tests/private_cache.h \
	tests/private_database.c tests/private_database.h
tests_store_test_stamped_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIRECTORY='"$(abs_top_srcdir)"'
tests_store_test_cache_SOURCES = tests/store/test-cache.c
tests_store_test_expand_SOURCES = tests/store/test-expand.c
tests_store_test_db_errors_SOURCES = tests/store/test-db-errors.c
tests_store_test_limit_SOURCES = tests/store/test-limit.c tests/private_cache.c tests/private_cache.h
tests_store_test_list_SOURCES = tests/store/test-list.c tests/private_database.c tests/private_database.h
tests_store_test_list_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIRECTORY='"$(abs_top_srcdir)"'
tests_store_test_db_SOURCES = tests/store/test-db.c tests/store/cutting_proxy.c tests/store/cutting_proxy.h \
	tests/private_database.c tests/private_database.h
tests_store_test_db_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIRECTORY='"$(abs_top_srcdir)"'
tests_store_test_sitemap_SOURCES = tests/store/test-sitemap.c tests/private_database.c tests/private_database.h \
	tests/private_schema.c tests/private_schema.h
tests_store_test_sitemap_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIRECTORY='"$(abs_top_srcdir)"'
tests_store_test_inbox_SOURCES = tests/store/test-inbox.c tests/private_database.c tests/private_database.h \
	tests/private_schema.c tests/private_schema.h
tests_store_test_inbox_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIRECTORY='"$(abs_top_srcdir)"'
tests_store_test_jobs_SOURCES = tests/store/test-jobs.c tests/private_database.c tests/private_database.h
tests_store_test_jobs_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIRECTORY='"$(abs_top_srcdir)"'
endif
