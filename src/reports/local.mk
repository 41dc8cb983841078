libhaat_a_SOURCES += \
	src/reports/answer.c \
	src/reports/carts.c \
	src/reports/cover.c src/reports/cover.h \
	src/reports/customers.c src/reports/customers.h \
	src/reports/dashboard.c src/reports/dashboard.h \
	src/reports/fact.h \
	src/reports/facts.c \
	src/reports/fold.c \
	src/reports/goods_routes.c \
	src/reports/inbox.c src/reports/inbox.h \
	src/reports/keep.c \
	src/reports/measures.h \
	src/reports/merchants.c src/reports/merchants.h \
	src/reports/payments.c src/reports/payments.h \
	src/reports/payments_fold.c \
	src/reports/products.c src/reports/products.h \
	src/reports/profit.c src/reports/profit.h \
	src/reports/range.c src/reports/range.h \
	src/reports/rebuild.c src/reports/rebuild.h \
	src/reports/report.c src/reports/report.h \
	src/reports/reports.h \
	src/reports/rollup.c src/reports/rollup.h \
	src/reports/rollup_tables.h \
	src/reports/route.h \
	src/reports/routes.c \
	src/reports/sales.c src/reports/sales.h \
	src/reports/state_routes.c \
	src/reports/stock.c src/reports/stock.h \
	src/reports/tax.c src/reports/tax.h
