# Risk, played on made-up years.
if HAVE_CUNIT
risk_tests = \
	tests/risk/test-year
check_PROGRAMS += $(risk_tests)
TESTS += $(risk_tests)
tests_risk_test_year_SOURCES = tests/risk/test-year.c tests/risk/year.c tests/risk/year.h
tests_risk_test_year_LDADD = $(LDADD) -lm
endif
