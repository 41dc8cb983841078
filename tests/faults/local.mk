# What is broken on purpose under load; each brings its own servers in a directory of its own.
if HAVE_CUNIT
fault_tests = tests/faults/test-reload
tests_faults_test_reload_LDFLAGS = $(AM_LDFLAGS) -pthread
check_PROGRAMS += $(fault_tests)
TESTS += $(fault_tests)
endif
