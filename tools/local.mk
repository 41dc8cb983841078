noinst_PROGRAMS += tools/haat-listen
tools_haat_listen_SOURCES = tools/haat-listen.c
tools_haat_listen_LDADD =
EXTRA_DIST += tools/packages.sh tools/parts.sh tools/stack.sh
EXTRA_DIST += tools/contract tools/demo tools/run-tests tools/test-stages.sh tools/changed-tests.sh tools/audit tools/machine tools/mail
