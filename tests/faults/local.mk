# What is broken on purpose under load.  test-reload brings its own servers and is run by make check; the others break the
# shop of HAAT_RUN, so `./dev test` runs them (tests/faults/run), and make only builds them.
EXTRA_DIST += tests/faults/run
if HAVE_CUNIT
tests_libsuite_a_SOURCES += tests/faults/shoppers.c tests/faults/shoppers.h tests/faults/stack.c tests/faults/stack.h
fault_tests = tests/faults/test-reload
tests_faults_test_reload_LDFLAGS = $(AM_LDFLAGS) -pthread
check_PROGRAMS += $(fault_tests) \
	tests/faults/test-broken-parts \
	tests/faults/test-cache-gone \
	tests/faults/test-cached-reads \
	tests/faults/test-every-provider \
	tests/faults/test-invoices \
	tests/faults/test-hanging-provider \
	tests/faults/test-killed-charge \
	tests/faults/test-killed-database \
	tests/faults/test-killed-import \
	tests/faults/test-killed-parts \
	tests/faults/test-killed-settlement \
	tests/faults/test-killed-workers \
	tests/faults/test-large-export \
	tests/faults/test-live \
	tests/faults/test-lying-provider \
	tests/faults/test-mail \
	tests/faults/test-media \
	tests/faults/test-out \
	tests/faults/test-sign-in \
	tests/faults/test-watched-parts
TESTS += $(fault_tests)
endif
