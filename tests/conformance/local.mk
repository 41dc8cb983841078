# The same scenes for every provider.  They need a running shop, so `./dev test` runs them (tests/conformance/run), and make only builds them.
EXTRA_DIST += tests/conformance/run
if HAVE_CUNIT
tests_libsuite_a_SOURCES += tests/conformance/scenes.c tests/conformance/scenes.h
check_PROGRAMS += tests/conformance/test-conformance
tests_conformance_test_conformance_SOURCES = tests/conformance/test-conformance.c tests/conformance/races.c tests/conformance/races.h \
	tests/conformance/renewed.c tests/conformance/renewed.h tests/conformance/stored.c tests/conformance/stored.h
tests_conformance_test_conformance_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIRECTORY='"$(abs_top_srcdir)"'
endif
