# Many clients at once for the same thing, each program ended by `haatctl check`.  `./dev test races` runs them on a shop.
if HAVE_CUNIT
tests_libsuite_a_SOURCES += tests/races/crowd.c tests/races/crowd.h
race_tests = \
	tests/races/test-carts \
	tests/races/test-cash \
	tests/races/test-checkout \
	tests/races/test-coupons \
	tests/races/test-crossing \
	tests/races/test-endpoints \
	tests/races/test-logins \
	tests/races/test-money \
	tests/races/test-order-keys \
	tests/races/test-requests \
	tests/races/test-reviews \
	tests/races/test-periods \
	tests/races/test-stock
check_PROGRAMS += $(race_tests)
endif
