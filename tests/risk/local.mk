# Risk, played on made-up years.
if HAVE_CUNIT
risk_tests = \
	tests/risk/test-risk \
	tests/risk/test-year
check_PROGRAMS += $(risk_tests)
TESTS += $(risk_tests)
tests_risk_test_risk_SOURCES = tests/risk/test-risk.c tests/risk/play.c tests/risk/play.h tests/risk/year.c tests/risk/year.h \
	tests/private_database.c tests/private_database.h tests/private_schema.c tests/private_schema.h
tests_risk_test_risk_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIRECTORY='"$(abs_top_srcdir)"'
tests_risk_test_year_SOURCES = tests/risk/test-year.c tests/risk/year.c tests/risk/year.h
endif
