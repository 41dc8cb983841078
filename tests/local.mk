# Tests that are scripts; each prints a line "N passed, N failed, N skipped".
TESTS += tests/contract tests/floors tests/forms tests/installed-library tests/migrating tests/sinks tests/symbols tests/systemd/verify tests/words
EXTRA_DIST += tests/contract tests/contract.txt tests/coverage tests/explain/run tests/watch/run tests/floors tests/forms tests/forms.allowed tests/installed-library tests/migrating tests/sinks tests/symbols tests/symbols.allowed tests/words \
	tests/analyse tests/analyse.suppressed tests/analyse.gcc tests/systemd/verify tests/machine/run tests/vectors
