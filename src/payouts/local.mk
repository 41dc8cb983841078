libhaat_a_SOURCES += \
	src/payouts/available.c \
	src/payouts/decide.c \
	src/payouts/draft.c \
	src/payouts/payout.c \
	src/payouts/payout.h \
	src/payouts/payouts.h \
	src/payouts/routes.c \
	src/payouts/statement.c \
	src/payouts/statement.h
