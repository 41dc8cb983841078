# What the shop's speed is measured against; never installed.
noinst_PROGRAMS += bench/null-worker
bench_null_worker_SOURCES = bench/null-worker.c
bench_null_worker_LDADD = $(HAAT_LIBS)
