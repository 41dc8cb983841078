libhaat_a_SOURCES += \
	src/payments/cancel.c \
	src/payments/create.c \
	src/payments/deliver.c src/payments/deliver.h \
	src/payments/jobs.h \
	src/payments/json_path.c src/payments/json_path.h \
	src/payments/ledger.c src/payments/ledger.h \
	src/payments/list.c \
	src/payments/payment.c src/payments/payment.h \
	src/payments/payments.h \
	src/payments/provider.c src/payments/provider.h \
	src/payments/providers/cod.c \
	src/payments/providers/stripe.c \
	src/payments/reconcile.c \
	src/payments/refund.c \
	src/payments/routes.c \
	src/payments/settle.c
