EXTRA_DIST += tests/ops/test-haatctl.sh
