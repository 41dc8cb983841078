TESTS += tests/ops/test-haatctl.sh
EXTRA_DIST += tests/ops/test-haatctl.sh
