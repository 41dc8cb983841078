# What the shop's speed is measured against and with; never installed.
noinst_PROGRAMS += bench/null-worker bench/bare-transaction bench/load
bench_null_worker_SOURCES = bench/null-worker.c bench/traffic.c bench/traffic.h bench/measure.c bench/measure.h
bench_null_worker_LDADD = $(HAAT_LIBS)
bench_bare_transaction_SOURCES = bench/bare-transaction.c bench/traffic.c bench/traffic.h bench/measure.c bench/measure.h
bench_bare_transaction_LDADD = $(HAAT_LIBS)
bench_load_SOURCES = bench/load.c bench/request.c bench/request.h bench/measure.c bench/measure.h
bench_load_LDADD = -lssl $(HAAT_LIBS)

# To be preloaded: a module is built shared only when it has an rpath.
noinst_LTLIBRARIES = bench/capture.la
bench_capture_la_SOURCES = bench/capture.c
bench_capture_la_LDFLAGS = -module -avoid-version -rpath $(abs_builddir)/bench
bench_capture_la_LIBADD = -ldl
EXTRA_DIST += bench/run bench/stage.sh bench/yardsticks.sh bench/rows.sh bench/reads.sh bench/pages.sh bench/pages.mjs bench/bounds.sh bench/writes.sh bench/webhooks.sh bench/out.sh \
	bench/payments.sh bench/settlements.sh bench/imports.sh bench/tails.sh bench/reports.sh bench/reports_fill.sh bench/claims.sh bench/large.sh bench/yardsticks/keyed-row.traffic bench/yardsticks/lean-order.traffic bench/yardsticks/range-of-12.traffic \
	bench/yardsticks/tables.sql bench/peers/package-lock.json bench/peers/package.json bench/peers/server.mjs

if HAVE_CUNIT
EXTRA_PROGRAMS += bench/out
bench_out_SOURCES = bench/out.c
endif
